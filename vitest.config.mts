import { defineConfig } from 'vitest/config';

const slow = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['src-ts/test/**/*.test.ts'] } },
      { test: { name: 'browser', include: ['e2e/{scan,web}/**/*.test.mjs'], ...slow } },
    ],
  },
});
