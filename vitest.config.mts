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
  missingForIosBridge,
  missingForIosSimulator,
  missingForShrinker,
  missingForSimulator,
  missingForXcframework,
} from './e2e/phone/requirements.mjs';

/** The projects of this run, if not all. */
const chosen = process.argv.flatMap((argument, index, all) => (argument === '--project' ? (all[index + 1] ?? []) : []));

/** Tests in a folder that packages are missing for. */
function withoutPackages(project: string, folder: string): string[] {
  return [
    ...except(project, missingForLibraries(), `e2e/${folder}/libraries.test.mjs`),
    ...except(project, missingForPlugins(), `e2e/${folder}/**/migrating.test.mjs`),
  ];
}

tellSkipped('newcomer', missingForIosSimulator(), 'the iPhone of e2e/newcomer/newcomer.test.mjs');

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
          include: [
            'doctor/test/**/*.test.mjs',
            ...unless('doctor', missingForCapacitorCli(), 'e2e/doctor/capacitor.test.mjs'),
          ],
          ...patience(180),
        },
      },
      {
        test: {
          name: 'android',
          include: [
            ...unless('android', missingForAndroidLibraries(), 'e2e/android/library.test.mjs'),
            ...unless('android', missingForAndroidTools(), 'e2e/android/manifest.test.mjs'),
            ...unless('android', missingForAndroidTools() ?? missingForSimulator(), 'e2e/android/lint.test.mjs'),
          ],
          ...patience(600),
        },
      },
      {
        test: {
          name: 'ios',
          include: [
            ...unless('ios', missingForCapacitorCli(), 'e2e/ios/capacitor.test.mjs'),
            ...unless('ios', missingForXcframework(), 'e2e/ios/{library,xcframework}.test.mjs'),
          ],
          ...patience(600),
        },
      },
      {
        test: {
          name: 'newcomer',
          include: [
            ...unless('newcomer', missingForCapacitorCli() ?? missingForBridge(), 'e2e/newcomer/newcomer.test.mjs'),
            ...unless('newcomer', missingForCapacitorCli(), 'e2e/newcomer/example-app.test.mjs'),
          ],
          ...patience(1200),
        },
      },
      {
        test: {
          name: 'shrink',
          include: unless('shrink', missingForBridge() ?? missingForShrinker(), 'e2e/shrink/*.test.mjs'),
          globalSetup: 'e2e/shrink/prepare.mjs',
          ...patience(1800),
        },
      },
      {
        test: {
          name: 'browser',
          include: unless('browser', missingForBrowser(), 'e2e/web/**/*.test.mjs'),
          exclude: withoutPackages('browser', 'web'),
          ...patience(180),
        },
      },
      {
        test: {
          name: 'e2e',
          include: unless('e2e', missingForBridge(), 'e2e/bridge/{,android/}*.test.mjs'),
          exclude: withoutPackages('e2e', 'bridge'),
          provide: { platform: 'android' },
          ...patience(600),
        },
      },
      {
        test: {
          name: 'e2e-ios',
          include: unless('e2e-ios', missingForIosBridge(), 'e2e/bridge/{,ios/}*.test.mjs'),
          exclude: except('e2e-ios', missingForLibraries(), 'e2e/bridge/libraries.test.mjs'),
          provide: { platform: 'ios' },
          ...patience(600),
        },
      },
    ],
  },
});

/** These tests, unless something is missing for them. */
function unless(project: string, missing: string | undefined, tests: string): string[] {
  tellSkipped(project, missing, tests);
  return missing === undefined ? [tests] : [];
}

/** Says what is skipped, in a run of the project. */
function tellSkipped(project: string, missing: string | undefined, tests: string): void {
  if (missing === undefined) return;
  if (chosen.length === 0 || chosen.includes(project)) console.log(`SKIPPED: ${tests}: ${missing}`);
}

function except(project: string, missing: string | undefined, tests: string): string[] {
  return unless(project, missing, tests).length > 0 ? [] : [tests];
}

/** Long timeouts, for a machine that does other work at the same time. */
function patience(seconds: number) {
  return { testTimeout: seconds * 1000, hookTimeout: seconds * 1000, expect: { poll: { timeout: 60_000 } } };
}
