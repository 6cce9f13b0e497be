// The native projects of the example app: what Capacitor's CLI makes, and the settings of docs/guide/hardening.md.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import plist from 'plist';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { fromRoot } from '../../scripts/paths.mjs';
import { ScratchApp, trackedExample } from '../app/scratch-app.mjs';
import { swiftPackageProblems } from '../ios/app-problems.mjs';
import { missingForSimulator } from '../phone/requirements.mjs';

const ANDROID = 'android/app/src/main';

// Capacitor's CLI reads these files with the same packages.
const ofCli = createRequire(fromRoot('example-app/node_modules/@capacitor/cli/package.json'));
const { parseStringPromise } = ofCli('xml2js');
const xcode = ofCli('xcode');

/** @type {ScratchApp} */
let app;

beforeAll(() => {
  app = ScratchApp.example();
});

afterAll(() => {
  app.remove();
});

/** @param {string} path */
function read(path) {
  return readFileSync(fromRoot(`example-app/${path}`), 'utf8');
}

/** Elements are properties with lists; attributes are in `$`. @param {string} path @returns {Promise<any>} */
function xml(path) {
  return parseStringPromise(read(path));
}

describe("Capacitor's CLI", () => {
  test('cap sync changes no file of the repository', () => {
    const printed = app.cap('sync');
    expect(printed).toContain('Sync finished');
    // A warning of the doctor begins with this name.
    expect(printed).not.toContain('Strongroom');
    expect(app.git('status', '--porcelain').filter((line) => !line.startsWith('A  '))).toEqual([]);
    expect(app.readJson(`${ANDROID}/assets/capacitor.plugins.json`)).toEqual([
      { pkg: 'capacitor-strongroom', classpath: 'dev.strongroom.capacitor.StrongroomPlugin' },
    ]);
  });

  test('cap add would make the same, except for the hardening', () => {
    for (const folder of ['android', 'ios']) {
      rmSync(join(app.folder, folder), { recursive: true });
      app.cap('add', folder);
    }
    const differences = app.git('status', '--porcelain', '--untracked-files=all').filter((line) => line[1] !== ' ');
    expect(differences.map((line) => line.slice(1)).sort()).toEqual(
      [
        // Only ours.
        `D ${ANDROID}/res/drawable/splash.xml`,
        `D ${ANDROID}/res/xml/data_extraction_rules.xml`,
        `D ${ANDROID}/res/xml/network_security_config.xml`,
        // In both, but different.
        'M android/app/build.gradle',
        `M ${ANDROID}/AndroidManifest.xml`,
        `M ${ANDROID}/java/dev/strongroom/example/MainActivity.java`,
        'M android/gradle/wrapper/gradle-wrapper.properties',
        'M ios/App/App/SceneDelegate.swift',
        // Only the template's: empty tests, pictures in place of a colour, files that are shared with other apps.
        '? android/app/src/androidTest/java/com/getcapacitor/myapp/ExampleInstrumentedTest.java',
        '? android/app/src/test/java/com/getcapacitor/myapp/ExampleUnitTest.java',
        ...['land', 'port'].flatMap((way) =>
          ['hdpi', 'mdpi', 'xhdpi', 'xxhdpi', 'xxxhdpi'].map(
            (size) => `? ${ANDROID}/res/drawable-${way}-${size}/splash.png`,
          ),
        ),
        `? ${ANDROID}/res/drawable/splash.png`,
        `? ${ANDROID}/res/xml/file_paths.xml`,
      ].sort(),
    );
  });
});

test('every XML file, property list and Xcode project can be parsed', async () => {
  const tracked = trackedExample();
  const ending = (/** @type {RegExp} */ pattern) => tracked.filter((path) => pattern.test(path));
  for (const path of ending(/\.(xml|plist|storyboard)$/)) expect(await xml(path), path).toBeTypeOf('object');
  for (const path of ending(/\.plist$/)) expect(plist.parse(read(path)), path).toBeTypeOf('object');
  for (const path of ending(/\.json$/)) expect(JSON.parse(read(path)), path).toBeTypeOf('object');
  const [project = '', ...others] = ending(/\.pbxproj$/);
  expect(others).toEqual([]);
  const { firstTarget } = xcode
    .project(fromRoot(`example-app/${project}`))
    .parseSync()
    .getFirstTarget();
  expect(firstTarget.name).toBe('App');
});

describe('docs/guide/hardening.md', () => {
  const page = readFileSync(fromRoot('docs/guide/hardening.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (no )?((?:`[^`]+` ?)+)\| \[.*?\]\((?:\.\.\/)+(.+?)\) \|/gm)].map(
    ([, no, settings = '', path = '']) => ({
      settings: [...settings.matchAll(/`([^`]+)`/g)].map(([, setting = '']) => setting),
      path,
      name: `${path}: ${no ?? ''}${settings.trim()}`,
      there: no === undefined,
    }),
  );

  test('has a row for each line of its tables', () => {
    const lines = page.split('\n').filter((line) => /^\| (?!setting|---)/.test(line));
    expect(rows).toHaveLength(lines.length);
    expect(rows.length).toBeGreaterThan(15);
  });

  test.each(rows)('is right about $name', ({ settings, path, there }) => {
    const text = readFileSync(fromRoot(path), 'utf8');
    for (const setting of settings) expect(text.includes(setting), setting).toBe(there);
  });
});

describe('the Android project', () => {
  test('has one component, the launcher, and requests only the network permission', async () => {
    const { manifest } = await xml(`${ANDROID}/AndroidManifest.xml`);
    const [components] = manifest.application;
    expect(Object.keys(components)).toEqual(['$', 'activity']);
    expect(components.activity).toHaveLength(1);
    expect(components.activity[0]['intent-filter']).toEqual([
      {
        action: [{ $: { 'android:name': 'android.intent.action.MAIN' } }],
        category: [{ $: { 'android:name': 'android.intent.category.LAUNCHER' } }],
      },
    ]);
    expect(manifest['uses-permission']).toEqual([{ $: { 'android:name': 'android.permission.INTERNET' } }]);
  });

  test('excludes every folder from backups and transfers', async () => {
    const rules = (await xml(`${ANDROID}/res/xml/data_extraction_rules.xml`))['data-extraction-rules'];
    const folders = ['root', 'file', 'database', 'sharedpref'];
    const excluded = ['external', ...folders, ...folders.map((folder) => `device_${folder}`)].sort();
    expect(Object.keys(rules).sort()).toEqual(['cloud-backup', 'device-transfer']);
    for (const [{ exclude, ...others }] of Object.values(rules)) {
      expect(others).toEqual({});
      expect(exclude.map((/** @type {any} */ { $ }) => $.domain).sort()).toEqual(excluded);
      expect(exclude.every((/** @type {any} */ { $ }) => $.path === '.')).toBe(true);
    }
  });

  test('allows no plain connection, and trusts only the certificates of the system', async () => {
    const config = (await xml(`${ANDROID}/res/xml/network_security_config.xml`))['network-security-config'];
    expect(config).toEqual({
      'base-config': [
        {
          $: { cleartextTrafficPermitted: 'false' },
          'trust-anchors': [{ certificates: [{ $: { src: 'system' } }] }],
        },
      ],
    });
  });

  test('refers to no missing resource', () => {
    const files = trackedExample().filter((path) => path.startsWith(`${ANDROID}/`) && path.endsWith('.xml'));
    const used = files.flatMap((path) => [
      ...read(path).matchAll(/"@(drawable|mipmap|xml)\/(\w+)"|>@(drawable)\/(\w+)</g),
    ]);
    const wanted = used.map(([, kind, name, kindInText, nameInText]) => `${kind ?? kindInText}/${name ?? nameInText}`);
    const there = trackedExample().map((path) => path.replace(/^.*\/res\/(\w+)[^/]*\/(\w+)\.\w+$/, '$1/$2'));
    expect(wanted).toContain('drawable/splash');
    expect(wanted.filter((resource) => !there.includes(resource))).toEqual([]);
  });

  test('has the names of capacitor.config.ts', async () => {
    const config = read('capacitor.config.ts');
    const [, id] = /appId: '(.+)'/.exec(config) ?? [];
    const [, name] = /appName: '(.+)'/.exec(config) ?? [];
    const { resources } = await xml(`${ANDROID}/res/values/strings.xml`);
    expect(resources.string.map((/** @type {any} */ { _ }) => _)).toEqual([name, name, id, id]);
    expect(read('android/app/build.gradle')).toContain(`applicationId "${id}"`);
    expect(read('ios/App/App.xcodeproj/project.pbxproj')).toContain(`PRODUCT_BUNDLE_IDENTIFIER = ${id};`);
    expect(plist.parse(read('ios/App/App/Info.plist'))).toMatchObject({ CFBundleDisplayName: name });
  });

  const missing = missingForSimulator();
  if (missing) console.log(`SKIPPED: compiling the activity of the example app: ${missing}`);
  test.skipIf(missing !== undefined)('has an activity that compiles', () => {
    const classPath = readFileSync(fromRoot('simulator/android/target/classpath.txt'), 'utf8').trim();
    const options = ['-d', app.root, '-classpath', `${fromRoot('simulator/android/target/classes')}:${classPath}`];
    const source = fromRoot(`example-app/${ANDROID}/java/dev/strongroom/example/MainActivity.java`);
    execFileSync('javac', [...options, source], { stdio: ['ignore', 'ignore', 'inherit'] });
    expect(existsSync(join(app.root, 'dev/strongroom/example/MainActivity.class'))).toBe(true);
  });
});

test('the Swift package of the iOS project finds the plugin', () => {
  expect(swiftPackageProblems(app)).toEqual([]);
});
