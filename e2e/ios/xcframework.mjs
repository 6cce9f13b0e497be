import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

import plist from 'plist';

import { fromRoot } from '../../scripts/paths.mjs';

import { PLATFORM_IOS, PLATFORM_IOS_SIMULATOR, readStaticLibrary } from './mach-o.mjs';

const NAME = 'StrongroomFFI';
const MINIMUM_OS = '15.0';

export const XCFRAMEWORK = fromRoot(`ios/Frameworks/${NAME}.xcframework`);

/** Apple's systems, with the names in the two Info.plists and in the objects. */
const VARIANTS = [
  { variant: undefined, platform: PLATFORM_IOS, bundlePlatform: 'iPhoneOS' },
  { variant: 'simulator', platform: PLATFORM_IOS_SIMULATOR, bundlePlatform: 'iPhoneSimulator' },
];

/** @typedef {{ id: string, folder: string, binary: string, platform: number, bundlePlatform: string, architectures: string[] }} Slice */

/**
 * What the XCFramework says about the libraries in it, and what is wrong with that. The structure is the one that `xcodebuild
 * -create-xcframework` writes, including the names of the identifiers.
 *
 * @param {string} folder
 * @returns {{ slices: Slice[], problems: string[] }}
 */
export function readXcframework(folder) {
  const check = new Checks();
  const root = readPlist(join(folder, 'Info.plist'));
  check.keys('the XCFramework', root, ['AvailableLibraries', 'CFBundlePackageType', 'XCFrameworkFormatVersion']);
  check.equal('CFBundlePackageType', root.CFBundlePackageType, 'XFWK');
  check.equal('XCFrameworkFormatVersion', root.XCFrameworkFormatVersion, '1.0');
  const libraries = /** @type {Record<string, any>[]} */ (root.AvailableLibraries ?? []);
  const slices = libraries.map((library) => readLibrary(check, folder, library));
  check.equal('the slices', names(slices.map(({ id }) => id)), 'ios-arm64, ios-arm64_x86_64-simulator');
  check.equal('the folders', names(readdirSync(folder)), names(['Info.plist', ...slices.map(({ id }) => id)]));
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (lstatSync(join(folder, path)).isSymbolicLink()) check.problems.push(`${path} is a link, which npm leaves out`);
  }
  return { slices, problems: check.problems };
}

/**
 * @param {Checks} check
 * @param {string} folder
 * @param {Record<string, any>} library
 * @returns {Slice}
 */
function readLibrary(check, folder, library) {
  const id = String(library.LibraryIdentifier);
  const variant = VARIANTS.find((known) => known.variant === library.SupportedPlatformVariant);
  const optional = library.SupportedPlatformVariant === undefined ? [] : ['SupportedPlatformVariant'];
  check.keys(id, library, [
    'BinaryPath',
    'LibraryIdentifier',
    'LibraryPath',
    'SupportedArchitectures',
    'SupportedPlatform',
    ...optional,
  ]);
  const architectures = /** @type {string[]} */ (library.SupportedArchitectures ?? []);
  check.equal(`${id}: SupportedPlatform`, library.SupportedPlatform, 'ios');
  check.equal(`${id}: LibraryPath`, library.LibraryPath, `${NAME}.framework`);
  check.equal(`${id}: BinaryPath`, library.BinaryPath, `${NAME}.framework/${NAME}`);
  const suffix = variant?.variant ? `-${variant.variant}` : '';
  check.equal(`${id}: LibraryIdentifier`, id, `ios-${architectures.join('_')}${suffix}`);
  if (!variant) check.problems.push(`${id}: there is no variant ${library.SupportedPlatformVariant}`);
  return {
    id,
    folder: join(folder, id, `${NAME}.framework`),
    binary: join(folder, id, `${NAME}.framework`, NAME),
    platform: variant?.platform ?? 0,
    bundlePlatform: variant?.bundlePlatform ?? '',
    architectures,
  };
}

/**
 * What is wrong with one of the frameworks.
 *
 * @param {Slice} slice
 */
export function frameworkProblems({ folder, binary, bundlePlatform, platform, architectures }) {
  const check = new Checks();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  check.equal('the files', names(files), names([`Headers/${NAME}.h`, 'Info.plist', 'Modules/module.modulemap', NAME]));

  const { version } = JSON.parse(readFileSync(fromRoot('package.json'), 'utf8'));
  const expected = {
    CFBundleDevelopmentRegion: 'en',
    CFBundleExecutable: NAME,
    CFBundleIdentifier: `dev.strongroom.${NAME}`,
    CFBundleInfoDictionaryVersion: '6.0',
    CFBundleName: NAME,
    CFBundlePackageType: 'FMWK',
    CFBundleShortVersionString: version,
    CFBundleSupportedPlatforms: bundlePlatform,
    CFBundleVersion: version,
    MinimumOSVersion: MINIMUM_OS,
  };
  const info = readPlist(join(folder, 'Info.plist'));
  check.keys('Info.plist', info, Object.keys(expected));
  for (const [key, value] of Object.entries(expected)) check.equal(key, String(info[key]), value);
  if (!/^\d+(\.\d+){0,2}$/.test(version)) check.problems.push(`CFBundleVersion cannot be ${version}`);

  const map = join(folder, 'Modules', 'module.modulemap');
  check.sameFile(map, fromRoot(`ios/${NAME}/module.modulemap`));
  check.equal('the module', /^framework module (\w+) \{$/m.exec(readFileSync(map, 'utf8'))?.[1], NAME);
  for (const [, header = ''] of readFileSync(map, 'utf8').matchAll(/\bheader "([^"]+)"/g)) {
    if (!existsSync(join(folder, 'Headers', header)))
      check.problems.push(`the module map names ${header}, which is not there`);
  }
  check.sameFile(join(folder, 'Headers', `${NAME}.h`), fromRoot(`ios/${NAME}/${NAME}.h`));

  const processors = readStaticLibrary(readFileSync(binary));
  check.equal('the processors', names(processors.map(({ arch }) => arch)), names(architectures));
  for (const object of processors.flatMap(({ objects }) => objects)) {
    check.equal(`${object.name}: platform`, object.platform, platform);
    check.equal(`${object.name}: oldest iOS`, object.minOs, MINIMUM_OS);
  }
  return check.problems;
}

class Checks {
  /** @type {string[]} */
  problems = [];

  /**
   * @param {string} what
   * @param {unknown} found
   * @param {unknown} expected
   */
  equal(what, found, expected) {
    if (found !== expected) this.problems.push(`${what}: ${found}, not ${expected}`);
  }

  /**
   * @param {string} what
   * @param {Record<string, unknown>} found
   * @param {string[]} expected
   */
  keys(what, found, expected) {
    this.equal(`the keys of ${what}`, names(Object.keys(found)), names(expected));
  }

  /**
   * @param {string} found
   * @param {string} expected
   */
  sameFile(found, expected) {
    if (!readFileSync(found).equals(readFileSync(expected))) this.problems.push(`${found} is not ${expected}`);
  }
}

/**
 * @param {string} path
 * @returns {Record<string, any>}
 */
function readPlist(path) {
  return /** @type {any} */ (plist.parse(readFileSync(path, 'utf8')));
}

/** @param {string[]} list */
function names(list) {
  return [...list].sort().join(', ');
}
