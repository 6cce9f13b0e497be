// The path of a newcomer: from the tarball that npm would publish to an app that stores a value on a simulated phone. The code
// is compiled from the tarball's own Kotlin and Swift; with STRONGROOM_TARBALL, from those of `./dev pack`. Only the Rust library is
// different: it is the build for this machine, which no tarball contains.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { SUMS, sumProblems } from '../../scripts/package/checksums.mjs';
import { fromRoot } from '../../scripts/paths.mjs';
import { swiftPackageProblems } from '../ios/app-problems.mjs';
import { launchChromium } from '../phone/chromium.mjs';
import { Phone } from '../phone/phone.mjs';
import { missingForIosSimulator } from '../phone/requirements.mjs';

import { Newcomer } from './newcomer.mjs';

const PLUGIN = 'capacitor-strongroom';
const CLASS = { pkg: PLUGIN, classpath: 'dev.strongroom.capacitor.StrongroomPlugin' };

/** @type {Newcomer} */
let newcomer;

beforeAll(async () => {
  newcomer = await Newcomer.arrive();
  await newcomer.createApp();
});

afterAll(() => newcomer.leave());

test('npm install installs the package and nothing else, and runs no script', async () => {
  const { before, after } = await newcomer.installPlugin();
  const { version } = JSON.parse(readFileSync(fromRoot('package.json'), 'utf8'));
  // `hasInstallScript` would mark a package with an installation script, as it marks esbuild.
  expect(after).toEqual({
    ...before,
    [`node_modules/${PLUGIN}`]: {
      version,
      resolved: expect.stringMatching(/^file:.*\.tgz$/),
      integrity: expect.any(String),
      license: 'MIT',
      peerDependencies: { '@capacitor/core': '>=8.0.0' },
    },
  });
  expect(before['node_modules/esbuild']).toMatchObject({ hasInstallScript: true });
  expect(existsSync(join(newcomer.app.plugin, 'node_modules'))).toBe(false);
});

test('the native binaries match the sums, which only ./dev pack writes', () => {
  const problems = process.env.STRONGROOM_TARBALL ? [] : [`there is no ${SUMS}`];
  expect(sumProblems(newcomer.app.plugin)).toEqual(problems);
});

test("cap add finds the plugin beside those of Capacitor's template", async () => {
  const { app } = newcomer;
  await newcomer.buildPage();
  for (const platform of ['android', 'ios'])
    expect(app.cap('add', platform)).toMatch(/Found 3 Capacitor plugins[^]*capacitor-strongroom@\d/);
  const plugins = app.readJson('android/app/src/main/assets/capacitor.plugins.json');
  expect(plugins).toHaveLength(3);
  expect(plugins).toContainEqual(CLASS);
  expect(app.readJson('ios/App/App/capacitor.config.json').packageClassList).toContain('StrongroomPlugin');
});

describe('cap sync, with the plugin alone', () => {
  /** @type {string} */
  let printed;

  beforeAll(async () => {
    await newcomer.writePage(readFileSync(fromRoot('e2e/newcomer/page.html'), 'utf8'));
    printed = newcomer.app.cap('sync');
  });

  test('succeeds, and the doctor reports nothing', () => {
    expect(printed).toContain('Sync finished');
    expect(printed).not.toContain('Strongroom');
  });

  test('names the Gradle project, its folder, and that the app uses it', () => {
    const { app } = newcomer;
    const settings = app.read('android/capacitor.settings.gradle');
    const projects = [...settings.matchAll(/^include ':(.+)'\nproject\(':\1'\)\.projectDir = new File\('(.+)'\)$/gm)];
    expect(projects.map(([, name, folder]) => [name, folder])).toEqual([
      ['capacitor-android', '../node_modules/@capacitor/android/capacitor'],
      [PLUGIN, `../node_modules/${PLUGIN}/android`],
    ]);
    expect(existsSync(join(app.plugin, 'android/build.gradle'))).toBe(true);
    const wanted = app.read('android/app/capacitor.build.gradle').matchAll(/^ *(\w+) project\(':(.+)'\)$/gm);
    expect([...wanted].map(([, how, name]) => [how, name])).toEqual([['implementation', PLUGIN]]);
  });

  test('names the class for Android', () => {
    expect(newcomer.app.readJson('android/app/src/main/assets/capacitor.plugins.json')).toEqual([CLASS]);
    const [folder, file] = [CLASS.classpath.replace(/\.\w+$/, ''), CLASS.classpath.replaceAll('.', '/')];
    const source = readFileSync(join(newcomer.app.plugin, `android/src/main/kotlin/${file}.kt`), 'utf8');
    expect(source).toContain(`package ${folder}\n`);
  });

  test('names the Swift package, its library and the class for iOS', () => {
    expect(swiftPackageProblems(newcomer.app)).toEqual([]);
  });

  test("passes the app's configuration and its page to both platforms", () => {
    const { app } = newcomer;
    const written = app.readJson('capacitor.config.json');
    expect(app.readJson('android/app/src/main/assets/capacitor.config.json')).toEqual(written);
    expect(app.readJson('ios/App/App/capacitor.config.json')).toEqual({
      ...written,
      packageClassList: ['StrongroomPlugin'],
    });
    for (const folder of ['android/app/src/main/assets/public', 'ios/App/App/public'])
      expect(app.read(`${folder}/index.html`)).toBe(app.read('dist/index.html'));
  });
});

/** @type {import('../phone/web-views.mjs').Platform[]} */
const PLATFORMS = missingForIosSimulator() ? ['android'] : ['android', 'ios'];

describe.each(PLATFORMS)('on a simulated phone, compiled from the tarball: %s', (platform) => {
  /** @type {import('playwright-core').Browser} */
  let browser;
  /** @type {Phone} */
  let phone;

  beforeAll(async () => {
    const target = await newcomer.compile(platform);
    browser = await launchChromium();
    phone = await Phone.withApp(browser, { app: newcomer.app.folder, platform, target });
  });

  afterAll(async () => {
    await phone?.dispose();
    await browser?.close();
  });

  afterEach(() => {
    expect(phone.takeComplaints()).toEqual([]);
  });

  /** The value that the README's lines have read, when they are done. */
  async function first() {
    const value = phone.app.page.locator('#first:not(:empty)');
    await value.waitFor();
    return value.innerText();
  }

  /** @param {string} button */
  async function press(button) {
    const { page } = phone.app;
    await first();
    await page.getByRole('button', { name: button }).click();
    const answer = page.locator('#answer:not(:empty)');
    await answer.waitFor();
    return answer.innerText();
  }

  test("the README's first lines work", async () => {
    expect(await first()).toBe('eyJhbGciOi…');
    expect(await press('Keys')).toBe('{"value":[]}');
  });

  test('a value survives a kill, and is removed', async () => {
    await phone.app.page.getByLabel('Value').fill('the value 🔑');
    expect(await press('Set')).toBe('{"value":true}');
    await phone.restart();
    expect(await press('Get')).toBe('{"value":"the value 🔑"}');
    expect(await press('Keys')).toBe('{"value":["kept"]}');
    expect(await press('Remove')).toBe('{"value":true}');
    expect(await press('Get')).toBe('NOT_FOUND');
    await phone.restart();
    expect(await press('Keys')).toBe('{"value":[]}');
  });

  test('an error on the console would have been noticed', async () => {
    await phone.app.page.evaluate(() => {
      console.warn('Look!');
    });
    await expect.poll(() => phone.takeComplaints()).toEqual(['warning: Look!']);
  });
});
