// What Capacitor's own CLI makes of the plugin in an app.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { fromRoot } from '../../scripts/paths.mjs';
import { ScratchApp } from '../app/scratch-app.mjs';

import { podProblems, swiftPackageProblems } from './app-problems.mjs';

/** @type {ScratchApp} */
let app;

beforeEach(() => {
  app = ScratchApp.least();
});

afterEach(() => {
  app.remove();
});

describe('cap sync ios, with the Swift package manager', () => {
  test('finds the plugin, its library and its one class', () => {
    const added = app.cap('add', 'ios');
    expect(added).toContain('All Capacitor plugins have a Package.swift file');
    expect(app.cap('sync', 'ios')).toMatch(/capacitor-strongroom@\d/);
    expect(swiftPackageProblems(app)).toEqual([]);
  });

  test('does not change our Package.swift', () => {
    app.cap('add', 'ios');
    app.cap('sync', 'ios');
    expect(readFileSync(join(app.plugin, 'Package.swift'), 'utf8')).toBe(
      readFileSync(fromRoot('Package.swift'), 'utf8'),
    );
  });

  test.each([
    [
      'a package of another name',
      'Package.swift',
      (/** @type {string} */ text) => text.replace('"CapacitorStrongroom"', '"Strongroom"'),
    ],
    [
      'a library of another name',
      'Package.swift',
      (/** @type {string} */ text) =>
        text.replace('.library(name: "CapacitorStrongroom"', '.library(name: "Strongroom"'),
    ],
    [
      'a second class with a name for Objective-C',
      'ios/Sources/StrongroomPlugin/Helper.swift',
      () => '@objc(Helper) class Helper {}',
    ],
  ])('fails with %s', (_, path, change) => {
    app.alter(path, change);
    app.cap('add', 'ios');
    app.cap('sync', 'ios');
    expect(swiftPackageProblems(app)).toHaveLength(1);
  });

  test('fails without a Package.swift', () => {
    rmSync(join(app.plugin, 'Package.swift'));
    expect(app.cap('add', 'ios')).toContain('not compatible with SPM');
    expect(swiftPackageProblems(app)).toEqual(['the app names 0 plugins, not one']);
  });
});

// On a Mac the CLI does nothing without CocoaPods itself; there the workflow builds the example app with it.
describe.skipIf(process.platform === 'darwin')('cap sync ios, with CocoaPods', () => {
  test('names the existing pod, and its one class', () => {
    app.cap('add', 'ios', '--packagemanager', 'CocoaPods');
    expect(app.cap('sync', 'ios')).toMatch(/capacitor-strongroom@\d/);
    expect(podProblems(app)).toEqual([]);
  });

  test.each([
    [
      'another name',
      (/** @type {string} */ text) => text.replace("s.name = 'CapacitorStrongroom'", "s.name = 'Strongroom'"),
    ],
  ])('fails with a podspec of %s', (_, change) => {
    app.alter('CapacitorStrongroom.podspec', change);
    app.cap('add', 'ios', '--packagemanager', 'CocoaPods');
    app.cap('sync', 'ios');
    expect(podProblems(app)).toEqual(['the pod is Strongroom, the app requires CapacitorStrongroom']);
  });

  test('fails without a podspec', () => {
    rmSync(join(app.plugin, 'CapacitorStrongroom.podspec'));
    app.cap('add', 'ios', '--packagemanager', 'CocoaPods');
    expect(podProblems(app)).toEqual(['there is no CapacitorStrongroom.podspec where the app looks for it']);
  });
});
