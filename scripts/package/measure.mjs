import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import { bundle, gzipped } from './bundle.mjs';
import { isBinary } from './checksums.mjs';
import { ABIS } from './files.mjs';

/** @typedef {{ name: string, raw: number, packed: number }} Size in bytes; `packed` is compressed with gzip */

/** What an app can import, and its name in docs/internals/sizes.md. */
const SCRIPTS = {
  'only the storage': "export { SecureStorage } from 'capacitor-strongroom';",
  'the package without the rows below': "export * from 'capacitor-strongroom';",
  'only the tokens': "export * from 'capacitor-strongroom/tokens';",
  'only the fake for tests': "export * from 'capacitor-strongroom/testing';",
};

const FALLBACK = 'fallback, loaded only in a browser';

/** @param {string} tarball */
export function tarballSize(tarball) {
  const lines = execFileSync('tar', ['-tvzf', tarball], { encoding: 'utf8' }).trimEnd().split('\n');
  const unpacked = lines.reduce((sum, line) => sum + Number(/^\S+ \S+ +(\d+) /.exec(line)?.[1]), 0);
  return { packed: statSync(tarball).size, unpacked, files: lines.length };
}

/** @param {string} folder an unpacked package @returns {Size[]} */
export function binarySizes(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(isBinary)
    .sort()
    .map((path) => {
      const content = readFileSync(`${folder}/${path}`);
      return { name: binaryName(path), raw: content.length, packed: gzipSync(content, { level: 9 }).length };
    });
}

/** @param {string} folder in which the package is installed @returns {Promise<Size[]>} its parts in an app's bundle */
export async function scriptSizes(folder) {
  const sizes = [];
  for (const [name, source] of Object.entries(SCRIPTS)) {
    const { code, lazy } = await bundle(folder, source);
    sizes.push({ name, raw: Buffer.byteLength(code), packed: gzipped(code) });
    if (name === 'only the storage') {
      const [fallback = ''] = lazy;
      sizes.push({ name: FALLBACK, raw: Buffer.byteLength(fallback), packed: gzipped(fallback) });
    }
  }
  return sizes;
}

/** @param {string} path */
function binaryName(path) {
  const abi = ABIS.find((each) => path.includes(`/jniLibs/${each}/`));
  if (abi) return `Android, ${abi}`;
  return path.includes('simulator') ? 'iOS simulator, arm64 and x86_64' : 'iOS device, arm64';
}
