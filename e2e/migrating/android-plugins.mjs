import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { fromRoot } from '../../scripts/paths.mjs';

import { PACKAGES, pluginFolder } from './plugins.mjs';

/** The plugins' Android parts, as Capacitor's CLI lists them for an app. */
export const ANDROID_PLUGINS = {
  mk: { pkg: PACKAGES.mk, classpath: 'com.whitestein.securestorage.SecureStoragePluginPlugin' },
  ap: { pkg: PACKAGES.ap, classpath: 'com.aparajita.capacitor.securestorage.SecureStorage' },
};

/**
 * A copy of a plugin's package with another id, as docs/guide/moving-in.md describes.
 *
 * @param {string} folder an empty one
 */
export function renameAparajita(folder) {
  const copy = join(folder, 'node_modules', PACKAGES.ap);
  cpSync(pluginFolder('ap'), copy, { recursive: true });
  rename(folder);
  return copy;
}

/** Runs the script of docs/guide/moving-in.md in the folder of an app. @param {string} folder */
export function rename(folder) {
  execFileSync(process.execPath, [fromRoot('e2e/migrating/app/rename-aparajita.mjs')], { cwd: folder, stdio: 'pipe' });
}

/**
 * Compiles the Android part of a plugin against the simulator's Android.
 *
 * @param {string} plugin the folder of its package
 * @param {string} folder an empty one, for the classes
 */
export function compileForAndroid(plugin, folder) {
  const sources = join(folder, 'sources');
  cpSync(join(plugin, 'android/src/main/java'), sources, { recursive: true });
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.java'))
    .map((file) => join(sources, file));
  for (const file of files) writeFileSync(file, readFileSync(file, 'utf8').replaceAll(GET_ENTRY, entryAsOnAndroid));
  const classes = join(folder, 'classes');
  mkdirSync(classes);
  const simulator = `${fromRoot('simulator/android/target/classes')}:${readFileSync(fromRoot('simulator/android/target/classpath.txt'), 'utf8')}`;
  execFileSync('javac', ['-nowarn', '-d', classes, '-cp', simulator.trim(), ...files], { stdio: 'pipe' });
  return classes;
}

/**
 * The simulator runs on a JDK, whose `KeyStore.getEntry` refuses a key without a password. Android's checks that the alias exists and
 * returns its key. These calls replace it.
 */
const GET_ENTRY = /\(KeyStore\.SecretKeyEntry\) keyStore\.getEntry\((\w+), null\)/g;

/** @param {string} _ @param {string} alias */
function entryAsOnAndroid(_, alias) {
  return `(!keyStore.containsAlias(${alias}) ? null : new KeyStore.SecretKeyEntry((SecretKey) keyStore.getKey(${alias}, null)))`;
}
