// The example of docs/guide/testing.md, with the real test runners.

import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { codeBlocks } from '../../scripts/package/code-blocks.mjs';
import { Consumer } from '../../scripts/package/consumer.mjs';
import { fromRoot } from '../../scripts/paths.mjs';

import { missingForPackage, packageTool } from './tools.mjs';

const files = new Map(
  codeBlocks('docs/guide/testing.md').map(({ code }) => [/^\/\/ ([\w.-]+)\.ts/.exec(code)?.[1] ?? '', code]),
);
const tests = [...(files.get('session.test') ?? '').matchAll(/^test\(/gm)].length;

/** @type {Consumer} */
let consumer;

beforeAll(() => {
  consumer = new Consumer();
});

afterAll(() => {
  consumer.remove();
});

test('the example works with Vitest', () => {
  for (const [name, code] of files) consumer.write(`vitest/${name}.ts`, code);
  const { output, status } = consumer.node(fromRoot('node_modules/vitest/vitest.mjs'), 'run', '--root', 'vitest');
  expect(output).toMatch(new RegExp(`Tests +${tests} passed`));
  expect(status).toBe(0);
});

const missing = missingForPackage();
if (missing) console.log(`SKIPPED: docs/guide/testing.md with Jest: ${missing}`);

test.skipIf(missing)('the example works with Jest', () => {
  for (const [name, code] of files) {
    const source = code.replace(/^import .* from 'vitest';$/m, '');
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    consumer.write(`jest/${name}.js`, outputText);
  }
  consumer.write('jest.config.json', JSON.stringify({ rootDir: 'jest', watchman: false }));
  const { output, status } = consumer.node(packageTool('jest/bin/jest.js'), '--config', 'jest.config.json');
  expect(output).toMatch(new RegExp(`Tests: +${tests} passed, ${tests} total`));
  expect(status).toBe(0);
});
