// The files of the tarball.

import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { expect, test } from 'vitest';

import { builtAbis, expectedFiles, packedFiles } from '../../scripts/package/files.mjs';
import { fromRoot } from '../../scripts/paths.mjs';
import { missingForAndroidLibraries, missingForXcframework } from '../phone/requirements.mjs';

const files = packedFiles();
const paths = files.map(({ path }) => path);

const without = { android: missingForAndroidLibraries(), ios: missingForXcframework() };
for (const [platform, missing] of Object.entries(without))
  if (missing) console.log(`SKIPPED: e2e/package/files.test.mjs, the libraries of ${platform}: ${missing}`);

test('it contains exactly these files', () => {
  const built = { android: builtAbis(), ios: !without.ios };
  expect([...paths].sort()).toEqual(expectedFiles(built));
});

test('it contains no link and no empty file', () => {
  for (const { path, size } of files) {
    expect(lstatSync(fromRoot(path)).isFile(), path).toBe(true);
    expect(size, path).toBeGreaterThan(0);
  }
});

test('no packed folder has an ignore file, which would exclude files', () => {
  const folders = new Set(paths.map(dirname));
  // Iterating over a set includes what is added meanwhile. Gradle's output, directly below `android`, is ignored.
  for (const folder of folders) if (folder !== '.') folders.add(dirname(folder));
  for (const folder of ['.', 'android']) folders.delete(folder);
  const ignoring = [...folders].flatMap((folder) =>
    readdirSync(fromRoot(folder)).filter((name) => name === '.gitignore' || name === '.npmignore'),
  );
  expect(folders.size).toBeGreaterThan(10);
  expect(ignoring).toEqual([]);
});

test('every source map names an existing source', () => {
  const maps = paths.filter((path) => path.endsWith('.map'));
  expect(maps.length).toBeGreaterThan(20);
  for (const map of maps) {
    const { sources } = JSON.parse(readFileSync(fromRoot(map), 'utf8'));
    expect(sources, map).not.toEqual([]);
    for (const source of sources) expect(paths, map).toContain(join(dirname(map), source));
  }
});

test('the README and the pages that it links to can be read without a network', () => {
  const links = readFileSync(fromRoot('README.md'), 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g);
  const pages = [...new Set([...links].map(([, path = '']) => path))];
  expect(pages.length).toBeGreaterThan(5);
  expect(pages.filter((path) => existsSync(fromRoot(path)) && !paths.includes(path))).toEqual([]);
});
