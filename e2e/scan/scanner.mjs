import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Shorter secrets could occur by chance. */
const SHORTEST = 8;

/**
 * Looks for secrets in every form in which software usually writes text.
 */
export class Scanner {
  /** @type {{ label: string, encoding: string, bytes: Buffer }[]} */
  #needles = [];

  /**
   * @param {string} label the name of a hit in the report, in place of the secret
   * @param {string} secret
   */
  add(label, secret) {
    for (const [encoding, bytes] of encodings(secret)) {
      if (bytes.length < SHORTEST) throw new Error(`${label} is too short to search for`);
      this.#needles.push({ label, encoding, bytes });
    }
  }

  /**
   * The hits in these bytes.
   *
   * @param {string} place
   * @param {Buffer | string} content
   */
  scan(place, content) {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content);
    return this.#needles
      .filter((needle) => bytes.includes(needle.bytes))
      .map(({ label, encoding }) => ({ place, label, encoding }));
  }

  /**
   * The hits in the files below a folder and in their names, and the number of files. If a file vanishes meanwhile, it begins again:
   * the app that uses the folder may have renamed it.
   *
   * @param {string} folder
   * @returns {{ files: number, hits: { place: string, label: string, encoding: string }[] }}
   */
  scanFolder(folder, attempts = 100) {
    try {
      return this.#scanFolder(folder);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT' || attempts === 1) throw error;
      return this.scanFolder(folder, attempts - 1);
    }
  }

  /** @param {string} folder */
  #scanFolder(folder) {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const names = entries.map((entry) => entry.name).join('\n');
    const hits = files.flatMap((file) => this.scan(file, readFileSync(file)));
    return { files: files.length, hits: [...hits, ...this.scan(`the names in ${folder}`, names)] };
  }
}

/**
 * @param {string} secret
 * @returns {[string, Buffer][]}
 */
export function encodings(secret) {
  const utf8 = Buffer.from(secret);
  const utf16le = Buffer.from(secret, 'utf16le');
  const hex = utf8.toString('hex');
  const escaped = secret.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [
    ['UTF-8', utf8],
    ['UTF-16LE', utf16le],
    ['UTF-16BE', Buffer.from(utf16le).swap16()],
    ['hex', Buffer.from(hex)],
    ['HEX', Buffer.from(hex.toUpperCase())],
    ['\\u escapes', Buffer.from(escaped)],
    ...[0, 1, 2].flatMap((shift) => {
      const text = base64At(utf8, shift);
      return /** @type {[string, Buffer][]} */ ([
        [`base64+${shift}`, Buffer.from(text)],
        [`base64url+${shift}`, Buffer.from(text.replaceAll('+', '-').replaceAll('/', '_'))],
      ]);
    }),
  ];
}

/**
 * The part of the base64 that does not depend on the bytes around it, if `shift` bytes of a group of three precede it.
 *
 * @param {Buffer} bytes
 * @param {number} shift
 */
function base64At(bytes, shift) {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  return text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
}
