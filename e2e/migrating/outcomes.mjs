import { expect } from 'vitest';

/** What the old plugin says of an item that is not there, and ours with it. */
export const MISSING = 'Item with given key does not exist';

/** @param {unknown} [value] */
export function resolved(value) {
  return { resolved: value };
}

/** @param {string} code @param {Record<string, unknown>} [fields] */
export function refused(code, fields = {}) {
  return { rejected: expect.objectContaining({ isError: true, name: 'SecureStorageError', code, ...fields }) };
}

/** An error that is none of ours. @param {Record<string, unknown>} fields */
export function failed(fields) {
  return { rejected: expect.objectContaining({ isError: true, ...fields }) };
}

export const INVALID = refused('INVALID_ARGUMENT', { retryable: false });
export const NOT_FOUND = refused('NOT_FOUND', { message: MISSING, retryable: false });
