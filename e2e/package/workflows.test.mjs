// What can be checked of the workflows without running them.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { tracked, trackedThoughIgnored } from '../../scripts/package/tracked.mjs';
import { fromRoot } from '../../scripts/paths.mjs';

import { importsBetween, importsOf } from './imports.mjs';
import { publishingProblems, readWorkflow, workflowProblems, workflows } from './workflows.mjs';

const all = workflows();

test.each(all.map((workflow) => /** @type {const} */ ([workflow.file, workflow])))(
  '%s keeps the rules',
  (_, workflow) => {
    expect(workflowProblems(workflow)).toEqual([]);
  },
);

test('there are exactly these workflows', () => {
  expect(all.map(({ file }) => file.replace(/.*\//, ''))).toEqual([
    'android.yml',
    'ios.yml',
    'release.yml',
    'test.yml',
    'weekly.yml',
  ]);
});

test('an action has the same version everywhere', () => {
  const actions = all.flatMap(({ actions }) => actions).filter(({ uses }) => !uses.startsWith('./'));
  const pins = new Set(actions.map(({ uses, comment }) => `${uses} ${comment}`));
  expect(actions.length).toBeGreaterThan(20);
  expect(pins.size).toBe(new Set(actions.map(({ uses }) => uses.replace(/@.*/, ''))).size);
});

test('only the release can publish, and only after everything was tested', () => {
  expect(publishingProblems(named('release'))).toEqual([]);
  expect(named('release').on).toEqual({ push: { tags: ['v*'] } });
  const others = all.filter(({ file }) => !file.endsWith('/release.yml'));
  expect(others.map(({ text }) => /npm publish|id-token|: write/.test(text))).toEqual(others.map(() => false));
});

test.each(['contract/', 'doctor/', 'scripts/', 'src-ts/'])('%s imports nothing from e2e/', (folder) => {
  expect(importsBetween(folder, 'e2e/')).toEqual([]);
});

test('the search for imports finds those between scripts', () => {
  expect(importsBetween('scripts/', 'scripts/')).toContain(
    'scripts/package/pack.mjs imports scripts/package/files.mjs',
  );
});

test.each([
  "import { test } from '../../e2e/package/sums.mjs';",
  "export * from '../../e2e/package/sums.mjs';",
  "import '../../e2e/package/sums.mjs';",
  "const { test } = await import('../../e2e/package/sums.mjs');",
  "import {\n  test,\n} from '../../e2e/package/sums.mjs';",
  "/** @import { Sum } from '../../e2e/package/sums.mjs' */",
  "/** @type {import('../../e2e/package/sums.mjs').Sum} */",
])('an import of a test is found: %s', (text) => {
  const file = 'scripts/package/pack.mjs';
  expect(importsOf(file, text, 'e2e/')).toEqual([`${file} imports e2e/package/sums.mjs`]);
});

test('the repository contains no file that it ignores', () => {
  expect(trackedThoughIgnored()).toEqual([]);
});

test('a file that is tracked although it is ignored is found', () => {
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-tracked-'));
  try {
    const git = (/** @type {string[]} */ ...options) => execFileSync('git', options, { cwd: folder, stdio: 'pipe' });
    git('init', '--quiet');
    for (const name of ['built.so', 'built.log', 'source.kt']) writeFileSync(join(folder, name), name);
    writeFileSync(join(folder, '.gitignore'), 'built.*\n');
    git('add', '--force', 'built.so', 'source.kt', '.gitignore');
    expect(trackedThoughIgnored(folder)).toEqual(['built.so']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the published libraries are built with one Rust, which the SBOM names', () => {
  const versions = ['android', 'ios', 'release'].map((name) =>
    read(`.github/workflows/${name}.yml`).match(/RUST_VERSION: .*/g),
  );
  expect(versions[0]).toHaveLength(1);
  expect(versions).toEqual([versions[0], versions[0], versions[0]]);
});

test('all fuzz targets are fuzzed', () => {
  const targets = /^fuzz_targets=\((.*)\)$/m.exec(read('scripts/dev/fuzz.sh'))?.[1]?.split(' ');
  expect(named('weekly').jobs.fuzz?.strategy?.matrix.target).toEqual(targets);
});

test('the emulators have the oldest and the newest Android of the plugin', () => {
  const gradle = read('android/build.gradle');
  const levels = ['minSdkVersion', 'targetSdkVersion'].map((name) =>
    Number(new RegExp(`${name} project.* : (\\d+)$`, 'm').exec(gradle)?.[1]),
  );
  expect(named('android').jobs.device?.strategy?.matrix['api-level']).toEqual(levels);
});

test('every lock file is kept up to date', () => {
  /** @type {{ updates: { 'package-ecosystem': string, directory?: string, directories?: string[] }[] }} */
  const { updates } = parse(read('.github/dependabot.yml'));
  const watched = updates.flatMap(({ 'package-ecosystem': kind, directory, directories }) =>
    (directories ?? [directory]).map((folder) => `${kind} ${folder}`),
  );
  const files = tracked('.');
  const kinds = { 'package-lock.json': 'npm', 'Cargo.lock': 'cargo', 'pom.xml': 'maven' };
  const wanted = Object.entries(kinds).flatMap(([name, kind]) =>
    files
      .filter((file) => `/${file}`.endsWith(`/${name}`))
      .map((file) => `${kind} /${file.slice(0, -name.length).replace(/\/$/, '')}`),
  );
  expect(wanted.length).toBeGreaterThan(7);
  expect(watched.sort()).toEqual([...wanted, 'github-actions /'].sort());
});

describe('a defect is found', () => {
  test.each(
    /** @type {[string, string | RegExp, string, RegExp][]} */ ([
      ['release', /@[0-9a-f]{40}/, '@v7', /not pinned/],
      ['release', /@[0-9a-f]{39}/, '@', /not pinned/],
      ['release', ' # v7.0.1', '', /does not say its version/],
      ['release', ' # v7.0.1', ' # latest', /does not say its version/],
      ['release', 'workflows/ios.yml', 'workflows/mac.yml', /there is no .*mac\.yml/],
      ['release', 'contents: read', 'contents: write', /more than read/],
      ['release', 'permissions:\n  contents: read\n\n', '', /more than read/],
      ['weekly', 'workflow_dispatch:', 'pull_request_target:', /strangers/],
      ['release', 'github.token', 'secrets.TOKEN', /uses a secret/],
      ['release', 'GH_REPO:', 'NODE_AUTH_TOKEN:', /uses a secret/],
      ['weekly', '    timeout-minutes: 45\n', '    permissions:\n      id-token: write\n', /has the identity/],
      [
        'release',
        'sha256sum --check SHA256SUMS\n      - uses: actions/setup',
        './dev help\n      - uses: actions/setup',
        /runs code/,
      ],
      ['weekly', '"$TARGET"', '"${{ matrix.target }}"', /expression into a script/],
      ['weekly', 'persist-credentials: false', 'fetch-depth: 1', /keeps the credentials/],
      ['release', 'package-manager-cache: false', 'check-latest: false', /cache of another run/],
      ['weekly', 'concurrency:', 'defaults:', /twice at once/],
      ['weekly', '    timeout-minutes: 45\n', '', /for hours/],
      ['test', 'runs-on: ubuntu-24.04', 'runs-on: ubuntu-latest', /ubuntu runs on ubuntu-latest/],
      ['ios', 'runs-on: macos-26', 'runs-on: macos-latest', /ios runs on macos-latest/],
      ['release', /path: android\/src\/main\/jniLibs/, 'path: android/src/main', /puts android-libraries over files/],
      ['weekly', './dev mutants', './dev mutate', /there is no \.\/dev mutate/],
      ['test', '.ci/run', './dev tests', /there is no \.\/dev tests/],
      ['android', './dev device', './dev phone', /there is no \.\/dev phone/],
      ['android', 'npm run verify:android', 'npm run verify:droid', /there is no npm run verify:droid/],
      ['release', 'scripts/package/release.mjs', 'scripts/release.mjs', /there is no node scripts\/release\.mjs/],
      ['release', 'name: android-libraries', 'name: android', /no job before it has uploaded/],
      ['release', 'needs: [test, android, ios]', 'needs: [test, android]', /no job before it has uploaded/],
    ]),
  )('%s.yml: %s → %s', (name, from, to, problem) => {
    expect(workflowProblems(changed(name, from, to)).join('\n')).toMatch(problem);
  });

  test.each(
    /** @type {[string, string, RegExp][]} */ ([
      [' --provenance', '', /without provenance/],
      [' --access public', '', /public/],
      [' --tag "$tag"', '', /candidate/],
      ['id-token: write', 'id-token: read', /no identity/],
      ['    environment: npm\n', '', /environment/],
      ['node scripts/package/publishable.mjs', 'true', /libraries are not checked/],
      [' android/src/main/jniLibs/*/libstrongroom.so', '', /libraries are not checked/],
      ['./dev pack --release', './dev pack', /not made for a release/],
      ['--release --test', '--release', /and tested/],
      ['node scripts/package/release.mjs check', 'echo', /tag is not checked/],
      ['needs: package', 'needs: version', /libraries are not checked/],
      ['needs: [test, android, ios]', 'needs: [android, ios]', /does not wait for test\.yml/],
      ['npm publish', 'npm pack', /0 jobs publish/],
    ]),
  )('release.yml: %s → %s', (from, to, problem) => {
    expect(publishingProblems(changed('release', from, to)).join('\n')).toMatch(problem);
  });
});

/** @param {string} name */
function named(name) {
  return readWorkflow(`.github/workflows/${name}.yml`);
}

/** @param {string} name @param {string | RegExp} from @param {string} to */
function changed(name, from, to) {
  const file = `.github/workflows/${name}.yml`;
  const text = read(file).replace(from, () => to);
  expect(text, 'nothing was changed').not.toBe(read(file));
  return readWorkflow(file, text);
}

/** @param {string} path */
function read(path) {
  return readFileSync(fromRoot(path), 'utf8');
}
