import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import ts from 'typescript';

import { fromRoot } from '../../scripts/paths.mjs';

import { zip } from './zip.mjs';

/** @typedef {import('@capacitor/cli').CapacitorConfig} Config */

/** A plugin for Android. @typedef {{ pkg: string, classpath: string }} Plugin */

/** @type {Plugin} */
export const STRONGROOM = { pkg: 'capacitor-strongroom', classpath: 'dev.strongroom.capacitor.StrongroomPlugin' };

/**
 * What is in an app.
 *
 * @typedef {object} Contents
 * @property {Config} [config] replaces parts of the example app's configuration
 * @property {string} [web] the folder of the pages, in place of the example app's
 * @property {Plugin[]} [plugins] all plugins for Android, in the order in which they are registered, if there are others than ours
 */

/**
 * Writes the app's assets into a ZIP file, in the layout of `cap copy`.
 *
 * @param {string} file
 * @param {import('./web-views.mjs').Platform} platform
 * @param {Contents} [contents]
 */
export async function writeAssets(file, platform, { config, web = 'example-app/dist', plugins = [STRONGROOM] } = {}) {
  const built = fromRoot(web);
  if (!existsSync(built)) throw new Error(`${web} is not built`);
  const configuration = { ...(await capacitorConfig()), ...config };
  const ofPlatform = platform === 'android' ? forAndroid(configuration, plugins) : forIos(configuration);
  writeFileSync(file, zip({ ...ofPlatform, ...filesBelow(built, 'assets/public/') }));
}

/** @param {Config} config @param {Plugin[]} plugins */
function forAndroid(config, plugins) {
  const script = fromRoot('node_modules/@capacitor/android/capacitor/src/main/assets/native-bridge.js');
  return {
    'assets/native-bridge.js': readFileSync(script),
    'assets/capacitor.config.json': json(config),
    'assets/capacitor.plugins.json': json(plugins),
  };
}

/** Capacitor's script is in its framework. @param {Config} config */
function forIos(config) {
  return { 'assets/capacitor.config.json': json({ ...config, packageClassList: ['StrongroomPlugin'] }) };
}

/**
 * Writes the assets of another app into a ZIP file, from the files of Capacitor's CLI, combined as Gradle would do it.
 *
 * @param {string} file
 * @param {import('./web-views.mjs').Platform} platform
 * @param {string} app
 */
export function writeAssetsOf(file, platform, app) {
  if (platform === 'ios') {
    const ofApp = join(app, 'ios/App/App');
    const config = readFileSync(join(ofApp, 'capacitor.config.json'));
    writeFileSync(
      file,
      zip({ 'assets/capacitor.config.json': config, ...filesBelow(join(ofApp, 'public'), 'assets/public/') }),
    );
    return;
  }
  const ofCapacitor = join(app, 'node_modules/@capacitor/android/capacitor/src/main/assets');
  const ofApp = join(app, 'android/app/src/main/assets');
  writeFileSync(file, zip({ ...filesBelow(ofCapacitor, 'assets/'), ...filesBelow(ofApp, 'assets/') }));
}

/** The example app's configuration. Capacitor's CLI reads it in the same way. @returns {Promise<Config>} */
async function capacitorConfig() {
  const source = readFileSync(fromRoot('example-app/capacitor.config.ts'), 'utf8');
  const { outputText } = ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.ESNext } });
  return (await import(`data:text/javascript,${encodeURIComponent(outputText)}`)).default;
}

/**
 * @param {string} folder
 * @param {string} prefix
 */
function filesBelow(folder, prefix) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [prefix + relative(folder, path).split(sep).join('/'), readFileSync(path)];
    }),
  );
}

/** @param {unknown} value */
function json(value) {
  return Buffer.from(JSON.stringify(value));
}
