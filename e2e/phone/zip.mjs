import { crc32 } from 'node:zlib';

/**
 * A ZIP file of the given entries, uncompressed and without entries for directories, which Android's AssetManager would list as
 * files.
 *
 * @param {Record<string, Buffer>} entries
 */
export function zip(entries) {
  const locals = [];
  const central = [];
  let offset = 0;
  for (const [name, content] of Object.entries(entries)) {
    const encoded = Buffer.from(name);
    const common = commonHeader(encoded, content);
    const local = Buffer.concat([signature(0x04034b50), common, encoded, content]);
    const record = Buffer.alloc(14);
    record.writeUInt32LE(offset, 10);
    central.push(signature(0x02014b50), Buffer.from([20, 0]), common, record, encoded);
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  return Buffer.concat([...locals, directory, endRecord(Object.keys(entries).length, directory.length, offset)]);
}

/**
 * The fields that the local and the central header share.
 *
 * @param {Buffer} name
 * @param {Buffer} content
 */
function commonHeader(name, content) {
  const header = Buffer.alloc(26);
  header.writeUInt16LE(20, 0); // the version that can read this
  header.writeUInt16LE(0x0800, 2); // the name is UTF-8
  header.writeUInt16LE(0x0021, 8); // 1 January 1980, so that the same files give the same ZIP
  header.writeUInt32LE(crc32(content), 10);
  header.writeUInt32LE(content.length, 14);
  header.writeUInt32LE(content.length, 18);
  header.writeUInt16LE(name.length, 22);
  return header;
}

/**
 * @param {number} count
 * @param {number} size
 * @param {number} offset
 */
function endRecord(count, size, offset) {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}

/** @param {number} value */
function signature(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
