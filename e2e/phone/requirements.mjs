import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { builtAbis } from '../../scripts/package/files.mjs';
import { fromRoot } from '../../scripts/paths.mjs';

import { findChromium } from './chromium.mjs';

/** What is missing on this machine for tests in a browser, or `undefined`. */
export function missingForBrowser() {
  return findChromium() ? undefined : 'there is no Chromium: install it or set STRONGROOM_CHROMIUM';
}

/** What is missing for the tests and the demo of the whole chain, or `undefined`. */
export function missingForBridge() {
  const missing = missingForBrowser();
  if (missing) return missing;
  return missingForSimulator() ?? missingLibrary();
}

/** What is missing for tests that need the simulator's classes, or `undefined`. */
export function missingForSimulator() {
  return existsSync(fromRoot('simulator/android/target/classpath.txt')) ? undefined : 'the simulator is not built';
}

/** What is missing for tests on the simulated iPhone, or `undefined`. */
export function missingForIosSimulator() {
  const built = ['simulator/ios/target/runtime', `${keychainLibraryPath()}/libstrongroom.so`];
  return built.every((file) => existsSync(resolve(fromRoot('.'), file)))
    ? undefined
    : 'the simulator of iOS is not built';
}

/** What is missing for the tests and the demo of the whole chain on the simulated iPhone, or `undefined`. */
export function missingForIosBridge() {
  return missingForBrowser() ?? missingForIosSimulator();
}

function missingLibrary() {
  return existsSync(`${libraryPath()}/libstrongroom.so`) ? undefined : 'the host build of the Rust library is missing';
}

/** What is missing to shrink an app, or `undefined`. */
export function missingForShrinker() {
  return existsSync(fromRoot('build/shrink/tools/r8.jar'))
    ? undefined
    : 'there is no R8: mvn -f e2e/shrink/pom.xml process-resources brings it';
}

/** What is missing for the tests of the library for iOS, or `undefined`. */
export function missingForXcframework() {
  const built = existsSync(fromRoot('ios/Frameworks/StrongroomFFI.xcframework/Info.plist'));
  return built ? undefined : 'there is no library for iOS: ./dev ios builds it';
}

/** What is missing for the tests of the libraries for Android, or `undefined`. */
export function missingForAndroidLibraries() {
  return builtAbis().length > 0 ? undefined : 'there are no libraries for Android: ./dev android builds them';
}

/** What is missing to merge manifests and to run lint, or `undefined`. */
export function missingForAndroidTools() {
  return existsSync(fromRoot('build/android-tools/classpath.txt'))
    ? undefined
    : "Google's tools are not there: mvn -f e2e/android/pom.xml process-resources fetches them";
}

/** What is missing to write the SBOMs, or `undefined`. */
export function missingForSbom() {
  const npm = spawnSync('npm', ['sbom', '--help'], { cwd: fromRoot('.') });
  return npm.status === 0 ? undefined : 'npm is older than 10 and has no `npm sbom`';
}

/** The folder of the library with the Keychain vault over the fake Security framework. */
export function keychainLibraryPath() {
  return process.env.STRONGROOM_KEYCHAIN_LIBRARY_PATH ?? fromRoot('target/ios-simulator');
}

/** The folder of the host build of the Rust library. */
export function libraryPath() {
  return process.env.STRONGROOM_LIBRARY_PATH ?? fromRoot('target/debug');
}
