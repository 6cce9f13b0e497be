import { SecureStorageError } from '../errors.js';
import type { Method } from '../protocol.js';

import type { StoredRecord } from './records.js';

// The Rust core decides on phones. These are the same rules for the browser; the behaviour suite in contract/ holds the two together.

export const MAX_KEY_BYTES = 1024;
export const MAX_VALUE_BYTES = 1024 * 1024;
export const MAX_STORE_BYTES = 64;
export const MAX_BATCH_ITEMS = 1000;
export const MAX_BATCH_BYTES = 4 * 1024 * 1024;

type Options = Readonly<Record<string, unknown>>;

const STORE = ['store'];
const KEYS = ['keys', 'store'];
const RECORD = ['key', 'value', 'expiresAt', 'ttl', 'store'];

/** The options of each method. `get`, `has` and `remove` also take what `set` takes, so that a record can be handed to them as it is. */
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

/** What an entry of `items` may hold. */
export const ITEM: readonly string[] = ['key', 'value', 'expiresAt', 'ttl'];

/**
 * Refuses a name that is none of `known`: a misspelt option must not pass for one that was left out. What it is called is not told. What is
 * undefined is left out, as on the way to a phone.
 */
export function checkNames(options: object, known: readonly string[]): void {
  const isKnown = ([name, field]: [string, unknown]) => field === undefined || known.includes(name);
  if (!Object.entries(options).every(isKnown)) throw invalid(`An option is none of ${known.join(', ')}`);
}

export function storeOf({ store }: Options): string {
  if (store === undefined) return 'default';
  if (typeof store !== 'string' || !STORE_NAME.test(store)) {
    throw invalid('The option store must be 1 to 64 of a-z 0-9 . _ -');
  }
  return store;
}

export function keyOf({ key }: Options): string {
  if (typeof key !== 'string') throw invalid('The option key must be a string');
  return checkKey(key);
}

/** The keys, in their order. */
export function keysOf({ keys }: Options): string[] {
  return checkList('keys', keys).map((key) => {
    if (typeof key !== 'string') throw invalid('The option keys must hold strings');
    return checkKey(key);
  });
}

/** What `set` and `getOrCreate` store, and under which key. */
export function recordOf(options: Options, now: number): [key: string, record: StoredRecord] {
  const key = keyOf(options);
  if (typeof options.value !== 'string') throw invalid('The option value must be a string');
  return [key, { value: checkValue(options.value), expiresAt: expiryOf(options, now) }];
}

/** What `setMany` stores, by key. */
export function recordsOf({ items }: Options, now: number): Map<string, StoredRecord> {
  const list = checkList('items', items);
  const size = new BatchSize();
  const records = new Map<string, StoredRecord>();
  for (const item of list) {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      throw invalid('The option items must hold objects');
    }
    checkNames(item, ITEM);
    const [key, record] = recordOf(item as Options, now);
    size.add(key);
    size.add(record.value);
    records.set(key, record);
  }
  if (records.size < list.length) throw invalid('A key comes twice in one call');
  return records;
}

/** The value that must be there, or `null` if there must be none. */
export function expectedOf({ expected }: Options): string | null {
  return checkNullable('expected', expected);
}

/** What takes the place of a value, or `null` for nothing. */
export function replacementOf(options: Options, now: number): StoredRecord | null {
  const value = checkNullable('value', options.value);
  const expiresAt = expiryOf(options, now);
  if (value !== null) return { value, expiresAt };
  if (expiresAt !== null) throw invalid('A removal has no expiry');
  return null;
}

/** Counts what one call stores or answers, and refuses too much. */
export class BatchSize {
  private bytes = 0;

  add(text: string): void {
    this.bytes += utf8Length(text);
    if (this.bytes > MAX_BATCH_BYTES) {
      throw new SecureStorageError('TOO_LARGE', 'The keys and values of one call are larger than 4 MiB');
    }
  }
}

/** When the record expires, in milliseconds since 1970, or `null` for never. */
function expiryOf({ expiresAt, ttl }: Options, now: number): number | null {
  if (expiresAt !== undefined && ttl !== undefined) throw invalid('The options expiresAt and ttl exclude each other');
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
  if (isLonger(key, MAX_KEY_BYTES)) throw invalid('The option key must be at most 1024 bytes of UTF-8');
  return key;
}

function checkValue(value: string): string {
  if (isLonger(value, MAX_VALUE_BYTES)) throw new SecureStorageError('TOO_LARGE', 'The value is larger than 1 MiB');
  return value;
}

/** Leaving the option out is not null: on the way to a phone, what is undefined is dropped. */
function checkNullable(name: string, value: unknown): string | null {
  if (value !== null && typeof value !== 'string') throw invalid(`The option ${name} must be a string or null`);
  return value === null ? null : checkValue(value);
}

function checkList(name: string, list: unknown): unknown[] {
  if (!Array.isArray(list)) throw invalid(`The option ${name} must be a list`);
  if (list.length > MAX_BATCH_ITEMS) throw invalid('One call takes at most 1000 keys or items');
  return list;
}

/** The largest time that a `Date` can hold, in milliseconds. */
const MAX_TIME = 8.64e15;

const STORE_NAME = new RegExp(`^[a-z0-9._-]{1,${String(MAX_STORE_BYTES)}}$`);

/** Whether a text is longer in UTF-8; one of more than `cap` units is, whatever it holds, and is not encoded. */
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
