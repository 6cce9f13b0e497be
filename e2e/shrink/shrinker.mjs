import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { fromRoot } from '../../scripts/paths.mjs';
import { STRONGROOM } from '../phone/assets.mjs';

import { R8 } from './r8.mjs';

export const SHRINK = fromRoot('build/shrink');
/** The plugins of the app that is shrunk: ours, and one that represents the app's own native code. */
export const PLUGINS = [STRONGROOM, { pkg: 'app', classpath: 'com.example.app.AppCode' }];
/** The rules that Gradle gathers from libraries. */
export const CAPACITOR_RULES = fromRoot('node_modules/@capacitor/android/capacitor/proguard-rules.pro');
export const OUR_RULES = fromRoot('android/consumer-rules.pro');

const TOOL = join(SHRINK, 'tools/r8.jar');
const SIMULATOR = fromRoot('simulator/android/target');
const OURS = ['dev/strongroom/capacitor', 'dev/strongroom/ffi'];
const PHONE_LIBRARY = join(SHRINK, 'phone.jar');
const PHONE_LIBRARY_SOURCE = fromRoot('e2e/shrink/PhoneLibrary.java');
const ANDROID = /\/android-all\//;
const JNA = /\/jna\//;
const KOTLIN = /\/org\/jetbrains\//;
/** The simulator's libraries, which no app has. One of them is an empty archive. */
const OUTSIDE = /^(?!.*(\/android-all\/|\/jna\/|\/org\/jetbrains\/|\/listenablefuture\/))/;
/** Robolectric reads its annotations, which do not belong to an app. */
const SHADOWS = ['ShadowServiceWorkers', 'keystore/ShadowBiometricManager', 'keystore/ShadowCryptoObject'].map((name) =>
  join(SIMULATOR, 'classes/dev/strongroom/simulator', name),
);
/** Starts with the first run. @type {R8 | undefined} */
let shrinker;

/**
 * The rules of a file in `e2e/shrink/rules`.
 *
 * @param {'system' | 'app' | 'bare' | 'unoptimized'} name
 */
export function rulesOf(name) {
  return fromRoot(`e2e/shrink/rules/${name}.pro`);
}

/**
 * The rules of a file, one by one, without comments.
 *
 * @param {string} file
 */
export function splitRules(file) {
  const text = readFileSync(file, 'utf8').replace(/#.*$/gm, '');
  return text.split(/^(?=-)/m).flatMap((rule) => rule.trim() || []);
}

/**
 * Collects the input of R8: the app, with the simulator in it as its system, and the other classes of a phone.
 */
export function prepareInputs() {
  for (const folder of ['app', 'code', 'outside', 'jna', 'jnidispatch']) emptyFolder(join(SHRINK, folder));
  // Android runs the classes of JNA's archive. On this machine, they use the native part of the plain jar.
  run('jar', ['xf', join(SHRINK, 'tools/jna.aar')], join(SHRINK, 'jna'));
  run('jar', ['xf', String(classPath(JNA)[0]), 'com/sun/jna'], join(SHRINK, 'jnidispatch'));
  const dispatch = join(SHRINK, 'jnidispatch/com/sun/jna');
  for (const entry of readdirSync(dispatch))
    if (!entry.startsWith('linux-')) rmSync(join(dispatch, entry), { recursive: true });

  const classes = join(SIMULATOR, 'classes');
  const app = join(SHRINK, 'app');
  cpSync(classes, app, { recursive: true, filter: (file) => !SHADOWS.some((shadow) => file.startsWith(shadow)) });
  const outside = join(SHRINK, 'outside');
  cpSync(classes, outside, { recursive: true, filter: (file) => SHADOWS.some((shadow) => isBelow(file, shadow)) });
  run('javac', [
    '-nowarn',
    '-d',
    app,
    '-cp',
    [classes, ...classPath(/./)].join(':'),
    fromRoot('e2e/shrink/AppCode.java'),
  ]);
  const others = readdirSync(app).filter((name) => !['dev', 'META-INF'].includes(name));
  run('jar', ['cf0', join(SHRINK, 'app.jar'), ...others, 'dev'], app);
  run('jar', ['cf0', join(SHRINK, 'plugin.jar'), ...OURS], app);
  run('jar', ['cf0', join(SHRINK, 'others.jar'), ...others], app);
  run('jar', ['cf0', join(SHRINK, 'outside.jar'), '.'], outside);
  const jars = ['app.jar', 'outside.jar', 'jna/classes.jar'].map((file) => join(SHRINK, file));
  run('java', [PHONE_LIBRARY_SOURCE, PHONE_LIBRARY, String(classPath(ANDROID)[0]), ...jars]);
}

/**
 * Shrinks the app, and makes it a target that the simulator can run.
 *
 * @param {string} name
 * @param {object} options
 * @param {string[]} options.rules files
 * @param {boolean} [options.compatible] with R8 in the mode that is compatible with ProGuard, not in full mode
 */
export async function shrinkApp(name, { rules, compatible = false }) {
  const target = join(SHRINK, 'apps', name);
  const options = [
    '--classfile',
    ...(compatible ? ['--pg-compat'] : []),
    ...[...classPath(OUTSIDE), join(SHRINK, 'outside.jar')].flatMap((file) => ['--classpath', file]),
    ...[rulesOf('system'), ...rules].flatMap((file) => ['--pg-conf', file]),
    ...[join(SHRINK, 'app.jar'), ...libraries()],
  ];
  // R8 takes ten seconds, and equal input has equal output.
  const key = join(target, 'made-from');
  const inputs = sumOfInputs(options);
  if (existsSync(key) && readFileSync(key, 'utf8') === inputs) return target;
  emptyFolder(target);
  mkdirSync(join(target, 'classes'));
  await r8(['--output', join(target, 'classes'), '--pg-map-output', join(target, 'mapping.txt'), ...options]);
  const outside = [join(SHRINK, 'outside'), join(SHRINK, 'jnidispatch'), ...classPath(OUTSIDE), ...classPath(ANDROID)];
  writeFileSync(join(target, 'classpath.txt'), outside.join(':'));
  symlinkSync(join(SIMULATOR, 'android-all'), join(target, 'android-all'));
  writeFileSync(key, inputs);
  return target;
}

/**
 * What the plugin adds to an app: the bytes of DEX that R8 makes from its classes, JNA and the parts of Kotlin that they need.
 *
 * @param {string} name
 * @param {string[]} rules files
 */
export async function shrunkDex(name, rules) {
  const folder = join(SHRINK, 'dex', name);
  emptyFolder(folder);
  await r8([
    ...['--min-api', '24', '--output', folder, '--classpath', join(SHRINK, 'others.jar')],
    ...[rulesOf('system'), ...rules].flatMap((file) => ['--pg-conf', file]),
    ...[join(SHRINK, 'plugin.jar'), ...libraries()],
  ]);
  return readFileSync(join(folder, 'classes.dex'));
}

/** Ends the JVM of R8, if one runs. */
export function endR8() {
  shrinker?.end();
  shrinker = undefined;
}

/** Writes rules into a file of their own. @param {string} name @param {string[]} rules */
export function writeRules(name, rules) {
  const folder = join(SHRINK, 'rules');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.pro`);
  writeFileSync(file, `${rules.join('\n')}\n`);
  return file;
}

/** The simulator's libraries whose paths match. @param {RegExp} pattern */
export function classPath(pattern) {
  const all = readFileSync(join(SIMULATOR, 'classpath.txt'), 'utf8').trim().split(':');
  return all.filter((file) => pattern.test(file));
}

/** What an app with the plugin has in addition to Capacitor: JNA, and Kotlin's library with the annotations that it names. */
function libraries() {
  return [join(SHRINK, 'jna/classes.jar'), ...classPath(KOTLIN)];
}

/**
 * A digest of the options, the contents of rules and classes, and R8 itself. Archives that were made here contain the time.
 *
 * @param {string[]} options
 */
function sumOfInputs(options) {
  const sum = createHash('sha256');
  const folders = ['app', 'outside'].map((name) => join(SHRINK, name));
  const classes = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  );
  const put = folders.map((folder) => `${folder}.jar`);
  const sources = ['Shrinker.java', 'r8.mjs', 'shrinker.mjs'].map((name) => fromRoot(`e2e/shrink/${name}`));
  const files = [TOOL, PHONE_LIBRARY_SOURCE, ...sources, ...options, ...classes.sort()].filter(
    (file) => !put.includes(file),
  );
  for (const file of files) {
    sum.update(`${file}\0`);
    if (file.startsWith('/') && existsSync(file) && statSync(file).isFile()) sum.update(readFileSync(file));
  }
  return sum.digest('hex');
}

/** @param {string[]} options */
async function r8(options) {
  shrinker ??= new R8(TOOL, join(SHRINK, 'options'));
  await shrinker.run(['--release', '--lib', PHONE_LIBRARY, ...options]);
}

/** @param {string} file @param {string} wanted */
function isBelow(file, wanted) {
  return file.startsWith(wanted) || wanted.startsWith(`${file}/`);
}

/** @param {string} command @param {string[]} options @param {string} [folder] */
function run(command, options, folder) {
  execFileSync(command, options, { cwd: folder, stdio: 'pipe' });
}

/** @param {string} folder */
function emptyFolder(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}
