import { expect } from 'vitest';

/** The message for a missing item, the same in the old plugin and in ours. */
export const MISSING = 'Item with given key does not exist';

/** @param {unknown} [value] */
export function resolved(value) {
  return { resolved: value };
}

/** @param {string} code @param {Record<string, unknown>} [fields] */
export function refused(code, fields = {}) {
  return { rejected: expect.objectContaining({ isError: true, name: 'SecureStorageError', code, ...fields }) };
}

/** An error that is not ours. @param {Record<string, unknown>} fields */
export function failed(fields) {
  return { rejected: expect.objectContaining({ isError: true, ...fields }) };
}

export const INVALID = refused('INVALID_ARGUMENT', { retryable: false });
export const NOT_FOUND = refused('NOT_FOUND', { message: MISSING, retryable: false });
