import { SecureStorageError } from '../errors.js';

import type { Backend } from './backend.js';

export interface StoredRecord {
  value: string;
  /** Milliseconds since 1970; `null` for never. */
  expiresAt: number | null;
}

/**
 * The records of one store in a backend.
 *
 * The name of a store contains no colon, so a prefix belongs to exactly one store.
 */
export class Records {
  private readonly prefix: string;

  constructor(
    private readonly backend: Backend,
    store: string,
  ) {
    this.prefix = prefixOf(store);
  }

  get(key: string): StoredRecord | null {
    const content = this.backend.read(this.prefix + key);
    return content === null ? null : parse(content);
  }

  set(key: string, record: StoredRecord): void {
    this.backend.write(this.prefix + key, JSON.stringify(record));
  }

  /** Writes all records or none. */
  setAll(records: ReadonlyMap<string, StoredRecord>): void {
    const before = [...records.keys()].map((key) => [this.prefix + key, this.backend.read(this.prefix + key)] as const);
    try {
      for (const [key, record] of records) this.set(key, record);
    } catch (error) {
      // The new content is deleted first, so that there is room for the old.
      for (const [name] of before) this.backend.delete(name);
      for (const [name, content] of before) if (content !== null) this.backend.write(name, content);
      throw error;
    }
  }

  delete(key: string): void {
    this.backend.delete(this.prefix + key);
  }

  /** The keys in the order of the native side. */
  keys(): string[] {
    const names = this.backend.names(this.prefix);
    return names.map((name) => name.slice(this.prefix.length)).sort(compareCodePoints);
  }

  /** The size of the store with its names, in bytes of UTF-16, as browsers count. */
  size(): number {
    const lengths = this.backend.names(this.prefix).map((name) => name.length + (this.backend.read(name) ?? '').length);
    return lengths.reduce((sum, length) => sum + 2 * length, 0);
  }
}

export const PREFIX = 'INSECURE-DEBUG:strongroom:';

/** The prefix of a store's names in the backend. */
export function prefixOf(store: string): string {
  return `${PREFIX}${store}:`;
}

function parse(content: string): StoredRecord {
  const { value, expiresAt } = parseObject(content);
  if (typeof value !== 'string' || !(expiresAt === null || typeof expiresAt === 'number')) {
    throw new SecureStorageError('CORRUPT_RECORD', 'The item is damaged: set it again or remove it');
  }
  return { value, expiresAt };
}

function parseObject(content: string): Partial<StoredRecord> {
  try {
    return (JSON.parse(content) as Partial<StoredRecord> | null) ?? {};
  } catch {
    // The parser's own error quotes the content, so it is not passed on.
    return {};
  }
}

/** Compares by code points: this is the order of UTF-8 bytes, in which the native side sorts. UTF-16 units sort differently. */
function compareCodePoints(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  const at = left.findIndex((character, index) => character !== right[index]);
  if (at === -1) return left.length - right.length;
  return (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1);
}
