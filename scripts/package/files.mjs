import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

import { fromRoot } from '../paths.mjs';

import { tracked } from './tracked.mjs';

/** @typedef {{ path: string, size: number, mode: number }} PackedFile */

/** The architectures that Android phones and emulators have. */
export const ABIS = ['arm64-v8a', 'armeabi-v7a', 'x86', 'x86_64'];

/** The architectures with a built library. `./dev test` builds those of phones. */
export function builtAbis() {
  return ABIS.filter((abi) => existsSync(fromRoot(library(abi))));
}

/** @param {string} abi */
const library = (abi) => `android/src/main/jniLibs/${abi}/libstrongroom.so`;

const XCFRAMEWORK = 'ios/Frameworks/StrongroomFFI.xcframework';
const SLICES = ['ios-arm64', 'ios-arm64_x86_64-simulator'];

const ONCE = [
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'CapacitorStrongroom.podspec',
  'LICENSE',
  'Package.swift',
  'README.md',
  'SECURITY.md',
  'TESTING.md',
  'THIRD-PARTY-NOTICES.md',
  'android/build.gradle',
  'android/consumer-rules.pro',
  'android/src/main/AndroidManifest.xml',
  'dist/docs.json',
  'dist/esm/package.json',
  'dist/options.json',
  'dist/plugin.js',
  'dist/plugin.js.map',
  'package.json',
];

/** Modules that contain only types. The build for require() omits them. */
const TYPES_ALONE = ['definitions', 'testing/options'];

/** Files that only `./dev pack` writes, into the package. */
const SUPPLY = ['SHA256SUMS', 'sbom/crates.cdx.json', 'sbom/npm.cdx.json'];

/** The files that npm would pack. @returns {PackedFile[]} */
export function packedFiles() {
  return JSON.parse(run('npm', 'pack', '--dry-run', '--json', '--ignore-scripts'))[0].files;
}

/**
 * The files that must be in the tarball: source of the repository, the output of the build, and the libraries.
 *
 * @param {{ android: string[], ios: boolean, supply?: boolean }} built the ABIs of Android with a built library, whether the one for iOS is built,
 *   and whether SBOMs and checksums are written
 */
export function expectedFiles({ android, ios, supply }) {
  const modules = tracked('src-ts/').filter((path) => path.endsWith('.ts') && !path.startsWith('src-ts/test/'));
  return [
    ...ONCE,
    ...tracked('docs/').filter((path) => path.endsWith('.md')),
    ...tracked('doctor/').filter((path) => !path.startsWith('doctor/test/')),
    ...tracked('android/src/main/kotlin/'),
    ...tracked('ios/Sources/'),
    ...modules,
    ...modules.flatMap(built),
    ...android.map(library),
    ...(ios ? xcframework() : []),
    ...(supply ? SUPPLY : []),
  ].sort();
}

/** @param {string} module */
function built(module) {
  const name = module.replace(/^src-ts\/(.*)\.ts$/, '$1');
  const both = ['esm', 'cjs'].flatMap((kind) => ['d.ts', 'js', 'js.map'].map((end) => `dist/${kind}/${name}.${end}`));
  return TYPES_ALONE.includes(name) ? both.filter((path) => !/\/cjs\/.*\.js/.test(path)) : both;
}

function xcframework() {
  const parts = ['Info.plist', 'StrongroomFFI', 'Headers/StrongroomFFI.h', 'Modules/module.modulemap'];
  return [
    `${XCFRAMEWORK}/Info.plist`,
    ...SLICES.flatMap((slice) => parts.map((part) => `${XCFRAMEWORK}/${slice}/StrongroomFFI.framework/${part}`)),
  ];
}

/** @param {string} program @param {string[]} args */
function run(program, ...args) {
  return execFileSync(program, args, { cwd: fromRoot('.'), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}
