import { availableParallelism } from 'node:os';

import { defineConfig } from 'vitest/config';

import { missingForCapacitorCli } from './e2e/app/scratch-app.mjs';
import { missingForLibraries } from './e2e/libraries/bundle.mjs';
import { missingForPlugins } from './e2e/migrating/plugins.mjs';
import {
  missingForAndroidLibraries,
  missingForAndroidTools,
  missingForBridge,
  missingForBrowser,
  missingForShrinker,
  missingForSimulator,
  missingForXcframework,
} from './e2e/phone/requirements.mjs';

const withoutPackages = [
  ...except(missingForLibraries(), 'e2e/{web,bridge}/libraries.test.mjs'),
  ...except(missingForPlugins(), 'e2e/{web,bridge}/migrating.test.mjs'),
];

export default defineConfig({
  test: {
    passWithNoTests: true,
    // `./dev test` counts from it.
    reporters: process.env.STRONGROOM_REPORT
      ? ['default', ['json', { outputFile: process.env.STRONGROOM_REPORT }]]
      : ['default'],
    // Most of the time, tests wait for a browser, a JVM or a compiler.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      { test: { name: 'unit', include: ['src-ts/test/**/*.test.ts'], ...patience(60) } },
      { test: { name: 'package', include: ['e2e/{package,scan}/**/*.test.mjs'], ...patience(180) } },
      {
        test: {
          name: 'doctor',
          include: ['doctor/test/**/*.test.mjs', ...unless(missingForCapacitorCli(), 'e2e/doctor/capacitor.test.mjs')],
          ...patience(180),
        },
      },
      {
        test: {
          name: 'android',
          include: [
            ...unless(missingForAndroidLibraries(), 'e2e/android/library.test.mjs'),
            ...unless(missingForAndroidTools(), 'e2e/android/manifest.test.mjs'),
            ...unless(missingForAndroidTools() ?? missingForSimulator(), 'e2e/android/lint.test.mjs'),
          ],
          ...patience(600),
        },
      },
      {
        test: {
          name: 'ios',
          include: [
            ...unless(missingForCapacitorCli(), 'e2e/ios/capacitor.test.mjs'),
            ...unless(missingForXcframework(), 'e2e/ios/{library,xcframework}.test.mjs'),
          ],
          ...patience(600),
        },
      },
      {
        test: {
          name: 'newcomer',
          include: [
            ...unless(missingForCapacitorCli() ?? missingForBridge(), 'e2e/newcomer/newcomer.test.mjs'),
            ...unless(missingForCapacitorCli(), 'e2e/newcomer/example-app.test.mjs'),
          ],
          ...patience(1200),
        },
      },
      {
        test: {
          name: 'shrink',
          include: unless(missingForBridge() ?? missingForShrinker(), 'e2e/shrink/*.test.mjs'),
          globalSetup: 'e2e/shrink/prepare.mjs',
          ...patience(1800),
        },
      },
      {
        test: {
          name: 'browser',
          include: unless(missingForBrowser(), 'e2e/web/**/*.test.mjs'),
          exclude: withoutPackages,
          ...patience(180),
        },
      },
      {
        test: {
          name: 'e2e',
          include: unless(missingForBridge(), 'e2e/bridge/**/*.test.mjs'),
          exclude: withoutPackages,
          ...patience(600),
        },
      },
    ],
  },
});

function unless(missing: string | undefined, tests: string): string[] {
  if (missing === undefined) return [tests];
  console.log(`SKIPPED: ${tests}: ${missing}`);
  return [];
}

function except(missing: string | undefined, tests: string): string[] {
  return unless(missing, tests).length > 0 ? [] : [tests];
}

/** Long timeouts, for a machine that does other work at the same time. */
function patience(seconds: number) {
  return { testTimeout: seconds * 1000, hookTimeout: seconds * 1000, expect: { poll: { timeout: 60_000 } } };
}
