// Unpacks an app's assets: unzip.mjs ZIP FOLDER. What an APK has in `assets/`, an iPhone's app has in its folder.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { inflateRawSync } from 'node:zlib';

const [, , file, folder] = process.argv;
if (!file || !folder) throw new Error('usage: unzip.mjs ZIP FOLDER');
const archive = readFileSync(file);
const end = archive.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
if (end < 0) throw new Error(`${file} is no ZIP file`);

let at = archive.readUInt32LE(end + 16);
for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
  const [nameLength, extra, comment] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset));
  const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
  if (!name.endsWith('/')) write(name, content(at));
  at += 46 + nameLength + extra + comment;
}

/** @param {number} entry */
function content(entry) {
  const start = archive.readUInt32LE(entry + 42);
  const data = start + 30 + archive.readUInt16LE(start + 26) + archive.readUInt16LE(start + 28);
  const packed = archive.subarray(data, data + archive.readUInt32LE(entry + 20));
  return archive.readUInt16LE(entry + 10) === 0 ? packed : inflateRawSync(packed);
}

/** @param {string} name @param {Buffer} bytes */
function write(name, bytes) {
  const path = normalize(name.replace(/^assets\//, ''));
  if (path.startsWith('..')) throw new Error('an entry is outside of the folder');
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, bytes);
}
