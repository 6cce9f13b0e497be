import { defineConfig } from 'vitest/config';

import { missingForBridge, missingForBrowser } from './e2e/lib/requirements.mjs';

export default defineConfig({
  test: {
    passWithNoTests: true,
    projects: [
      { test: { name: 'unit', include: ['src-ts/test/**/*.test.ts'] } },
      { test: { name: 'package', include: ['e2e/{package,scan}/**/*.test.mjs'], ...patience(60) } },
      { test: { name: 'browser', include: unless(missingForBrowser(), 'e2e/web/**/*.test.mjs'), ...patience(60) } },
      {
        test: {
          name: 'e2e',
          include: unless(missingForBridge(), 'e2e/bridge/**/*.test.mjs'),
          ...patience(180),
          // Each file starts a JVM and a browser.
          fileParallelism: false,
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

function patience(seconds: number) {
  return { testTimeout: seconds * 1000, hookTimeout: seconds * 1000 };
}
