import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { fromRoot } from '../lib/paths.mjs';

const CONSUMER = `
import { SecureStorage, SecureStorageError, configureWeb, type StoreStatus } from 'capacitor-strongroom';
configureWeb({ web: 'memory' });
export const status: Promise<StoreStatus> = SecureStorage.getStatus({ store: 'a' });
export const code = (error: unknown) => (error instanceof SecureStorageError ? error.code : undefined);
// @ts-expect-error: the key is missing
void SecureStorage.get({});
`;

/** @type {string} */
let folder;

/** An app with the package as npm would install it. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-package-'));
  const [packed] = JSON.parse(npm('pack', '--json', '--ignore-scripts', '--pack-destination', folder));
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@capacitor'), { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, packed.filename), '-C', modules]);
  execFileSync('mv', [join(modules, 'package'), join(modules, 'capacitor-strongroom')]);
  for (const name of ['core', 'cli'])
    symlinkSync(fromRoot(`node_modules/@capacitor/${name}`), join(modules, '@capacitor', name));
  for (const name of ['app.ts', 'app.mts', 'app.cts']) writeFileSync(join(folder, name), CONSUMER);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** @param {string[]} args */
function npm(...args) {
  return execFileSync('npm', args, { cwd: fromRoot('.'), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

/** @param {string[]} args */
function node(...args) {
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  return stdout + stderr;
}

test.each([
  ['bundler', 'esnext', 'app.ts'],
  ['node16', 'node16', 'app.mts'],
  ['node16', 'node16', 'app.cts'],
])('its types are found by moduleResolution %s, module %s, from %s', (resolution, module, file) => {
  const tsc = fromRoot('node_modules/typescript/bin/tsc');
  const options = ['--noEmit', '--strict', '--target', 'es2022', '--skipLibCheck'];
  expect(node(tsc, ...options, '--moduleResolution', resolution, '--module', module, file)).toBe('');
});

const NAMES = ['SecureStorage', 'SecureStorageError', 'SecureStoragePlugin', 'configureWeb'];

test('it can be imported', () => {
  const script = "import * as m from 'capacitor-strongroom'; console.log(JSON.stringify(Object.keys(m).sort()))";
  expect(JSON.parse(node('--input-type=module', '--eval', script))).toEqual(NAMES);
});

test('it can be required', () => {
  const script = "console.log(JSON.stringify(Object.keys(require('capacitor-strongroom')).sort()))";
  expect(JSON.parse(node('--input-type=commonjs', '--eval', script))).toEqual(NAMES);
});

test('on a server it stores nothing', () => {
  const script = `
    const { SecureStorage } = require('capacitor-strongroom');
    SecureStorage.set({ key: 'k', value: 'v' }).catch((error) => console.log(error.code));`;
  expect(node('--input-type=commonjs', '--eval', script)).toBe('UNSUPPORTED\n');
});
