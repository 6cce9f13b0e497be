// LIBRARY...: fails for a library that no NDK has linked, because it would not load on any phone.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The version of the NDK that linked a library, or `undefined`. The first object that every NDK links has a note of it.
 *
 * @param {Buffer} library
 */
export function ndkVersion(library) {
  // Sizes of name and description, type 1, the name, the API level, and two texts of 64 bytes.
  const name = library.indexOf('Android\0');
  if (name < 12 || library.readUInt32LE(name - 12) !== 8 || library.readUInt32LE(name - 4) !== 1) return undefined;
  if (library.readUInt32LE(name - 8) !== 132) return undefined;
  return text(library.subarray(name + 12, name + 76));
}

/** @param {Buffer} bytes */
function text(bytes) {
  const version = bytes.toString('latin1').replace(/\0.*$/s, '');
  return /^r\d/.test(version) ? version : undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const libraries = process.argv.slice(2);
  if (libraries.length === 0) throw new Error('which libraries?');
  for (const library of libraries) {
    const version = ndkVersion(readFileSync(library));
    console.log(
      `${library}: ${version ? `linked by NDK ${version}` : 'no NDK has linked it, so it must not be published'}`,
    );
    if (!version) process.exitCode = 1;
  }
}
