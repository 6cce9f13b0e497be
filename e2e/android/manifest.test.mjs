// What the plugin adds to the manifest of an app, by Google's own merger: nothing.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { fromRoot } from '../../scripts/paths.mjs';

import { CAPACITOR, GoogleTools, OURS, appIn, libraryIn } from './google-tools.mjs';

/** @import { Manifest } from './google-tools.mjs' */

const tools = new GoogleTools();
afterAll(() => tools.remove());

const TEMPLATE = appIn(ofCli('android-template'));
const EXAMPLE = appIn(fromRoot('example-app/android'));
const CORDOVA_PLUGINS = libraryIn(ofCli('capacitor-cordova-android-plugins'));
const JNA = tools.jna();

/** The folder that `cap add` or `cap sync` unpacks. @param {string} name */
function ofCli(name) {
  const folder = join(tools.folder, name);
  mkdirSync(folder);
  execFileSync('tar', ['-xzf', fromRoot(`node_modules/@capacitor/cli/assets/${name}.tar.gz`), '-C', folder]);
  return folder;
}

/** @param {Manifest} app @param {Manifest[]} more */
function mergeInto(app, ...more) {
  return tools.merge(app, CAPACITOR, CORDOVA_PLUGINS, ...more);
}

const template = await withAndWithout(TEMPLATE);
const example = await withAndWithout(EXAMPLE);

/** @param {Manifest} app */
async function withAndWithout(app) {
  return { app, before: await mergeInto(app), after: await mergeInto(app, OURS, JNA) };
}

describe.each([
  { name: "the app that Capacitor's CLI makes", ...template },
  { name: 'the example app', ...example },
])('$name', ({ app, before, after }) => {
  test('merges without an error or a warning', () => {
    expect(before.problems).toEqual([]);
    expect(after.problems).toEqual([]);
  });

  test('gets the permission to ask the user from the plugin, and nothing else from it and JNA', () => {
    const permission = /\s*<uses-permission\s+android:name="android\.permission\.USE_BIOMETRIC"\s*\/>/g;
    const lines = (/** @type {string} */ text) => text.replace(permission, '').replace(/\s+/g, ' ');
    expect(after.text().match(permission)).toHaveLength(1);
    expect(lines(after.text())).toBe(lines(before.text()));
    expect(after.text()).toContain(`package="${app.namespace}"`);
  });

  test('has its own oldest Android, its activity, and two permissions', () => {
    const text = after.text();
    expect(text).toContain(`android:minSdkVersion="${app.minSdk}"`);
    expect(text).toContain(`android:targetSdkVersion="${app.targetSdk}"`);
    expect(text.match(/<activity/g)).toHaveLength(1);
    expect(text.match(/<uses-[a-z-]+\s+android:name="[^"]+"/g)).toEqual([
      '<uses-permission android:name="android.permission.INTERNET"',
      '<uses-permission android:name="android.permission.USE_BIOMETRIC"',
    ]);
  });
});

describe('the merged manifest of the example app', () => {
  const text = example.after.text();
  const page = readFileSync(fromRoot('docs/guide/hardening.md'), 'utf8');
  const rows = page.matchAll(/^\| (no )?((?:`[^`]+` ?)+)\| \[AndroidManifest\.xml\]/gm);
  const settings = [...rows].flatMap(([, no, list = '']) =>
    [...list.matchAll(/`([^`]+)`/g)].map(([, setting = '']) => ({
      setting,
      name: `${no ?? ''}${setting}`,
      there: !no,
    })),
  );

  test('has settings to keep', () => {
    const names = settings.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'android:allowBackup="false"',
        'android:dataExtractionRules="@xml/data_extraction_rules"',
        'android:usesCleartextTraffic="false"',
        'no <provider',
        'no <receiver',
        'no <service',
        'no android:debuggable',
      ]),
    );
  });

  test.each(settings)('keeps: $name', ({ setting, there }) => {
    expect(text.includes(setting)).toBe(there);
  });
});

describe('what is wrong is found', () => {
  /** The plugin with another manifest. @param {string} name @param {string} content */
  function altered(name, content) {
    const namespace = 'xmlns:android="http://schemas.android.com/apk/res/android"';
    return { ...OURS, manifest: tools.write(`${name}.xml`, `<manifest ${namespace}>${content}</manifest>`) };
  }

  test.each([
    ['a permission', '<uses-permission android:name="android.permission.VIBRATE"/>'],
    ['a feature', '<uses-feature android:name="android.hardware.fingerprint" android:required="false"/>'],
    ['a receiver', '<application><receiver android:name=".Boot" android:exported="false"/></application>'],
    ['a provider', '<application><provider android:name=".Start" android:authorities="a"/></application>'],
    ['a service', '<application><service android:name=".Upkeep" android:exported="false"/></application>'],
    ['an attribute', '<application android:largeHeap="true"/>'],
    ['a query', '<queries><package android:name="com.example"/></queries>'],
  ])('%s of the plugin', async (name, content) => {
    const { problems, text } = await mergeInto(TEMPLATE, altered(name, content));
    expect(problems).toEqual([]);
    expect(text()).not.toBe(template.before.text());
  });

  test('an attribute that contradicts the app', async () => {
    const backup = altered('backup', '<application android:allowBackup="true"/>');
    const { problems } = await mergeInto(EXAMPLE, backup);
    expect(problems.map(({ severity }) => severity)).toContain('ERROR');
    expect(problems.map(({ message }) => message).join()).toContain('Attribute application@allowBackup value=(false)');
  });

  test('a plugin that needs a newer Android than the app', async () => {
    const { problems } = await mergeInto(TEMPLATE, { ...OURS, minSdk: String(Number(TEMPLATE.minSdk) + 2) });
    expect(problems).toMatchObject([{ severity: 'ERROR' }]);
    expect(problems[0]?.message).toMatch(/^uses-sdk:minSdkVersion 24 cannot be smaller than version 26/);
  });

  test('an oldest Android in the manifest, where it does not belong', async () => {
    const { problems } = await mergeInto(TEMPLATE, altered('sdk', '<uses-sdk android:minSdkVersion="24"/>'));
    expect(problems).toMatchObject([{ severity: 'ERROR' }]);
    expect(problems[0]?.message).toContain('Remove <uses-sdk> from your AndroidManifest.xml');
  });
});

test('JNA is that of android/build.gradle', () => {
  const [, version] =
    /'jnaVersion'\) \? .* : '(.+)'/.exec(readFileSync(fromRoot('android/build.gradle'), 'utf8')) ?? [];
  expect(readFileSync(JNA.manifest, 'utf8')).toContain(`android:versionName="${version}"`);
});
