import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { BROKEN, MANIFEST, Project } from './project.mjs';

const OLD = 'capacitor-secure-storage-plugin';
const ALLOWED = 'android:allowBackup="true"';

/** @type {Project} */
let project;

beforeEach(() => {
  project = new Project();
  project.install('capacitor-strongroom', OLD);
});

afterEach(() => {
  project.remove();
});

describe('a backup of what an old plugin stored', () => {
  test.each([
    [OLD, 'cap_sec.xml'],
    ['@evva/capacitor-secure-storage-plugin', 'cap_sec_esp.xml'],
    ['@aparajita/capacitor-secure-storage', 'WSSecureStorageSharedPreferences.xml'],
  ])('causes a warning: %s', (name, file) => {
    project.install('capacitor-strongroom', name);
    const [warning] = project.sync('android');
    expect(warning).toContain(`Android backs up what ${name} stores.`);
    expect(warning).toContain(file);
  });

  test.each([
    ['it is allowed in another way', "android:allowBackup\n =\n 'true'"],
    ['nothing is said', ''],
    ['only an instruction to the tools names it', 'tools:replace="android:allowBackup" android:label=">"'],
    ['the rules are the usual ones', `${ALLOWED} android:fullBackupContent='true'`],
  ])('causes a warning where %s', (_, attributes) => {
    project.replace(MANIFEST, ALLOWED, attributes);
    expect(project.sync('android')).toHaveLength(1);
  });

  test('causes a warning where only a comment forbids it', () => {
    project.replace(MANIFEST, '<application', '<!-- <application android:allowBackup="false"> -->\n<application');
    expect(project.sync('android')).toHaveLength(1);
  });

  test.each([
    ['it is forbidden', 'android:allowBackup="false"'],
    ['it is forbidden, written in another way', "android:allowBackup\n =\n 'false'"],
    ['it is decided elsewhere', 'android:allowBackup="@bool/backup"'],
    ['there are rules', `${ALLOWED} android:dataExtractionRules="@xml/rules"`],
    ['there are rules for old systems', `${ALLOWED} android:fullBackupContent="@xml/old_rules"`],
    ['it has no content', `${ALLOWED} android:fullBackupContent="false"`],
    ['an agent makes it', `${ALLOWED} android:backupAgent=".Agent"`],
  ])('causes no warning where %s', (_, attributes) => {
    project.replace(MANIFEST, ALLOWED, attributes);
    expect(project.sync('android')).toEqual([]);
  });

  test('causes no warning on iOS', () => {
    expect(project.sync('ios')).toEqual([]);
  });

  test('causes no warning where that plugin is left out', () => {
    project.config = { includePlugins: ['capacitor-strongroom'] };
    expect(project.sync('android')).toEqual([]);
  });

  test('is not read where no such plugin is installed', () => {
    project.install('capacitor-strongroom', '@capacitor/preferences');
    project.delete('android');
    expect(project.outcome('backup', 'android')).toBe('no warnings');
  });

  test('is found where the project is elsewhere', () => {
    project.config = { android: { path: 'android/app/..' } };
    expect(project.sync('android')).toHaveLength(1);
    project.config = { android: { path: 'elsewhere' } };
    expect(project.outcome('backup', 'android')).toBe('could not check (ENOENT)');
  });

  test.each(BROKEN)('is not checked where the manifest %s', (_, spoil) => {
    spoil(project, MANIFEST);
    expect(project.sync('android')).toEqual([]);
    expect(project.outcome('backup', 'android')).toMatch(/^could not check \(\w+\)$/);
  });
});
