// The shared libraries that Gradle packs: what a phone's loader needs, their exports and imports, and their size.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasFake } from '../../scripts/package/fake.mjs';
import { builtAbis } from '../../scripts/package/files.mjs';
import { ndkVersion } from '../../scripts/package/publishable.mjs';
import { fromRoot } from '../../scripts/paths.mjs';

import { readLibrary } from './elf.mjs';

/** @import { DynamicSymbol } from './elf.mjs' */

const MACHINES = new Map([
  ['arm64-v8a', 'AArch64'],
  ['armeabi-v7a', 'ARM'],
  ['x86', 'Intel 80386'],
  ['x86_64', 'Advanced Micro Devices X86-64'],
]);

const ENTRY_POINTS = ['borrow', 'initialize'].map((name) => `Java_dev_strongroom_capacitor_NativeLibrary_${name}`);
const kotlin = readFileSync(fromRoot('android/src/main/kotlin/dev/strongroom/ffi/strongroom.kt'), 'utf8');
const called = [...kotlin.matchAll(/external fun (\w+)\(/g)].map(([, name = '']) => name);

/** @type {Record<string, string[]>} */
const imports = JSON.parse(readFileSync(fromRoot('scripts/dev/mobile/android-imports.json'), 'utf8'));
const { unwinder = [], weak = [], ...system } = imports;

const libraries = builtAbis().map((abi) => {
  const path = fromRoot(`android/src/main/jniLibs/${abi}/libstrongroom.so`);
  const bytes = readFileSync(path);
  return { abi, path, bytes, ndk: ndkVersion(bytes), ...readLibrary(path) };
});

test('the library for most phones exists', () => {
  expect(libraries.map(({ abi }) => abi)).toContain('arm64-v8a');
});

test('the Kotlin source names the functions that it calls', () => {
  expect(called.length).toBeGreaterThan(50);
  expect(readFileSync(fromRoot('android/src/main/kotlin/dev/strongroom/capacitor/NativeLibrary.kt'), 'utf8')).toContain(
    'private external fun initialize(context: Context)',
  );
});

describe.each(libraries)('$abi', ({ abi, bytes, ndk, symbols, ...library }) => {
  test('is a shared library for this processor, with its own name', () => {
    expect(library.machine).toBe(MACHINES.get(abi));
    expect(library.type).toBe('DYN (Shared object file)');
    expect(library.soname).toBe('libstrongroom.so');
  });

  test('loads on a system with pages of 16 KiB', () => {
    expect(library.alignments.length).toBeGreaterThan(1);
    for (const alignment of library.alignments) expect(alignment % 16384).toBe(0);
  });

  test('has no segment that is writable and executable, and its relocated data is read-only', () => {
    expect(library.writableAndExecutable).toBe(false);
    expect(library.stack).toBe('RW');
    expect(library.relro).toBe(true);
    expect(library.bindNow).toBe(true);
    expect(library.textRelocations).toBe(false);
  });

  test('exports what Kotlin calls, and nothing else', () => {
    const exported = symbols.filter(({ defined, name }) => defined && name !== '').map(({ name }) => name);
    expect(exported.sort()).toEqual([...called, ...ENTRY_POINTS].sort());
  });

  test('contains nothing of the fake Keychain of the simulator', () => {
    expect(hasFake(bytes)).toBe(false);
  });

  test('imports from Android what the list says', () => {
    expect(unlisted(symbols)).toEqual([]);
    // An NDK adds its own unwinder.
    const unwinding = symbols.filter(({ name, defined }) => !defined && unwinder.includes(name));
    if (ndk) expect(unwinding).toEqual([]);
    expect(library.needed.filter((name) => !Object.keys(system).includes(name))).toEqual([]);
    expect(library.needed).toContain('libc.so');
  });

  test('is stripped', () => {
    expect(library.sections.filter((name) => /^\.(symtab|strtab|debug)/.test(name))).toEqual([]);
  });

  test('contains no path of the build machine, and not the name of its registry', () => {
    for (const text of [fromRoot('.'), `${homedir()}/`, 'registry/src', '/usr/src/', '/rustup/toolchains'])
      expect(bytes.includes(text), text).toBe(false);
  });
});

test('the library for current phones keeps its budget of 800 KiB', () => {
  const { bytes } = libraries.find(({ abi }) => abi === 'arm64-v8a') ?? expect.fail();
  expect(bytes.length).toBeLessThanOrEqual(800 * 1024);
});

describe('a defect is found', () => {
  const { path = '', bytes = Buffer.of(), symbols = [], ndk } = libraries[0] ?? {};
  /** @type {string} */
  let folder;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'strongroom-elf-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** @param {(bytes: Buffer) => void} change */
  function changed(change) {
    const altered = join(folder, 'libchanged.so');
    const copy = Buffer.from(bytes);
    change(copy);
    writeFileSync(altered, copy);
    return readLibrary(altered);
  }

  /** The offset of the program header of a type, in a file of 64 bits. @param {Buffer} copy @param {number} type */
  function programHeader(copy, type) {
    const start = Number(copy.readBigUInt64LE(32));
    const offsets = Array.from({ length: copy.readUInt16LE(56) }, (_, index) => start + index * 56);
    return offsets.find((offset) => copy.readUInt32LE(offset) === type) ?? expect.fail();
  }

  test('pages of 4 KiB', () => {
    const { alignments } = changed((copy) => copy.writeBigUInt64LE(4096n, programHeader(copy, 1) + 48));
    expect(alignments).toContain(4096);
  });

  test('an executable stack, and a segment that is writable and executable', () => {
    expect(changed((copy) => copy.writeUInt32LE(7, programHeader(copy, 0x6474e551) + 4)).stack).toBe('RWE');
    expect(changed((copy) => copy.writeUInt32LE(7, programHeader(copy, 1) + 4)).writableAndExecutable).toBe(true);
  });

  test('the fake Keychain', () => {
    expect(hasFake(Buffer.concat([bytes, Buffer.from('\0strongroom_fake_start\0')]))).toBe(true);
    expect(hasFake(Buffer.concat([bytes, Buffer.from('strongroom-apple-fake: ')]))).toBe(true);
  });

  test('no RELRO', () => {
    expect(changed((copy) => copy.writeUInt32LE(0x6fffffff, programHeader(copy, 0x6474e552))).relro).toBe(false);
  });

  test('an import that Android may not have, and one that must be weak', () => {
    const open = { defined: false, weak: false };
    expect(unlisted([...symbols, { ...open, name: 'memfd_create' }])).toEqual(['memfd_create']);
    expect(unlisted([...symbols, { ...open, name: 'getrandom' }])).toEqual(['getrandom']);
  });

  test('a library that no NDK has linked', () => {
    const altered = join(folder, 'libndk.so');
    cpSync(path, altered);
    const published = () =>
      spawnSync(process.execPath, [fromRoot('scripts/package/publishable.mjs'), altered], { encoding: 'utf8' });
    expect(published()).toMatchObject({ status: ndk ? 0 : 1 });
    if (!ndk) expect(published().stdout).toContain('no NDK has linked it, so it must not be published');
    writeFileSync(altered, Buffer.concat([bytes, note('r28c')]));
    expect(published()).toMatchObject({ status: 0 });
    writeFileSync(altered, Buffer.concat([bytes.subarray(0, 4096), note('')]));
    expect(published()).toMatchObject({ status: 1 });
    expect(() =>
      execFileSync(process.execPath, [fromRoot('scripts/package/publishable.mjs')], { stdio: 'ignore' }),
    ).toThrow();
  });
});

/** @param {DynamicSymbol[]} symbols */
function unlisted(symbols) {
  const strong = new Set([...Object.values(system).flat(), ...unwinder]);
  return symbols
    .filter(({ name, defined }) => !defined && name !== '')
    .filter(({ name, weak: optional }) => !strong.has(name) && !(optional && weak.includes(name)))
    .map(({ name }) => name);
}

/** As an NDK's crtbegin_so.o has it. @param {string} version */
function note(version) {
  const bytes = Buffer.alloc(152);
  for (const [index, size] of [8, 132, 1].entries()) bytes.writeUInt32LE(size, index * 4);
  bytes.write('Android\0', 12, 'latin1');
  bytes.writeUInt32LE(24, 20);
  bytes.write(version, 24, 'latin1');
  return bytes;
}
