// The examples of the pages work: TypeScript compiles, commands and links exist, JSON can be parsed.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { codeBlocks, pages } from '../../scripts/package/code-blocks.mjs';
import { Consumer } from '../../scripts/package/consumer.mjs';
import { fromRoot } from '../../scripts/paths.mjs';
import { missingForLibraries } from '../libraries/bundle.mjs';
import { missingForPlugins, PACKAGES, pluginFolder } from '../migrating/plugins.mjs';

/** Commands of other programs, which are not run here. */
const FOREIGN = [
  'cd example-app',
  'npm ci',
  'npm install capacitor-strongroom',
  'npm install capacitor-strongroom@latest',
  'npm start',
  'npx cap run android',
  'npx cap run ios',
  'npx cap sync',
  'npx cap sync android',
  'npx cap sync ios',
  ...Object.values(PACKAGES).map((name) => `npm uninstall ${name}`),
];

/** The packages that the pages import. */
const LIBRARIES = ['@ionic/storage', '@supabase/supabase-js', 'oidc-client-ts', 'redux', 'redux-persist', 'zustand'];

/** The sources that tests compile or run, and that the blocks of a language are taken from. */
const EXAMPLES = {
  java: 'simulator/android/src/test/kotlin/dev/strongroom/simulator/keystore/JavaCaller.java',
  js: 'e2e/migrating/app/rename-aparajita.mjs',
  kotlin: 'simulator/android/src/test/kotlin/dev/strongroom/simulator/keystore/NativeCodeExample.kt',
  swift: 'ios/Tests/StrongroomPluginTests/NativeCodeExample.swift',
};

const blocks = pages().flatMap((file) => codeBlocks(file));

const missing = missingForPlugins();
if (missing) console.log(`SKIPPED: the code that imports other plugins: ${missing}`);

function programs() {
  const theirs = Object.values(PACKAGES).map((name) => `from '${name}'`);
  return written('ts').filter(({ code }) => !missing || !theirs.some((from) => code.includes(from)));
}

/** @param {...string} languages */
function written(...languages) {
  return blocks.filter(({ language }) => languages.includes(language));
}

test('every block is in a language that is checked here', () => {
  // A block without a language is a drawing.
  const unknown = blocks.filter(
    ({ language }) => !['', 'ts', 'sh', 'json', ...Object.keys(EXAMPLES)].includes(language),
  );
  expect(unknown.map(({ file, line, language }) => `${file}:${line}: ${language}`)).toEqual([]);
  expect(written('ts').length).toBeGreaterThan(8);
});

describe('TypeScript', () => {
  /** @type {Consumer} */
  let consumer;

  beforeAll(() => {
    consumer = new Consumer();
    const missing = missingForLibraries();
    if (missing !== undefined) throw new Error(missing);
    consumer.write('tsconfig.json', JSON.stringify({ compilerOptions: OPTIONS, include: ['pages'] }));
    for (const name of LIBRARIES) consumer.link(name, fromRoot(`e2e/libraries/node_modules/${name}`));
    for (const plugin of /** @type {const} */ (['mk', 'ap'])) consumer.link(PACKAGES[plugin], pluginFolder(plugin));
    consumer.copy('example-app/capacitor.config.ts', 'pages/capacitor.config.ts');
    for (const { file, line, code } of programs()) {
      // Blocks that begin with the name of a file belong together.
      const name = /^\/\/ ([\w.-]+\.ts)\b/.exec(code)?.[1] ?? `line-${line}.ts`;
      // The names of a script without imports are global. This makes it a module.
      consumer.write(`pages/${file.replaceAll('/', '-')}/${name}`, `${code}export {};\n`);
    }
  });

  afterAll(() => {
    consumer.remove();
  });

  const OPTIONS = {
    strict: true,
    noEmit: true,
    noUncheckedIndexedAccess: true,
    target: 'es2022',
    lib: ['es2022', 'dom'],
    types: [],
    module: 'esnext',
    moduleResolution: 'bundler',
    skipLibCheck: true,
  };

  test('compiles', () => {
    const { output } = consumer.node(fromRoot('node_modules/typescript/bin/tsc'), '-p', '.');
    expect(output).toBe('');
  });

  test('is really compiled', () => {
    const [first] = written('ts');
    const file = `pages/${first?.file.replaceAll('/', '-')}/line-${first?.line}.ts`;
    consumer.write(file, `${consumer.read(file)}\nconst wrong: number = 'text';\n`);
    expect(consumer.node(fromRoot('node_modules/typescript/bin/tsc'), '-p', '.').output).toContain('TS2322');
  });
});

test.each(Object.entries(EXAMPLES))('the %s blocks are compiled or run by tests', (language, file) => {
  const compiled = readFileSync(fromRoot(file), 'utf8');
  const taken = written(language).filter(({ code }) => compiled.includes(code));
  expect(taken.length).toBeGreaterThan(0);
  expect(taken).toEqual(written(language));
});

test('the page shows the start of a library that the tests use', () => {
  const [shown] = written('ts').filter(({ code }) => code.startsWith('// readable.ts\n'));
  expect(shown?.code).toBe(`// readable.ts\n${readFileSync(fromRoot('e2e/libraries/stories/readable.ts'), 'utf8')}`);
});

test('JSON can be parsed', () => {
  for (const { code } of written('json')) JSON.parse(code);
});

test('README.md has at most 150 lines before the API', () => {
  const [written = ''] = readFileSync(fromRoot('README.md'), 'utf8').split('<docgen-index>');
  expect(written.split('\n').length - 1).toBeLessThanOrEqual(150);
});

test('every command exists', () => {
  const commands = written('sh').flatMap(({ file, code }) =>
    code
      .split('\n')
      .map((line) => line.replace(/\s*#.*/, '').trim())
      .filter((line) => line !== '')
      .map((line) => `${file}: ${line}`),
  );
  expect(commands.length).toBeGreaterThan(3);
  expect(commands.filter((command) => !isCommand(command.replace(/^.*?: /, '')))).toEqual([]);
});

test.each(pages())('every link of %s has a target', (file) => {
  const text = readFileSync(fromRoot(file), 'utf8');
  const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)];
  const dead = links.filter(([, path = '', anchor]) => {
    const target = path === '' ? file : join(dirname(file), path);
    if (!existsSync(fromRoot(target))) return true;
    return anchor !== undefined && target.endsWith('.md') && !anchors(target).includes(anchor);
  });
  expect(dead.map(([link]) => link)).toEqual([]);
});

test('every path in CONTRIBUTING.md exists', () => {
  const text = readFileSync(fromRoot('CONTRIBUTING.md'), 'utf8');
  const named = [...text.matchAll(/`([\w.@-]+(?:\/[\w.@-]+)+\/?)`/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !path.startsWith('./') && !existsSync(fromRoot(path)))).toEqual([]);
});

/** @param {string} command */
function isCommand(command) {
  const [program = '', name = '', script = ''] = command.split(' ');
  if (program === './dev')
    return name === '' || new RegExp(`^  ${name}\\) `, 'm').test(readFileSync(fromRoot('dev'), 'utf8'));
  const [here, folder = '.'] = command.split(' --prefix ');
  if (!existsSync(fromRoot(folder))) return false;
  if (program === 'npm' && name === 'run') {
    return script in JSON.parse(readFileSync(fromRoot(join(folder, 'package.json')), 'utf8')).scripts;
  }
  return FOREIGN.includes(here ?? '');
}

/** The anchors of a page's headings, as GitHub makes them. @param {string} file */
function anchors(file) {
  const headings = readFileSync(fromRoot(file), 'utf8').matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
