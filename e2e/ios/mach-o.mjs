// Reads from a static library for Apple's systems what the checks need: for each object the processor, the platform, the oldest
// system and the symbols. The layouts are those of <mach-o/fat.h>, <mach-o/loader.h>, <mach-o/nlist.h> and <ar.h>.

/** @typedef {{ name: string, defined: boolean, external: boolean, hidden: boolean, weak: boolean }} MachSymbol */
/** @typedef {{ name: string, arch: string, platform: number, minOs: string, symbols: MachSymbol[] }} MachObject */
/** @typedef {{ arch: string, size: number, objects: MachObject[] }} MachLibrary */

const FAT = 0xcafebabe;
const OBJECT_64 = 0xfeedfacf;
const LC_SYMTAB = 0x2;
const LC_BUILD_VERSION = 0x32;

export const PLATFORM_IOS = 2;
export const PLATFORM_IOS_SIMULATOR = 7;

/** @type {Record<number, string>} */
const ARCHITECTURES = { 0x0100000c: 'arm64', 0x01000007: 'x86_64' };

/**
 * Splits a static library by processor.
 *
 * @param {Buffer} bytes
 * @returns {MachLibrary[]}
 */
export function readStaticLibrary(bytes) {
  if (bytes.readUInt32BE(0) !== FAT) return [readArchive(bytes)];
  return Array.from({ length: bytes.readUInt32BE(4) }, (_, index) => {
    const entry = 8 + 20 * index;
    const start = bytes.readUInt32BE(entry + 8);
    const library = readArchive(bytes.subarray(start, start + bytes.readUInt32BE(entry + 12)));
    const arch = architecture(bytes.readUInt32BE(entry));
    if (library.arch !== arch) throw new Error(`the library is for ${library.arch}, but its header says ${arch}`);
    return library;
  });
}

/**
 * @param {Buffer} bytes
 * @returns {MachLibrary}
 */
function readArchive(bytes) {
  if (bytes.toString('latin1', 0, 8) !== '!<arch>\n') throw new Error('not a static library');
  const objects = [];
  for (let at = 8; at < bytes.length;) {
    const size = Number(bytes.toString('latin1', at + 48, at + 58));
    const field = bytes.toString('latin1', at, at + 16).trimEnd();
    // A long name precedes the contents.
    const nameSize = field.startsWith('#1/') ? Number(field.slice(3)) : 0;
    const start = at + 60 + nameSize;
    const name = nameSize ? text(bytes.subarray(at + 60, start)) : field;
    if (!name.startsWith('__.SYMDEF')) objects.push(readObject(name, bytes.subarray(start, at + 60 + size)));
    at += 60 + size + (size % 2);
  }
  const arch = objects[0]?.arch;
  if (!arch) throw new Error('the library is empty');
  const other = objects.find((object) => object.arch !== arch);
  if (other) throw new Error(`${other.name} is for ${other.arch}, other objects are for ${arch}`);
  return { arch, size: bytes.length, objects };
}

/**
 * One object, or a library that is linked.
 *
 * @param {string} name
 * @param {Buffer} bytes
 * @returns {MachObject}
 */
export function readObject(name, bytes) {
  if (bytes.readUInt32LE(0) !== OBJECT_64) throw new Error(`${name} is not a Mach-O object`);
  /** @type {MachObject} */
  const object = { name, arch: architecture(bytes.readUInt32LE(4)), platform: 0, minOs: '', symbols: [] };
  let at = 32;
  for (let command = 0; command < bytes.readUInt32LE(16); command++) {
    const kind = bytes.readUInt32LE(at);
    if (kind === LC_BUILD_VERSION) {
      object.platform = bytes.readUInt32LE(at + 8);
      object.minOs = version(bytes.readUInt32LE(at + 12));
    } else if (kind === LC_SYMTAB) {
      object.symbols = readSymbols(bytes, at);
    }
    at += bytes.readUInt32LE(at + 4);
  }
  return object;
}

/**
 * @param {Buffer} bytes
 * @param {number} at where the command is
 */
function readSymbols(bytes, at) {
  const [first, count, strings] = [8, 12, 16].map((field) => bytes.readUInt32LE(at + field));
  /** @type {MachSymbol[]} */
  const symbols = [];
  for (let index = 0; index < Number(count); index++) {
    const entry = Number(first) + 16 * index;
    const type = bytes.readUInt8(entry + 4);
    // Notes for debuggers are not symbols.
    if (type & 0xe0) continue;
    symbols.push({
      name: text(bytes.subarray(Number(strings) + bytes.readUInt32LE(entry))),
      defined: (type & 0x0e) !== 0,
      external: (type & 0x01) !== 0,
      hidden: (type & 0x10) !== 0,
      weak: (bytes.readUInt16LE(entry + 6) & 0xc0) !== 0,
    });
  }
  return symbols;
}

/** @param {number} type */
function architecture(type) {
  const name = ARCHITECTURES[type];
  if (!name) throw new Error(`an unknown processor: 0x${type.toString(16)}`);
  return name;
}

/** @param {number} number */
function version(number) {
  const patch = number & 0xff;
  return `${number >>> 16}.${(number >>> 8) & 0xff}${patch ? `.${patch}` : ''}`;
}

/** @param {Buffer} bytes */
function text(bytes) {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}
