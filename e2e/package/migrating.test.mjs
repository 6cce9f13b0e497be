// The tables of docs/guide/moving-in.md: every row has a test, every test has a row, and the sources contain what no test can run.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { fromRoot } from '../../scripts/paths.mjs';
import { rename, renameAparajita } from '../migrating/android-plugins.mjs';
import { CLASH, ROWS as PHONE_AP } from '../migrating/phone-ap.mjs';
import { ROWS as CONSOLE } from '../migrating/phone-console.mjs';
import { ROWS as PHONE_MK } from '../migrating/phone-mk.mjs';
import { missingForPlugins, pluginFolder } from '../migrating/plugins.mjs';
import { ROWS as SOURCE } from '../migrating/source.mjs';
import { compareRows, tableRows } from '../migrating/table.mjs';
import { ROWS as TYPES } from '../migrating/types.mjs';
import { ROWS as WEB_AP } from '../migrating/web-ap.mjs';
import { ROWS as WEB_MK } from '../migrating/web-mk.mjs';

const tests = [WEB_MK, WEB_AP, PHONE_MK, PHONE_AP, CLASH, CONSOLE, SOURCE, TYPES].flatMap((rows) => Object.keys(rows));

test('every row has a test, and every test a row', () => {
  expect(tableRows().length).toBeGreaterThan(60);
  expect(compareRows(tableRows(), tests)).toEqual({ withoutTest: [], withoutRow: [], twice: [] });
});

test('a row without a test and a test without a row are found', () => {
  const page = readFileSync(fromRoot('docs/guide/moving-in.md'), 'utf8');
  const more = page.replace(
    /^(\| a rejection \|.*)$/m,
    '$1\n| new | theirs | ours | `mk-new` |\n| nameless | theirs | ours |',
  );
  const rows = tableRows(more.replace('`mk-missing`', '`mk-error-type`'));
  expect(compareRows(rows, tests)).toEqual({
    withoutTest: ['mk-new', 'a row without a name: | nameless | theirs | ours |'],
    withoutRow: ['mk-missing'],
    twice: ['mk-error-type'],
  });
});

const missing = missingForPlugins();
if (missing) console.log(`SKIPPED: the sources of other plugins for docs/guide/moving-in.md: ${missing}`);

describe.skipIf(missing)('the script that gives a plugin another id', () => {
  /** @type {string} */
  let folder;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'strongroom-plugins-'));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('changes it in Java, Swift and JavaScript, at every installation', () => {
    const copy = renameAparajita(folder);
    const after = sources(copy);
    expect(after.match(/(?<=name = "|jsName = "|registerPlugin\(')\w+/g)).toEqual(Array(4).fill('OldSecureStorage'));
    expect(after.replaceAll('OldSecureStorage', 'SecureStorage')).toBe(sources(pluginFolder('ap')));
    rename(folder);
    expect(sources(copy)).toBe(after);
  });

  test('refuses a version that it does not know', () => {
    const copy = renameAparajita(folder);
    writeFileSync(join(copy, 'dist/esm/index.js'), 'export {};\n');
    expect(() => {
      rename(folder);
    }).toThrow('is not the one of version 8.0.1');
  });

  /** @param {string} plugin */
  function sources(plugin) {
    const java = 'android/src/main/java/com/aparajita/capacitor/securestorage/SecureStorage.java';
    return [java, 'ios/Sources/SecureStoragePlugin/Plugin.swift', 'dist/esm/index.js', 'dist/plugin.cjs']
      .map((file) => readFileSync(join(plugin, file), 'utf8'))
      .join('');
  }
});

describe.skipIf(missing)('read in the source', () => {
  test.each([...Object.entries(SOURCE), ...Object.entries(TYPES)])('%s', (_, check) => {
    check();
  });
});
