// The script itself: when it prints something, and that it can do no harm.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { CHECKS } from '../report.mjs';
import { Project } from './project.mjs';

const DOCTOR = fileURLToPath(new URL('..', import.meta.url));
const SECRET = 'hunter2';

/** @type {Project} */
let project;

beforeEach(() => {
  project = new Project();
});

afterEach(() => {
  project.remove();
});

const WRITER = '@capacitor/filesystem';
const UPDATER = '@capgo/capacitor-updater';

/** Breaks every rule that an app can break at once: some checks give no warning beside an updater. @param {string} [plugin] */
function neglect(plugin = WRITER) {
  project.install('@aparajita/capacitor-secure-storage', plugin);
  project.secure("default-src *; script-src 'self' 'unsafe-inline'");
  for (const platform of ['android', 'ios']) project.capacitor(platform, '8.2.0');
  project.config = {
    loggingBehavior: 'production',
    android: { buildOptions: { keystorePassword: SECRET }, useLegacyBridge: true },
    plugins: {
      CapacitorUpdater: { defaultChannel: SECRET },
      SecureStorage: { onKeyLoss: SECRET, ios: { accessGroup: SECRET, authentication: 'biometryAny' } },
    },
  };
}

/** Runs the script as the CLI does. @param {string} [script] @param {string[]} [flags] @param {Record<string, string>} [environment] */
function run(script = join(DOCTOR, 'index.mjs'), flags = [], environment = {}) {
  const env = { PATH: process.env.PATH, ...project.environment('ios'), ...environment };
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, script], { encoding: 'utf8', env });
  return { status, stdout, stderr };
}

describe('what it prints', () => {
  test.each([
    [WRITER, ['server', 'updater']],
    [UPDATER, ['server', 'bundle']],
  ])('is a warning of each check, with where to read more, beside %s', (plugin, silent) => {
    neglect(plugin);
    for (const platform of ['android', 'ios']) {
      const names = CHECKS.filter(({ platforms }) => platforms.includes(platform)).map(({ name }) => name);
      const printed = project.sync(platform);
      expect(printed.map((text) => /doctor\.md#([\w-]+)$/.exec(text)?.[1])).toEqual(
        names.filter((name) => !silent.includes(name)),
      );
      for (const text of printed) expect(text).toMatch(/^\[warn\] Strongroom \(\w+\): .+\.\n {7}.+\n {7}More: .+$/);
    }
    Object.assign(/** @type {object} */ (project.config), {
      server: { url: `http://${SECRET}:${SECRET}@example.com` },
    });
    for (const platform of ['android', 'ios']) {
      const printed = project.sync(platform);
      expect(printed).toContainEqual(expect.stringMatching(/doctor\.md#server$/));
      expect(printed.join()).not.toContain(SECRET);
    }
  });

  test('names headings that exist', () => {
    const page = readFileSync(join(DOCTOR, '../docs/guide/doctor.md'), 'utf8');
    const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(CHECKS.map(({ name }) => name));
  });

  test('contains nothing of the configuration except names', () => {
    neglect();
    const printed = ['android', 'ios'].flatMap((platform) => project.sync(platform, { STRONGROOM_DOCTOR: 'verbose' }));
    expect(printed.join()).not.toContain(SECRET);
  });

  test('is nothing on the web, and nothing outside of the CLI', () => {
    neglect();
    expect(project.sync('web')).toEqual([]);
    expect(run(undefined, [], { CAPACITOR_PLATFORM_NAME: '' })).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('is nothing when it is switched off', () => {
    neglect();
    expect(project.sync('ios', { STRONGROOM_DOCTOR: 'off' })).toEqual([]);
  });

  test('is every check with verbose', () => {
    expect(project.sync('ios', { STRONGROOM_DOCTOR: 'verbose' })).toEqual(
      CHECKS.filter(({ platforms }) => platforms.includes('ios')).map(
        ({ name }) => `[info] Strongroom: ${name} (ios): no warnings`,
      ),
    );
  });

  test.each(['', '{', `{"${SECRET}"`, 'null', '[]', '7', '"text"'])(
    'is nothing for a configuration that cannot be read: %s',
    (config) => {
      const broken = { CAPACITOR_CONFIG: config };
      expect(project.sync('android', broken)).toEqual([]);
      expect(project.sync('android', { ...broken, STRONGROOM_DOCTOR: 'verbose' }).join()).not.toContain(SECRET);
    },
  );
});

describe('the script', () => {
  test('warns on standard error, and succeeds', () => {
    neglect();
    const { status, stdout, stderr } = run();
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toBe(`${project.sync('ios').join('\n')}\n`);
  });

  test('needs no permission to write, to start programs, or to load native code', () => {
    neglect();
    const modern = process.allowedNodeEnvironmentFlags.has('--permission');
    const guard = [modern ? '--permission' : '--experimental-permission', '--allow-fs-read=*', '--no-warnings'];
    const verbose = { STRONGROOM_DOCTOR: 'verbose' };
    // Shows that the guard works.
    const writes = join(project.folder, 'writes.mjs');
    writeFileSync(writes, `import { writeFileSync } from 'node:fs'; writeFileSync('${project.folder}/x', '');`);
    expect(run(writes, guard).stderr).toContain('ERR_ACCESS_DENIED');
    expect(run(undefined, guard, verbose)).toEqual(run(undefined, [], verbose));
  });

  test('needs only Node, and nothing in it that opens connections', () => {
    const files = readdirSync(DOCTOR, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.mjs') && !file.startsWith('test'))
      .map((file) => readFileSync(join(DOCTOR, file), 'utf8'));
    expect(files.length).toBeGreaterThan(8);
    const imported = files.flatMap((text) => [...text.matchAll(/(?:from |import\(|import )'([^.][^']*)'/g)]);
    // From node:net it imports only the list of networks.
    expect([...new Set(imported.map(([, name]) => name))].sort()).toEqual([
      'node:fs',
      'node:net',
      'node:path',
      'node:url',
    ]);
  });
});

describe('a broken script', () => {
  /** @type {string} */
  let plugin;

  beforeEach(() => {
    plugin = mkdtempSync(join(tmpdir(), 'strongroom-plugin-'));
    cpSync(DOCTOR, join(plugin, 'doctor'), { recursive: true });
    neglect();
  });

  afterEach(() => {
    rmSync(plugin, { recursive: true });
  });

  test.each([
    ['a module that is no JavaScript', 'report.mjs', 'import {'],
    ['a module that throws', 'app.mjs', `throw new Error('${SECRET}');`],
    [
      'a check that throws when it is called',
      'report.mjs',
      `export const report = () => { throw new Error('${SECRET}'); };`,
    ],
  ])('succeeds and prints nothing, with %s', (_, file, text) => {
    writeFileSync(join(plugin, 'doctor', file), text);
    expect(run(join(plugin, 'doctor/index.mjs'))).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('skips the check of options when the build left them out', () => {
    const { status, stderr } = run(join(plugin, 'doctor/index.mjs'));
    expect(status).toBe(0);
    expect(stderr).toContain('#logging');
    expect(stderr).not.toContain('#options');
  });

  test('does not fail the command of package.json when it is missing', () => {
    const { scripts } = JSON.parse(readFileSync(join(DOCTOR, '../package.json'), 'utf8'));
    rmSync(join(plugin, 'doctor'), { recursive: true });
    // A failed command would throw.
    execFileSync(scripts['capacitor:sync:after'], { cwd: plugin, shell: true, stdio: 'ignore' });
  });
});
