import { SecureStorageError } from '../errors.js';

// The Rust core decides on phones. These are the same rules for the browser; the behaviour suite in contract/ holds the two together.

export const MAX_KEY_BYTES = 1024;
export const MAX_VALUE_BYTES = 1024 * 1024;
export const MAX_STORE_BYTES = 64;

type Options = Readonly<Record<string, unknown>>;

export function storeOf({ store }: Options): string {
  if (store === undefined) return 'default';
  if (typeof store !== 'string' || !STORE.test(store)) {
    throw invalid('The option store must be 1 to 64 of a-z 0-9 . _ -');
  }
  return store;
}

export function keyOf({ key }: Options): string {
  if (typeof key !== 'string') throw invalid('The option key must be a string');
  if (key === '') throw invalid('The option key must not be empty');
  if (byteLength(key, MAX_KEY_BYTES) > MAX_KEY_BYTES)
    throw invalid('The option key must be at most 1024 bytes of UTF-8');
  return key;
}

export function valueOf({ value }: Options): string {
  if (typeof value !== 'string') throw invalid('The option value must be a string');
  if (byteLength(value, MAX_VALUE_BYTES) > MAX_VALUE_BYTES) {
    throw new SecureStorageError('TOO_LARGE', 'The value is larger than 1 MiB');
  }
  return value;
}

/** When the record expires, in milliseconds since 1970, or `null` for never. */
export function expiryOf({ expiresAt, ttl }: Options, now: number): number | null {
  if (expiresAt !== undefined && ttl !== undefined) throw invalid('The options expiresAt and ttl exclude each other');
  if (expiresAt !== undefined) {
    if (!isTime(expiresAt, 0)) throw invalid('The option expiresAt must be milliseconds since 1970');
    return Math.floor(expiresAt);
  }
  if (ttl === undefined) return null;
  if (!isTime(ttl, 0.001)) throw invalid('The option ttl must be a number of seconds of at least 0.001');
  return now + Math.floor(Math.min(ttl * 1000, MAX_TIME));
}

/** The largest time that a `Date` can hold, in milliseconds. */
const MAX_TIME = 8.64e15;

const STORE = new RegExp(`^[a-z0-9._-]{1,${String(MAX_STORE_BYTES)}}$`);

/** The length in UTF-8; a string of more than `cap` units is too long whatever it holds, and is not encoded. */
function byteLength(text: string, cap: number): number {
  return text.length > cap ? text.length : new TextEncoder().encode(text).length;
}

function isTime(value: unknown, least: number): value is number {
  return typeof value === 'number' && value >= least && value <= MAX_TIME;
}

function invalid(message: string): SecureStorageError {
  return new SecureStorageError('INVALID_ARGUMENT', message);
}
