// Compares the XCFramework with the structure that Apple's tools write and read.

import { copyFileSync, cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { XCFRAMEWORK, frameworkProblems, readXcframework } from './xcframework.mjs';

test('the XCFramework is made as xcodebuild would make it', () => {
  expect(readXcframework(XCFRAMEWORK).problems).toEqual([]);
});

test.each(readXcframework(XCFRAMEWORK).slices)(
  '$id holds a framework for it, with our header and module map',
  (slice) => {
    expect(frameworkProblems(slice)).toEqual([]);
  },
);

describe('a defect is found', () => {
  /** @type {string} */
  let folder;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'strongroom-xcframework-'));
    cpSync(XCFRAMEWORK, folder, { recursive: true });
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const device = 'ios-arm64/StrongroomFFI.framework';
  const simulator = 'ios-arm64_x86_64-simulator/StrongroomFFI.framework';

  function problems() {
    const { slices, problems } = readXcframework(folder);
    return [...problems, ...slices.flatMap(frameworkProblems)];
  }

  /** The same, if a change can stop the reading. */
  function whatIsFound() {
    try {
      return problems();
    } catch (error) {
      return [String(error)];
    }
  }

  /**
   * @param {string} path
   * @param {string | RegExp} from
   * @param {string} to
   */
  function alter(path, from, to) {
    const before = readFileSync(join(folder, path), 'utf8');
    const after = before.replace(from, to);
    expect(after).not.toBe(before);
    writeFileSync(join(folder, path), after);
  }

  test('nothing is wrong with a copy', () => {
    expect(problems()).toEqual([]);
  });

  test.each([
    ['another type of package', 'Info.plist', 'XFWK', 'FMWK'],
    ['another version of the format', 'Info.plist', /(XCFrameworkFormatVersion<\/key>\s*<string>)1\.0/, '$12.0'],
    ['another platform', 'Info.plist', '<string>ios</string>', '<string>macos</string>'],
    [
      'a simulator that is not named as one',
      'Info.plist',
      /<key>SupportedPlatformVariant<\/key>\s*<string>simulator<\/string>/,
      '',
    ],
    [
      'a processor that is missing',
      'Info.plist',
      '<string>arm64</string>',
      '<string>arm64</string><string>arm64e</string>',
    ],
    ['an identifier that is no folder', 'Info.plist', '<string>ios-arm64</string>', '<string>ios-arm64e</string>'],
    [
      'a key that Apple does not know',
      'Info.plist',
      '<key>CFBundlePackageType</key>',
      '<key>Author</key><string>us</string><key>CFBundlePackageType</key>',
    ],
    ['a framework of another type', `${device}/Info.plist`, 'FMWK', 'BNDL'],
    ['a framework for another system', `${device}/Info.plist`, 'iPhoneOS', 'iPhoneSimulator'],
    ['an oldest iOS that is not that of the code', `${simulator}/Info.plist`, '15.0', '14.0'],
    ['a missing key', `${simulator}/Info.plist`, /<key>CFBundleVersion<\/key>\s*<string>[^<]*<\/string>/, ''],
    ['a module of another name', `${device}/Modules/module.modulemap`, 'StrongroomFFI {', 'Strongroom {'],
    ['a module map for a bare library', `${device}/Modules/module.modulemap`, 'framework module', 'module'],
    ['a header of another version', `${device}/Headers/StrongroomFFI.h`, 'RustBuffer', 'OtherBuffer'],
  ])('%s', (_, path, from, to) => {
    alter(path, from, to);
    expect(whatIsFound()).not.toEqual([]);
  });

  test('the library for the device in place of the one for the simulator', () => {
    copyFileSync(join(folder, device, 'StrongroomFFI'), join(folder, simulator, 'StrongroomFFI'));
    expect(problems()).toEqual(
      expect.arrayContaining([expect.stringContaining('the processors: arm64, not arm64, x86_64')]),
    );
    expect(problems()).toEqual(expect.arrayContaining([expect.stringContaining('platform: 2, not 7')]));
  });

  test('a link in place of a file', () => {
    const header = join(folder, device, 'Headers', 'StrongroomFFI.h');
    rmSync(header);
    symlinkSync(join(XCFRAMEWORK, device, 'Headers', 'StrongroomFFI.h'), header);
    expect(problems()).toEqual(expect.arrayContaining([expect.stringContaining('is a link')]));
  });
});
