// The npm package as ./dev pack makes it: complete, identical every time, and with matching sums.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { SUMS, sumProblems, sums } from '../../scripts/package/checksums.mjs';
import { ABIS, builtAbis, expectedFiles } from '../../scripts/package/files.mjs';
import { fromRoot } from '../../scripts/paths.mjs';
import { missingForSbom, missingForXcframework } from '../phone/requirements.mjs';

const ALL = [...ABIS, 'ios'];
const there = [...builtAbis(), ...(missingForXcframework() ? [] : ['ios'])];
const without = ALL.filter((each) => !there.includes(each));
const sha256sum = spawnSync('sha256sum', ['--version']).status === 0;
if (!sha256sum) console.log('SKIPPED: e2e/package/tarball.test.mjs, the sums with sha256sum: it is not installed');

const missing = missingForSbom();
if (missing) console.log(`SKIPPED: e2e/package/tarball.test.mjs: ${missing}`);

describe.skipIf(missing)('./dev pack', () => {
  /** @type {string} */
  let folder;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'strongroom-pack-'));
    const { status, stderr } = pack('first', '022', without);
    expect(status, stderr).toBe(0);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** @param {string} name @param {string} umask @param {string[]} lacking */
  function pack(name, umask, lacking) {
    const options = lacking.map((each) => `--without=${each}`);
    const program = ['node', 'scripts/package/pack.mjs', join(folder, name), '1.90.0', ...options];
    const { status, stderr } = spawnSync('sh', ['-c', `umask ${umask}; exec "$@"`, 'sh', ...program], {
      cwd: fromRoot('.'),
      encoding: 'utf8',
    });
    return { status, stderr };
  }

  /** @param {string} name */
  function tarball(name) {
    const [found = ''] = readdirSync(join(folder, name)).filter((file) => file.endsWith('.tgz'));
    return join(folder, name, found);
  }

  test('makes the same bytes again, also with another umask', () => {
    expect(pack('second', '077', without).status).toBe(0);
    expect(readFileSync(tarball('second')).equals(readFileSync(tarball('first')))).toBe(true);
  });

  test('adds only SBOMs and sums to the files that npm packs', () => {
    const listed = execFileSync('tar', ['-tzf', tarball('first')], { encoding: 'utf8' })
      .trimEnd()
      .split('\n');
    const built = { android: builtAbis(), ios: there.includes('ios'), supply: true };
    expect(listed.map((path) => path.replace('package/', '')).sort()).toEqual(expectedFiles(built));
  });

  test.skipIf(!sha256sum)('writes the tarball, the SBOMs and their sums', () => {
    const files = readdirSync(join(folder, 'first')).sort();
    expect(files).toEqual([SUMS, expect.stringMatching(/\.tgz$/), 'crates.cdx.json', 'npm.cdx.json']);
    const checked = execFileSync('sha256sum', ['-c', SUMS], { cwd: join(folder, 'first'), encoding: 'utf8' });
    expect(checked.match(/: OK$/gm)).toHaveLength(3);
  });

  test('fails if a library is missing, and if there is an unexpected one', () => {
    const { status, stderr } = pack('third', '022', there);
    expect(status).toBe(1);
    if (without.length > 0) expect(stderr).toMatch(/^missing from the package: .*(\.so|StrongroomFFI)$/m);
    if (there.length > 0) expect(stderr).toMatch(/^should not be in the package: .*(\.so|StrongroomFFI)$/m);
  });
});

describe('the sums of the native binaries', () => {
  const library = 'android/src/main/jniLibs/x86/libstrongroom.so';
  const framework = 'ios/Frameworks/StrongroomFFI.xcframework/ios-arm64/StrongroomFFI.framework/StrongroomFFI';
  /** @type {string} */
  let folder;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'strongroom-sums-'));
    for (const path of [library, framework]) write(path, path);
    write('README.md', 'not a binary');
    write(SUMS, sums(folder, [framework, library]));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** @param {string} path @param {string} content */
  function write(path, content) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }

  function listed() {
    return readFileSync(join(folder, SUMS), 'utf8');
  }

  function checked() {
    return spawnSync('sha256sum', ['--strict', '-c', SUMS], { cwd: folder, encoding: 'utf8' });
  }

  test('match', () => {
    expect(sumProblems(folder)).toEqual([]);
    expect(listed().split('\n')).toHaveLength(3);
  });

  test.skipIf(!sha256sum)('can be read by sha256sum', () => {
    expect(checked()).toMatchObject({ status: 0, stdout: `${library}: OK\n${framework}: OK\n` });
    write(library, 'another');
    expect(checked().status).toBe(1);
  });

  test('do not match another binary', () => {
    write(library, 'another');
    expect(sumProblems(folder)).toEqual([`${library} does not match its sum`]);
  });

  test('include every binary', () => {
    write(library.replace('x86', 'x86_64'), 'one more');
    expect(sumProblems(folder)).toEqual([`${library.replace('x86', 'x86_64')} is not listed`]);
    write(SUMS, '');
    expect(sumProblems(folder)).toHaveLength(3);
  });

  test('name no missing binary, and none twice', () => {
    write(SUMS, listed() + listed());
    expect(sumProblems(folder)).toHaveLength(2);
    rmSync(join(folder, SUMS));
    expect(sumProblems(folder)).toEqual([`there is no ${SUMS}`]);
  });
});
