// The parts of ./dev reproduce: flags that keep paths out of compiled code, and a comparison that notices a difference. ./dev reproduce
// builds all libraries twice, to show that the libraries themselves are identical.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { fromRoot } from '../../scripts/paths.mjs';

/** @type {string} */
let root;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'strongroom-reproduce-'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

/** @param {string} path @param {string} content */
function write(path, content) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

/** Runs a script that has the functions of `./dev`. @param {string} folder @param {string} script @param {string[]} args */
function dev(folder, script, ...args) {
  const parts = ['common', 'mobile/compiler', 'reproduce'].map((part) => `. scripts/dev/${part}.sh`).join('; ');
  const { stdout, stderr, status } = spawnSync(
    'bash',
    ['-euc', `cd "$1"; ${parts}; cd "$2"; shift 2; ${script}`, 'bash', fromRoot('.'), join(root, folder), ...args],
    { encoding: 'utf8', env: { ...process.env, STRONGROOM_CACHE: root } },
  );
  return { output: stdout + stderr, status };
}

const rustc = spawnSync('rustc', ['--version']).status === 0;
if (!rustc) console.log('SKIPPED: e2e/package/reproduce.test.mjs, the flags that keep paths out: there is no rustc');

describe.skipIf(!rustc)('a crate that names its own path when it panics', () => {
  const source = 'pub fn first(list: &[u8]) -> u8 { list.iter().next().copied().unwrap() }';

  /**
   * Compiles a crate of a registry, and one of the project.
   *
   * @param {string} who @param {string} registry @param {string} flags a function that prints them
   * @returns {string[]} the output, as text in which every byte is a character
   */
  function compile(who, registry, flags = 'encoded_flags') {
    const crates = [`${who}/home/registry/src/${registry}/other-1.0.0/lib.rs`, `${who}/project/lib.rs`];
    for (const crate of crates) write(crate, source);
    return crates.map((crate, index) => {
      const output = join(root, who, `${index}.o`);
      const script = `
        export CARGO_HOME=$PWD/../home
        CARGO_HOME=$(cd "$CARGO_HOME" && pwd)
        IFS=$'\\x1f' read -r -a flags < <(${flags}; echo)
        rustc --edition 2024 --crate-name same --crate-type lib --emit obj "\${flags[@]}" "$1" -o "$2"`;
      expect(dev(`${who}/project`, script, join(root, crate), output)).toEqual({ output: '', status: 0 });
      return readFileSync(output, 'latin1');
    });
  }

  test('is identical in any folder, with any name of the registry', () => {
    const compiled = compile('somebody', 'index-0123456789abcdef');
    expect(compile('another', 'mirror-fedcba9876543210')).toEqual(compiled);
    expect(compiled[0]).toContain('cargo/other-1.0.0/lib.rs');
    expect(compiled[1]).toContain('./lib.rs');
    for (const object of compiled) expect(object).not.toContain(root);
  });

  test('is different without the flags', () => {
    const plain = (/** @type {string} */ who) => compile(who, 'index-0123456789abcdef', 'echo --cap-lints=warn');
    const [somebody, another] = [plain('somebody'), plain('another')];
    expect(somebody[0]).not.toBe(another[0]);
    expect(somebody[0]).toContain(root);
  });
});

describe('the comparison', () => {
  const path = 'ios/Frameworks/A.xcframework/ios-arm64/StrongroomFFI.framework/StrongroomFFI';

  /** @param {string} here @param {string} there @param {string} paths */
  function compare(here, there, paths = '$(cd here && native_binaries)') {
    write(`here/${path}`, here);
    write(`there/${path}`, there);
    write('here/ios/Frameworks/A.xcframework/Info.plist', 'not a binary');
    mkdirSync(join(root, 'here/android/src/main'), { recursive: true });
    return dev('', `compare_libraries here there ${paths}`);
  }

  test('reports identical libraries', () => {
    expect(compare('code', 'code')).toEqual({ output: expect.stringMatching(/^ +ok: [0-9a-f]{64} \S+\n$/), status: 0 });
  });

  test('finds a difference, a missing library, and a folder without libraries', () => {
    expect(compare('code', 'c0de')).toEqual({ output: expect.stringContaining(`differs: ${path}: `), status: 1 });
    expect(compare('code', 'code', 'b.so')).toMatchObject({ output: expect.stringContaining('no file'), status: 1 });
    expect(compare('code', 'code', '')).toMatchObject({ output: 'there is no library to compare\n', status: 1 });
  });
});
