import { readdirSync, readFileSync } from 'node:fs';

import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Consumer } from '../../scripts/package/consumer.mjs';
import { fromRoot } from '../../scripts/paths.mjs';

const NAMES = {
  '': [
    'SecureStorage',
    'SecureStorageError',
    'SecureStoragePlugin',
    'asAsyncStorage',
    'asLocalForageDriver',
    'configureWeb',
  ],
  '/testing': ['FakeSecureStorage'],
  '/tokens': ['SessionEndedError', 'createTokenManager'],
};

/** @type {Consumer} */
let consumer;

beforeAll(() => {
  consumer = new Consumer();
});

afterAll(() => {
  consumer.remove();
});

test('every entry is tested here', () => {
  const { exports, typesVersions } = JSON.parse(readFileSync(fromRoot('package.json'), 'utf8'));
  const entries = Object.keys(NAMES).map((entry) => `.${entry}`);
  expect(Object.keys(exports).sort()).toEqual([...entries, './package.json'].sort());
  // For moduleResolution node10, which does not read `exports`.
  expect(Object.keys(typesVersions['*'])).toEqual(entries.slice(1).map((entry) => entry.slice(2)));
});

describe.each(Object.entries(NAMES))('capacitor-strongroom%s', (entry, names) => {
  const name = `capacitor-strongroom${entry}`;

  test('can be imported', () => {
    const script = `import * as m from '${name}'; console.log(JSON.stringify(Object.keys(m).sort()))`;
    expect(JSON.parse(consumer.node('--input-type=module', '--eval', script).output)).toEqual(names);
  });

  test('can be required', () => {
    const script = `console.log(JSON.stringify(Object.keys(require('${name}')).sort()))`;
    expect(JSON.parse(consumer.node('--input-type=commonjs', '--eval', script).output)).toEqual(names);
  });
});

test('the entries share their modules, so that a fake is seen by the app', () => {
  const imports = `
    import { SecureStorage, SecureStorageError } from 'capacitor-strongroom';
    import { FakeSecureStorage } from 'capacitor-strongroom/testing';`;
  const script = `
    const fake = new FakeSecureStorage().install();
    fake.lock();
    SecureStorage.keys().catch((error) => console.log(error.code, error instanceof SecureStorageError));`;
  const requires = imports.replace(/import (\{.*\}) from ('.*');/g, 'const $1 = require($2);');
  expect(consumer.node('--input-type=module', '--eval', imports + script).output).toBe('LOCKED true\n');
  expect(consumer.node('--input-type=commonjs', '--eval', requires + script).output).toBe('LOCKED true\n');
});

test('on a server it stores nothing', () => {
  const script = `
    const { SecureStorage } = require('capacitor-strongroom');
    SecureStorage.set({ key: 'k', value: 'v' }).catch((error) => console.log(error.code));`;
  expect(consumer.node('--input-type=commonjs', '--eval', script).output).toBe('UNSUPPORTED\n');
});

test('are-the-types-wrong reports nothing, for any module resolution', async () => {
  const { types, problems } = /** @type {import('@arethetypeswrong/core').Analysis} */ (
    await checkPackage(createPackageFromTarballData(readFileSync(consumer.tarball)))
  );
  expect(types).toEqual({ kind: 'included' });
  expect(problems).toEqual([]);
});

test('publint reports nothing', async () => {
  const { messages } = await publint({ pkgDir: consumer.plugin, strict: true });
  // The package runs in a WebView; Capacitor decides which Node builds an app.
  expect(messages.filter(({ code }) => code !== 'USE_ENGINES_NODE')).toEqual([]);
});

test('it needs only Capacitor', () => {
  const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(
    consumer.read('node_modules/capacitor-strongroom/package.json'),
  );
  expect({ dependencies, optionalDependencies, peerDependencies }).toEqual({
    peerDependencies: { '@capacitor/core': '>=8.0.0' },
  });
  const files = readdirSync(fromRoot('dist/esm'), { recursive: true, encoding: 'utf8' });
  const imported = files
    .filter((file) => file.endsWith('.js'))
    .flatMap((file) => [
      ...readFileSync(fromRoot(`dist/esm/${file}`), 'utf8').matchAll(/(?:from|import\() ?'([^'.][^']*)'/g),
    ]);
  expect([...new Set(imported.map(([, name]) => name))]).toEqual(['@capacitor/core']);
});
