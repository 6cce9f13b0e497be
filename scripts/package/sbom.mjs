// sbom.mjs FOLDER RUST: writes crates.cdx.json, the crates that Rust of that version links into the native libraries, and npm.cdx.json,
// what an app installs with the package (docs/adr/0014). The same source makes the same bytes.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT, isThirdParty, linkedCrates } from './crates.mjs';

/** @import { Crate } from './crates.mjs' */

const { name, version, license } = JSON.parse(readFileSync('package.json', 'utf8'));
const [folder = '', rust = ''] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+$/.test(rust)) throw new Error('usage: sbom.mjs FOLDER RUST, with a version such as 1.90.0');

mkdirSync(folder, { recursive: true });
write('crates', cratesBom(linkedCrates()));
write('npm', npmBom());

/** @param {Crate[]} crates */
function cratesBom(crates) {
  const std = {
    type: 'library',
    'bom-ref': `rust-std ${rust}`,
    name: 'rust-std',
    version: rust,
    description: 'the standard library of Rust, with what it uses itself',
    licenses: [{ expression: 'MIT OR Apache-2.0' }],
    purl: `pkg:github/rust-lang/rust@${rust}`,
  };
  const root = crates.find((crate) => crate.name === ROOT);
  const others = crates.filter((crate) => crate !== root);
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { lifecycles: [{ phase: 'build' }], component: { ...component(root), name: 'libstrongroom' } },
    components: [...others.map(component), std],
    dependencies: [
      ...crates.map((crate) => ({ ref: ref(crate), dependsOn: [...crate.dependencies, std['bom-ref']] })),
      { ref: std['bom-ref'], dependsOn: [] },
    ],
  };
}

/** @param {Crate | undefined} crate */
function component(crate) {
  if (!crate) throw new Error(`${ROOT} is not among the crates`);
  const { name, version, license, repository, checksum, targets } = crate;
  return {
    type: 'library',
    'bom-ref': ref(crate),
    name,
    version,
    // No registry has the crates of this repository.
    ...(isThirdParty(crate) ? { hashes: [{ alg: 'SHA-256', content: checksum }] } : {}),
    licenses: [{ expression: license }],
    ...(isThirdParty(crate) ? { purl: `pkg:cargo/${name}@${version}` } : {}),
    ...(repository ? { externalReferences: [{ type: 'vcs', url: repository }] } : {}),
    properties: [{ name: 'strongroom:targets', value: targets.join(' ') }],
  };
}

/** @param {Crate} crate */
function ref({ name, version }) {
  return `${name} ${version}`;
}

/** npm's own SBOM, without what differs between runs, and with the library that the Android project gets from Maven. */
function npmBom() {
  const options = ['--sbom-format', 'cyclonedx', '--sbom-type', 'library', '--omit', 'dev', '--package-lock-only'];
  const bom = JSON.parse(execFileSync('npm', ['sbom', ...options], { encoding: 'utf8' }));
  delete bom.serialNumber;
  delete bom.metadata.timestamp;
  for (const tool of bom.metadata.tools) delete tool.version;
  // npm takes the name of the folder.
  bom.metadata.component = { ...bom.metadata.component, name, version, licenses: [{ license: { id: license } }] };
  const jna = jnaComponent();
  bom.components.push(jna);
  bom.dependencies.push({ ref: jna['bom-ref'], dependsOn: [] });
  const { 'bom-ref': root } = bom.metadata.component;
  bom.dependencies.find((/** @type {{ ref: string }} */ { ref }) => ref === root).dependsOn.push(jna['bom-ref']);
  return bom;
}

function jnaComponent() {
  const gradle = readFileSync('android/build.gradle', 'utf8');
  const version = /jnaVersion = .*'([\d.]+)'/.exec(gradle)?.[1];
  if (!version || !gradle.includes('"net.java.dev.jna:jna:$jnaVersion@aar"'))
    throw new Error('android/build.gradle names no version of JNA');
  return {
    type: 'library',
    'bom-ref': `net.java.dev.jna:jna@${version}`,
    group: 'net.java.dev.jna',
    name: 'jna',
    version,
    description: "on Android only, from Maven in the app's own build, which can choose another version by `jnaVersion`",
    scope: 'required',
    licenses: [{ expression: 'LGPL-2.1-or-later OR Apache-2.0' }],
    purl: `pkg:maven/net.java.dev.jna/jna@${version}?type=aar`,
    externalReferences: [{ type: 'vcs', url: 'https://github.com/java-native-access/jna' }],
  };
}

/** @param {string} kind @param {Record<string, unknown>} bom */
function write(kind, bom) {
  const { $schema, bomFormat, specVersion, ...content } = bom;
  const head = { $schema, bomFormat, specVersion, serialNumber: serialNumber(content) };
  writeFileSync(join(folder, `${kind}.cdx.json`), `${JSON.stringify({ ...head, ...content }, null, 2)}\n`);
}

/** A UUID of version 8, whose content is free: here a digest of the content. @param {unknown} content */
function serialNumber(content) {
  const hex = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return `urn:uuid:${parts.join('-')}`;
}
