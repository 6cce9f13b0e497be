import { defineConfig } from 'vitest/config';

const slow = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['src-ts/test/**/*.test.ts'] } },
      { test: { name: 'browser', include: ['e2e/{package,scan,web}/**/*.test.mjs'], ...slow } },
      // One at a time: each starts a JVM and a browser.
      {
        test: {
          name: 'e2e',
          include: ['e2e/bridge/**/*.test.mjs'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
