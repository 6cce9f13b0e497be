// The crates in the published libraries, for THIRD-PARTY-NOTICES.md and the SBOM.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The crate that becomes the library. */
export const ROOT = 'strongroom-ffi';

/** Its targets. */
export const TARGETS = [
  'aarch64-linux-android',
  'armv7-linux-androideabi',
  'i686-linux-android',
  'x86_64-linux-android',
  'aarch64-apple-ios',
  'aarch64-apple-ios-sim',
  'x86_64-apple-ios',
];

/**
 * @typedef {object} Crate
 * @property {string} name
 * @property {string} version
 * @property {string} license the expression in its manifest
 * @property {string} repository
 * @property {string} folder
 * @property {string | undefined} checksum SHA-256 of the crate's file, from Cargo.lock; none for the crates of this repository
 * @property {string[]} dependencies as `name version`, those of all targets
 * @property {string[]} targets those whose library contains it
 */

/**
 * The crates that are linked into the library of any target: none that only builds or tests need, and no macros, which run in the compiler.
 *
 * @returns {Crate[]} sorted; the crates of this repository are among them
 */
export function linkedCrates() {
  const trees = TARGETS.map((target) => ({ target, edges: tree(target) }));
  const checksums = lockedChecksums();
  /** @type {{ packages: any[] }} */
  const { packages } = JSON.parse(cargo('metadata', '--format-version', '1', '--locked'));
  return packages
    .map(({ name, version, license, repository, manifest_path }) => {
      const id = `${name} ${version}`;
      const containing = trees.filter(({ edges }) => edges.has(id));
      return {
        name,
        version,
        // An older form of `OR`.
        license: license.replaceAll('/', ' OR '),
        repository: repository ?? '',
        folder: dirname(manifest_path),
        checksum: checksums.get(id),
        dependencies: [...new Set(containing.flatMap(({ edges }) => [...(edges.get(id) ?? [])]))].sort(),
        targets: containing.map(({ target }) => target),
      };
    })
    .filter(({ targets }) => targets.length > 0)
    .sort((a, b) => (a.name === b.name ? a.version.localeCompare(b.version) : a.name < b.name ? -1 : 1));
}

/** @param {Crate} crate @returns whether it comes from elsewhere */
export function isThirdParty({ checksum }) {
  return checksum !== undefined;
}

/** @param {string} target @returns {Map<string, Set<string>>} each crate with those that it uses, as `name version` */
function tree(target) {
  const options = ['--locked', '--package', ROOT, '--edges', 'normal,no-proc-macro', '--target', target];
  const lines = cargo('tree', ...options, '--prefix', 'depth', '--format', ' {p}').split('\n');
  const edges = new Map();
  /** @type {string[]} */
  const path = [];
  for (const line of lines) {
    const [, depth, name, version] = /^(\d+) (\S+) v(\S+)/.exec(line) ?? [];
    if (depth === undefined) continue;
    const id = `${name} ${version}`;
    path.length = Number(depth);
    // The dependencies of a crate are listed once; later, only its name.
    if (!edges.has(id)) edges.set(id, new Set());
    edges.get(path.at(-1))?.add(id);
    path.push(id);
  }
  return edges;
}

/** @returns {Map<string, string>} by `name version` */
function lockedChecksums() {
  const entries = readFileSync('Cargo.lock', 'utf8').matchAll(
    /^name = "(.+)"\nversion = "(.+)"\nsource = "registry.*"\nchecksum = "([0-9a-f]{64})"$/gm,
  );
  return new Map([...entries].map(([, name, version, checksum = '']) => [`${name} ${version}`, checksum]));
}

/** @param {string[]} args */
function cargo(...args) {
  return execFileSync('cargo', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}
