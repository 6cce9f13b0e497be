// The types, with each compiler and each module resolution that apps use.

import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Consumer } from '../../scripts/package/consumer.mjs';
import { fromRoot } from '../../scripts/paths.mjs';

import { missingForPackage, packageTool } from './tools.mjs';

const COMPILERS = /** @type {const} */ ([
  ['5', packageTool('typescript-5/bin/tsc')],
  ['6', fromRoot('node_modules/typescript/bin/tsc')],
  ['7', packageTool('typescript-7/bin/tsc')],
]);

const WAYS = /** @type {const} */ ([
  ['bundler', 'esnext', 'ts'],
  ['node16', 'node16', 'mts'],
  ['node16', 'node16', 'cts'],
  ['node10', 'commonjs', 'ts'],
]);

const missing = missingForPackage();
if (missing) console.log(`SKIPPED: e2e/package/types.test.mjs with TypeScript 5 and 7: ${missing}`);
const compilers = missing ? COMPILERS.slice(1, 2) : COMPILERS;

/** @type {Consumer} */
let consumer;

beforeAll(() => {
  consumer = new Consumer();
  const source = readFileSync(fromRoot('src-ts/test/types.ts'), 'utf8').replace(
    /from '\.\.\/(.*?)(?:\/?index)?\.js'/g,
    (_, entry) => `from 'capacitor-strongroom${entry ? `/${entry}` : ''}'`,
  );
  expect(source).not.toContain("from '.");
  for (const ending of ['ts', 'mts', 'cts']) {
    consumer.write(`types.${ending}`, source);
    consumer.write(
      `wrong.${ending}`,
      "import { SecureStorage } from 'capacitor-strongroom';\nvoid SecureStorage.get({ key: 7 });\n",
    );
  }
});

afterAll(() => {
  consumer.remove();
});

/** @param {string} compiler @param {readonly [string, string, string]} way @param {string} name */
function compile(compiler, [resolution, module, ending], name) {
  const options = [
    '--noEmit',
    '--strict',
    '--exactOptionalPropertyTypes',
    '--target',
    'es2022',
    '--lib',
    'es2022,dom',
    '--skipLibCheck',
  ];
  return consumer.node(compiler, ...options, '--moduleResolution', resolution, '--module', module, `${name}.${ending}`);
}

describe.each(compilers)('TypeScript %s', (version, compiler) => {
  test('has the right version', () => {
    expect(consumer.node(compiler, '--version').output).toMatch(new RegExp(`^Version ${version}\\.`));
  });

  // TypeScript 6 needs an option for node10, and 7 does not have it.
  test.each(WAYS.filter(([resolution]) => resolution !== 'node10' || version === '5'))(
    'accepts correct calls of every method, strictly (moduleResolution %s, module %s, .%s)',
    (...way) => {
      expect(compile(compiler, way, 'types')).toEqual({ output: '', status: 0 });
    },
  );

  test('notices a wrong call', () => {
    const { output, status } = compile(compiler, WAYS[0], 'wrong');
    expect(status).not.toBe(0);
    expect(output).toContain("Type 'number' is not assignable to type 'string'");
  });
});
