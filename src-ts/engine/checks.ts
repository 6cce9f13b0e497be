import { SecureStorageError } from '../errors.js';
import type { Method } from '../protocol.js';

import type { StoredRecord } from './records.js';

// The same rules as in the Rust core, for the browser. The cases in contract/ run on both.

export const MAX_KEY_BYTES = 1024;
export const MAX_VALUE_BYTES = 1024 * 1024;
export const MAX_STORE_BYTES = 64;
export const MAX_BATCH_ITEMS = 1000;
export const MAX_BATCH_BYTES = 4 * 1024 * 1024;

type Options = Readonly<Record<string, unknown>>;

const STORE = ['store'];
const KEYS = ['keys', 'store'];
const RECORD = ['key', 'value', 'expiresAt', 'ttl', 'store'];

/** The options of each method. `get`, `has` and `remove` also take those of `set`, so that one object can be passed to all of them. */
export const OPTIONS: Readonly<Record<Method, readonly string[]>> = {
  clear: STORE,
  compareAndSet: ['key', 'expected', 'value', 'expiresAt', 'ttl', 'store'],
  get: RECORD,
  getMany: KEYS,
  getOrCreate: RECORD,
  getPlatform: STORE,
  getStatus: STORE,
  has: RECORD,
  keys: STORE,
  recover: STORE,
  remove: RECORD,
  removeMany: KEYS,
  reset: STORE,
  rotateKeys: STORE,
  set: RECORD,
  setMany: ['items', 'store'],
};

/** The properties of an item in `items`. */
export const ITEM: readonly string[] = ['key', 'value', 'expiresAt', 'ttl'];

/**
 * Refuses a name that is not in `known`: a misspelt option must not count as left out. The message does not contain the name. An option that
 * is `undefined` counts as left out, as it does on a phone.
 */
export function checkNames(options: object, known: readonly string[]): void {
  const isKnown = ([name, field]: [string, unknown]) => field === undefined || known.includes(name);
  if (!Object.entries(options).every(isKnown)) throw invalid(`An option is unknown: use only ${known.join(', ')}`);
}

export function storeOf({ store }: Options): string {
  if (store === undefined) return 'default';
  if (typeof store !== 'string' || !STORE_NAME.test(store)) {
    throw invalid('The option store must be 1 to 64 characters of a-z 0-9 . _ -');
  }
  return store;
}

export function keyOf({ key }: Options): string {
  if (typeof key !== 'string') throw invalid('The option key must be a string');
  return checkKey(key);
}

export function keysOf({ keys }: Options): string[] {
  return checkList('keys', keys).map((key) => {
    if (typeof key !== 'string') throw invalid('The option keys must contain only strings');
    return checkKey(key);
  });
}

/** The key and the record of `set` and `getOrCreate`. */
export function recordOf(options: Options, now: number): [key: string, record: StoredRecord] {
  const key = keyOf(options);
  if (typeof options.value !== 'string') throw invalid('The option value must be a string');
  return [key, { value: checkValue(options.value), expiresAt: expiryOf(options, now) }];
}

/** The records of `setMany`, by key. */
export function recordsOf({ items }: Options, now: number): Map<string, StoredRecord> {
  const list = checkList('items', items);
  const size = new BatchSize();
  const records = new Map<string, StoredRecord>();
  for (const item of list) {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      throw invalid('The option items must contain only objects');
    }
    checkNames(item, ITEM);
    const [key, record] = recordOf(item as Options, now);
    size.add(key);
    size.add(record.value);
    records.set(key, record);
  }
  if (records.size < list.length) throw invalid('A key appears twice in one call: pass each key once');
  return records;
}

/** The value that the item must have; `null` if it must not exist. */
export function expectedOf({ expected }: Options): string | null {
  return checkNullable('expected', expected);
}

/** The record that replaces a value; `null` for a removal. */
export function replacementOf(options: Options, now: number): StoredRecord | null {
  const value = checkNullable('value', options.value);
  const expiresAt = expiryOf(options, now);
  if (value !== null) return { value, expiresAt };
  if (expiresAt !== null) throw invalid('A removal cannot have an expiry');
  return null;
}

/** Adds up the bytes that one call stores or returns, and refuses too many. */
export class BatchSize {
  private bytes = 0;

  add(text: string): void {
    this.bytes += utf8Length(text);
    if (this.bytes > MAX_BATCH_BYTES) {
      throw new SecureStorageError(
        'TOO_LARGE',
        'The keys and values of one call are larger than 4 MiB of UTF-8: use several calls',
      );
    }
  }
}

/** When the record expires, in milliseconds since 1970; `null` for never. */
function expiryOf({ expiresAt, ttl }: Options, now: number): number | null {
  if (expiresAt !== undefined && ttl !== undefined)
    throw invalid('The options expiresAt and ttl cannot both be set: pass one of them');
  if (expiresAt !== undefined) {
    if (!isTime(expiresAt, 0)) throw invalid('The option expiresAt must be milliseconds since 1970');
    return Math.floor(expiresAt);
  }
  if (ttl === undefined) return null;
  if (!isTime(ttl, 0.001)) throw invalid('The option ttl must be a number of seconds of at least 0.001');
  return now + Math.floor(Math.min(ttl * 1000, MAX_TIME));
}

function checkKey(key: string): string {
  if (key === '') throw invalid('The option key must not be empty');
  if (isLonger(key, MAX_KEY_BYTES)) throw invalid('The option key is longer than 1024 bytes of UTF-8');
  return key;
}

function checkValue(value: string): string {
  if (isLonger(value, MAX_VALUE_BYTES))
    throw new SecureStorageError('TOO_LARGE', 'The value is larger than 1 MiB of UTF-8: encrypt large data in a file');
  return value;
}

/** `undefined` is refused: on the way to a phone it is dropped, so it cannot mean `null`. */
function checkNullable(name: string, value: unknown): string | null {
  if (value !== null && typeof value !== 'string') throw invalid(`The option ${name} must be a string or null`);
  return value === null ? null : checkValue(value);
}

function checkList(name: string, list: unknown): unknown[] {
  if (!Array.isArray(list)) throw invalid(`The option ${name} must be a list`);
  if (list.length > MAX_BATCH_ITEMS) throw invalid('One call takes at most 1000 keys or items: use several calls');
  return list;
}

/** The largest time that a `Date` can hold, in milliseconds. */
const MAX_TIME = 8.64e15;

const STORE_NAME = new RegExp(`^[a-z0-9._-]{1,${String(MAX_STORE_BYTES)}}$`);

/** True if a text has more than `cap` bytes of UTF-8. A text of more than `cap` UTF-16 units always has, so it is not encoded. */
function isLonger(text: string, cap: number): boolean {
  return text.length > cap || utf8Length(text) > cap;
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

function isTime(value: unknown, least: number): value is number {
  return typeof value === 'number' && value >= least && value <= MAX_TIME;
}

function invalid(message: string): SecureStorageError {
  return new SecureStorageError('INVALID_ARGUMENT', message);
}
