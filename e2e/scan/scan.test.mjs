import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { Scanner } from './scanner.mjs';

const SECRETS = ['a plain secret', 'naïve: secret 🔑', '????>>>>~~~~'];

/** @type {string} */
let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-scan-'));
  mkdirSync(join(folder, 'a', 'b'), { recursive: true });
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** @param {string} secret */
function scannerFor(secret) {
  const scanner = new Scanner();
  scanner.add('the secret', secret);
  return scanner;
}

// Written independently of the scanner, so that both cannot share a mistake.
/** @type {[string, (secret: string, before: Buffer) => Buffer | string][]} */
const PLANTS = [
  ['UTF-8', (secret) => secret],
  ['UTF-16LE', (secret) => Buffer.concat([...secret].map((character) => Buffer.from(character, 'utf16le')))],
  ['UTF-16BE', (secret) => Buffer.from(units(secret).flatMap((unit) => [unit >> 8, unit & 0xff]))],
  ['hex', (secret) => [...new TextEncoder().encode(secret)].map((byte) => hex(byte)).join('')],
  ['HEX', (secret) => [...new TextEncoder().encode(secret)].map((byte) => hex(byte).toUpperCase()).join('')],
  ['base64', (secret, before) => Buffer.concat([before, Buffer.from(secret), randomBytes(5)]).toString('base64')],
  ['base64url', (secret, before) => Buffer.concat([before, Buffer.from(secret), randomBytes(4)]).toString('base64url')],
  ['JSON in ASCII', (secret) => units(secret).map(escape).join('')],
];

/** @param {string} text */
function units(text) {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
}

/** @param {number} byte */
function hex(byte) {
  return byte.toString(16).padStart(2, '0');
}

/** @param {number} unit */
function escape(unit) {
  return unit >= 0x20 && unit <= 0x7e ? String.fromCharCode(unit) : `\\u${hex(unit >> 8)}${hex(unit & 0xff)}`;
}

describe.each(SECRETS)('%s', (secret) => {
  test.each(PLANTS)('is found as %s, at any position', (_, plant) => {
    for (let before = 0; before < 7; before++) {
      const content = plant(secret, randomBytes(before));
      writeFileSync(
        join(folder, 'a', 'b', 'file'),
        Buffer.concat([randomBytes(1000 + before), Buffer.from(content), randomBytes(1000)]),
      );
      const { files, hits } = scannerFor(secret).scanFolder(folder);
      expect(files).toBe(1);
      expect(hits).not.toEqual([]);
    }
  });

  test('is not found where it is absent', () => {
    writeFileSync(join(folder, 'a', 'file'), randomBytes(100_000));
    writeFileSync(join(folder, 'a', 'b', 'file'), secret.slice(1));
    expect(scannerFor(secret).scanFolder(folder)).toEqual({ files: 2, hits: [] });
  });
});

test('a secret in the name of a file or folder is found', () => {
  mkdirSync(join(folder, 'a plain secret.d'));
  expect(scannerFor('a plain secret').scanFolder(folder).hits).toHaveLength(2);
});

test('a hit does not repeat the secret', () => {
  expect(scannerFor('a plain secret').scan('log', '> a plain secret <')).toEqual([
    { place: 'log', label: 'the secret', encoding: 'UTF-8' },
    { place: 'log', label: 'the secret', encoding: '\\u escapes' },
  ]);
});

test('a secret that is so short that it could occur by chance is refused', () => {
  expect(() => scannerFor('short')).toThrow('too short');
});

test('a file that is renamed during the search is found under its new name', () => {
  class Renaming extends Scanner {
    #renamed = false;

    /** @override @param {string} place @param {Buffer | string} content */
    scan(place, content) {
      const other = join(folder, place.endsWith('one') ? 'two' : 'one');
      if (!this.#renamed) renameSync(other, `${other} renamed`);
      this.#renamed = true;
      return super.scan(place, content);
    }
  }
  const scanner = new Renaming();
  scanner.add('the secret', 'a plain secret');
  for (const name of ['one', 'two']) writeFileSync(join(folder, name), 'a plain secret, as such');
  const { files, hits } = scanner.scanFolder(folder);
  expect(files).toBe(2);
  expect(new Set(hits.map(({ place }) => place)).size).toBe(2);
});
