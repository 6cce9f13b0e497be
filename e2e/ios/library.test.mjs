// The static libraries in the XCFramework: their imports, exports and size.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasFake } from '../../scripts/package/fake.mjs';
import { fromRoot } from '../../scripts/paths.mjs';

import { findLinker, link, writeSdk } from './link.mjs';
import { PLATFORM_IOS_SIMULATOR, readObject, readStaticLibrary } from './mach-o.mjs';
import { readPodspec, readSwiftPackage } from './manifests.mjs';
import { declaredIn, frameworksOf, importsOf, unlisted, unprefixed } from './symbols.mjs';
import { XCFRAMEWORK, readXcframework } from './xcframework.mjs';

/** @import { Imports } from './symbols.mjs' */

/** @type {Imports} */
const imports = JSON.parse(readFileSync(fromRoot('e2e/ios/imports.json'), 'utf8'));
const NEIGHBOUR = fromRoot('build/ios/libother.a');
const declared = declaredIn(readFileSync(fromRoot('ios/StrongroomFFI/StrongroomFFI.h'), 'utf8'));
const frameworks = readSwiftPackage(fromRoot('.')).frameworks.sort();
const linker = findLinker();
if (!linker) console.log('SKIPPED: links with our library for iOS: LLVM has no linker here');
if (!existsSync(NEIGHBOUR)) console.log('SKIPPED: another Rust library beside ours: build/ios/libother.a is missing');
const libraries = readXcframework(XCFRAMEWORK).slices.flatMap(({ binary, platform }) =>
  readStaticLibrary(readFileSync(binary)).map((library) => {
    const simulator = platform === PLATFORM_IOS_SIMULATOR;
    return { ...library, name: `${library.arch}${simulator ? ' (simulator)' : ''}`, simulator, binary };
  }),
);

/** @type {string[]} */
const sizes = [];

/** @type {string} */
let folder;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-link-'));
  writeSdk(join(folder, 'sdk'), imports);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
  mkdirSync(fromRoot('build/ios'), { recursive: true });
  writeFileSync(fromRoot('build/ios/sizes.txt'), sizes.map((line) => `${line}\n`).join(''));
});

test('the list names no framework that is not imported', () => {
  const found = new Set(libraries.flatMap(({ objects }) => importsOf(objects)));
  for (const framework of frameworks) expect(imports[framework]?.filter((name) => !found.has(name))).toEqual([]);
});

test('there are three libraries', () => {
  expect(libraries.map(({ name }) => name).sort()).toEqual(['arm64', 'arm64 (simulator)', 'x86_64 (simulator)']);
});

describe.each(libraries)('$name', ({ name, arch, size, simulator, binary, objects }) => {
  test('imports only what is on the list', () => {
    expect(unlisted(importsOf(objects), imports)).toEqual([]);
  });

  test('imports from exactly the frameworks that Package.swift and the podspec name', () => {
    expect(frameworksOf(importsOf(objects), imports)).toEqual(frameworks);
    expect(readPodspec(fromRoot('CapacitorStrongroom.podspec'))('frameworks').sort()).toEqual(frameworks);
  });

  test('defines every function of the header', () => {
    const defined = objects.flatMap((object) => object.symbols).filter((symbol) => symbol.defined && symbol.external);
    const names = new Set(defined.map(({ name }) => name));
    expect(declared.length).toBeGreaterThan(50);
    expect(declared.filter((name) => !names.has(name))).toEqual([]);
  });

  test('exports no symbol that another library could have, too', () => {
    expect(unprefixed(objects)).toEqual([]);
  });

  test('contains nothing of the fake Keychain of the simulator', () => {
    expect(hasFake(readFileSync(binary))).toBe(false);
  });

  test.skipIf(!linker)('links against those frameworks, and exports exactly the functions of the header', () => {
    const output = join(folder, `${arch}-${simulator}.dylib`);
    const what = {
      linker: String(linker),
      library: binary,
      arch,
      simulator,
      sdk: join(folder, 'sdk'),
      frameworks,
      output,
    };
    expect(link(what)).toBe('');
    const linked = readFileSync(output);
    expect(exportsOf(linked)).toEqual(declared);
    const part = linked.length.toLocaleString('en-US');
    const packed = gzipSync(linked).length.toLocaleString('en-US');
    sizes.push(`${name}: ${size.toLocaleString('en-US')} bytes, of which an app gets ${part} (${packed} compressed)`);
    expect(linked.length).toBeLessThan(1_000_000);
  });

  test('contains no path of the build machine, and not the source of its crates', () => {
    const bytes = readFileSync(binary);
    for (const path of [fromRoot('.'), `${homedir()}/`, 'registry/src']) expect(bytes.includes(path)).toBe(false);
    expect(bytes.includes('cargo/serde_json-')).toBe(true);
  });
});

test.skipIf(!linker || !existsSync(NEIGHBOUR))('another Rust library of the same compiler links beside it', () => {
  const sdk = join(folder, 'sdk-for-two');
  const [neighbour] = readStaticLibrary(readFileSync(NEIGHBOUR));
  writeSdk(sdk, {
    ...imports,
    System: [...new Set([...(imports.System ?? []), ...importsOf(neighbour?.objects ?? [])])],
  });
  const what = { linker: String(linker), arch: 'arm64', simulator: false, sdk, frameworks, beside: [NEIGHBOUR] };
  const ours = String(libraries[0]?.binary);
  expect(link({ ...what, library: ours, output: join(folder, 'two.dylib') })).toBe('');
  const asBuilt = link({
    ...what,
    library: fromRoot('build/ios/libstrongroom-as-built.a'),
    output: join(folder, 'bad.dylib'),
  });
  expect(asBuilt).toContain('duplicate symbol: _rust_eh_personality');
});

describe('a defect is found', () => {
  const [device] = libraries;
  const objects = device?.objects ?? [];
  const extra = { name: '_sqlite3_open', defined: false, external: true, hidden: false, weak: false };

  test('an import that is not on the list', () => {
    const altered = objects.map((object) => ({ ...object, symbols: [...object.symbols, extra] }));
    expect(unlisted(importsOf(altered), imports)).toEqual(['_sqlite3_open']);
  });

  test('a framework that is not named, or not needed', () => {
    const listed = { ...imports, SQLite: ['_sqlite3_open'] };
    expect(frameworksOf([...importsOf(objects), '_sqlite3_open'], listed)).not.toEqual(frameworks);
    expect(frameworksOf([], imports)).not.toEqual(frameworks);
  });

  test('the fake Keychain', () => {
    const bytes = readFileSync(device?.binary ?? expect.fail());
    expect(hasFake(Buffer.concat([bytes, Buffer.from('\0_strongroom_fake_start\0')]))).toBe(true);
  });

  test('a symbol without our prefix', () => {
    const altered = [{ ...(objects[0] ?? expect.fail()), symbols: [{ ...extra, defined: true }] }];
    expect(unprefixed(altered)).toEqual(['_sqlite3_open']);
  });

  test.skipIf(!linker)('a symbol that is in no framework', () => {
    const sdk = join(folder, 'poor-sdk');
    const System = imports.System?.filter((name) => name !== '_malloc') ?? [];
    writeSdk(sdk, { ...imports, System });
    const what = {
      linker: String(linker),
      library: String(device?.binary),
      arch: 'arm64',
      simulator: false,
      sdk,
      frameworks,
    };
    expect(link({ ...what, output: join(folder, 'poor.dylib') })).toContain('undefined symbol: _malloc');
  });

  test.skipIf(!linker)('a framework that is not linked', () => {
    const sdk = join(folder, 'sdk');
    const what = { linker: String(linker), library: String(device?.binary), arch: 'arm64', simulator: false, sdk };
    expect(link({ ...what, frameworks: [], output: join(folder, 'bare.dylib') })).toMatch(
      /undefined symbol: _k?(CF|Sec)/,
    );
  });
});

/** @param {Buffer} dylib */
function exportsOf(dylib) {
  return readObject('the linked library', dylib)
    .symbols.filter(({ defined, external, hidden }) => defined && external && !hidden)
    .map(({ name }) => name)
    .sort();
}
