import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

import { builtAbis } from '../../scripts/package/files.mjs';
import { fromRoot } from '../../scripts/paths.mjs';

import { findChromium } from './chromium.mjs';

/** What tests in a browser lack on this machine, or `undefined`. */
export function missingForBrowser() {
  return findChromium() ? undefined : 'there is no Chromium: install it or set STRONGROOM_CHROMIUM';
}

/** What the tests and the demo of the whole chain lack, or `undefined`. */
export function missingForBridge() {
  const missing = missingForBrowser();
  if (missing) return missing;
  return missingForSimulator() ?? missingLibrary();
}

/** What needs the simulator's classes lacks, or `undefined`. */
export function missingForSimulator() {
  return existsSync(fromRoot('simulator/target/classpath.txt')) ? undefined : 'the simulator is not built';
}

function missingLibrary() {
  return existsSync(`${libraryPath()}/libstrongroom.so`) ? undefined : 'the host build of the Rust library is missing';
}

/** What shrinks an app, if it lacks, or `undefined`. */
export function missingForShrinker() {
  return existsSync(fromRoot('build/shrink/tools/r8.jar'))
    ? undefined
    : 'there is no R8: mvn -f e2e/shrink/pom.xml process-resources brings it';
}

/** What the tests of the library for iOS lack, or `undefined`. */
export function missingForXcframework() {
  const built = existsSync(fromRoot('ios/Frameworks/StrongroomFFI.xcframework/Info.plist'));
  return built ? undefined : 'there is no library for iOS: ./dev ios builds it';
}

/** What the tests of the libraries for Android lack, or `undefined`. */
export function missingForAndroidLibraries() {
  return builtAbis().length > 0 ? undefined : 'there are no libraries for Android: ./dev android builds them';
}

/** What merges manifests and runs lint, if it lacks, or `undefined`. */
export function missingForAndroidTools() {
  return existsSync(fromRoot('build/android-tools/classpath.txt'))
    ? undefined
    : "there are no tools of Google's: mvn -f e2e/android/pom.xml process-resources brings them";
}

/** What writing the SBOMs lacks, or `undefined`. */
export function missingForSbom() {
  const npm = spawnSync('npm', ['sbom', '--help'], { cwd: fromRoot('.') });
  return npm.status === 0 ? undefined : 'npm is older than 10 and has no `npm sbom`';
}

/** Where the host build of the Rust library lies. */
export function libraryPath() {
  return process.env.STRONGROOM_LIBRARY_PATH ?? fromRoot('target/debug');
}
