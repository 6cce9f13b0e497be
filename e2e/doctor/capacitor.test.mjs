// Capacitor's own CLI runs the doctor from the package that npm would publish, prints its output, and does not fail with it.

import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { ScratchApp } from '../app/scratch-app.mjs';

const CONFIG = 'capacitor.config.json';
const PLUGIN = 'node_modules/capacitor-strongroom';
const OF_THE_PAGE = ['policy', 'proxy', 'frames', 'bundle', 'updater'];
const OLD_PLUGIN = 'capacitor-secure-storage-plugin';

/** @type {ScratchApp} */
let app;
/** @type {string} */
let added;
/** The files that tests change. @type {Map<string, string>} */
let files;

beforeAll(() => {
  app = ScratchApp.least();
  app.environment = { STRONGROOM_DOCTOR: 'verbose' };
  added = app.cap('add', 'android') + app.cap('add', 'ios');
  const paths = [CONFIG, 'package.json', ...['package.json', 'doctor/report.mjs'].map((path) => `${PLUGIN}/${path}`)];
  files = new Map(paths.map((path) => [path, app.read(path)]));
});

afterAll(() => {
  app.remove();
});

beforeEach(() => {
  app.environment = {};
  for (const [path, text] of files) writeFileSync(join(app.folder, path), text);
});

test('adding a platform runs all of its checks, and none reports anything', () => {
  const said = [...added.matchAll(/^\[info\] Strongroom: ([\w-]+) \((\w+)\): (.*)$/gm)];
  expect(said.map(([, check, platform]) => `${platform} ${check}`)).toEqual([
    ...['logging', 'backup', 'clash', 'options', 'server', ...OF_THE_PAGE].map((check) => `android ${check}`),
    ...['logging', 'access-group', 'face-id', 'clash', 'options', 'server', ...OF_THE_PAGE].map(
      (check) => `ios ${check}`,
    ),
  ]);
  expect([...new Set(said.map(([, , , outcome]) => outcome))]).toEqual(['no warnings']);
});

test('the doctor reads the page, the version and the preference that the CLI builds in', () => {
  const page = 'www/index.html';
  const before = app.read(page);
  const version = 'node_modules/@capacitor/android/package.json';
  const installed = app.read(version);
  writeFileSync(join(app.folder, page), '<!doctype html><title>Scratch</title>');
  writeFileSync(join(app.folder, version), installed.replace(/"version": "8[^"]*"/, '"version": "8.5.0"'));
  const writer = 'node_modules/@capacitor/filesystem';
  mkdirSync(join(app.folder, writer));
  writeFileSync(
    join(app.folder, writer, 'package.json'),
    JSON.stringify({ name: '@capacitor/filesystem', version: '8.1.3' }),
  );
  app.edit('package.json', (description) =>
    Object.assign(description.dependencies, { '@capacitor/filesystem': '8.1.3' }),
  );
  const printed = app.cap('sync', 'android');
  for (const check of ['policy', 'proxy', 'bundle']) expect(printed).toContain(`docs/guide/doctor.md#${check}`);

  writeFileSync(join(app.folder, page), before);
  writeFileSync(join(app.folder, version), installed);
  app.edit(CONFIG, (config) => Object.assign(config, { cordova: { preferences: { DisableDeploy: 'true' } } }));
  expect(app.cap('sync')).not.toContain('Strongroom');
  // Capacitor's native side reads it there, even without a Cordova plugin.
  for (const file of ['android/app/src/main/res/xml/config.xml', 'ios/App/App/config.xml']) {
    expect(app.read(file)).toContain('<preference name="DisableDeploy" value="true" />');
  }
});

test('cap sync prints nothing of the doctor if nothing is wrong', () => {
  const printed = app.cap('sync');
  expect(printed).toContain('Sync finished');
  expect(printed).not.toContain('Strongroom');
});

test('cap sync warns for each platform, and succeeds', () => {
  app.edit(CONFIG, (config) =>
    Object.assign(config, { loggingBehavior: 'production', ios: { loggingBehavior: 'none' } }),
  );
  const printed = app.cap('sync');
  expect(printed).toContain("[warn] Strongroom (android): loggingBehavior is 'production'.");
  expect(printed).toContain('More: node_modules/capacitor-strongroom/docs/guide/doctor.md#logging');
  expect(printed).not.toContain('Strongroom (ios)');
  expect(printed).toContain('Sync finished');
  expect(app.read(`${PLUGIN}/docs/guide/doctor.md`)).toContain('\n## logging\n');
});

test('the doctor warns that the CLI’s Android app backs up what an old plugin stores', () => {
  const folder = join(app.folder, 'node_modules', OLD_PLUGIN);
  mkdirSync(folder);
  // The doctor reads the list of dependencies; the CLI looks for the package.
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: OLD_PLUGIN, version: '0.13.0' }));
  app.edit('package.json', (description) => Object.assign(description.dependencies, { [OLD_PLUGIN]: '0.13.0' }));
  const warning = `Strongroom (android): Android backs up what ${OLD_PLUGIN} stores.`;
  expect(app.cap('sync', 'android')).toContain(warning);

  const manifest = 'android/app/src/main/AndroidManifest.xml';
  const before = app.read(manifest);
  writeFileSync(join(app.folder, manifest), before.replace('allowBackup="true"', 'allowBackup="false"'));
  expect(app.cap('sync', 'android')).not.toContain('Strongroom');
  writeFileSync(join(app.folder, manifest), before);
});

test('the doctor warns that the CLI’s iOS app has neither an access group nor a purpose for Face ID', () => {
  const ios = { accessGroup: 'ABCDE12345.com.example.shared', authentication: 'biometryAny' };
  app.edit(CONFIG, (config) => Object.assign(config, { plugins: { SecureStorage: { ios } } }));
  const printed = app.cap('sync', 'ios');
  expect(printed).toContain(
    "Strongroom (ios): plugins.SecureStorage.ios.accessGroup is not among the app's entitlements.",
  );
  expect(printed).toContain('Strongroom (ios): Info.plist has no NSFaceIDUsageDescription.');
});

test('a misspelt option is found with the list of options in the package', () => {
  app.edit(CONFIG, (config) => Object.assign(config, { plugins: { SecureStorage: { onKeyloss: 'error' } } }));
  expect(app.cap('sync', 'android')).toContain('plugins.SecureStorage.onKeyloss is not an option.');
});

test('it prints nothing if it is switched off', () => {
  app.edit(CONFIG, (config) => Object.assign(config, { loggingBehavior: 'production' }));
  app.environment = { STRONGROOM_DOCTOR: 'off' };
  expect(app.cap('sync', 'ios')).not.toContain('Strongroom');
});

describe('a doctor that is broken', () => {
  beforeEach(() => {
    app.edit(CONFIG, (config) => Object.assign(config, { loggingBehavior: 'production' }));
  });

  test('would fail the sync if its script failed', () => {
    app.edit(`${PLUGIN}/package.json`, ({ scripts }) => Object.assign(scripts, { 'capacitor:sync:after': 'exit 1' }));
    expect(() => app.cap('sync', 'ios')).toThrow('capacitor:sync:after hook on ios failed');
  });

  test.each([
    ['whose configuration cannot be read', () => (app.environment = { CAPACITOR_CONFIG: '{' })],
    ['that is no JavaScript', () => app.alter('doctor/report.mjs', () => 'import {')],
  ])('%s prints nothing, and the sync succeeds', (_, spoil) => {
    spoil();
    const printed = app.cap('sync', 'ios');
    expect(printed).toContain('Sync finished');
    expect(printed).not.toMatch(/strongroom \(|error/i);
  });

  test('that is missing does not fail the sync', () => {
    const doctor = join(app.plugin, 'doctor');
    renameSync(doctor, `${doctor}-gone`);
    expect(app.cap('sync', 'ios')).toContain('Sync finished');
    renameSync(`${doctor}-gone`, doctor);
  });
});
