import { describe, expect, test } from 'vitest';

import { SecureStorageError, toSecureStorageError } from '../errors.js';

describe('a rejection of the native side', () => {
  test('keeps its code, message and retryable', () => {
    const rejection = Object.assign(new Error('The key store did not answer'), {
      code: 'UNAVAILABLE',
      data: { retryable: true },
    });
    const error = toSecureStorageError(rejection);
    expect(error).toBeInstanceOf(SecureStorageError);
    expect(error).toMatchObject({
      name: 'SecureStorageError',
      code: 'UNAVAILABLE',
      message: 'The key store did not answer',
      retryable: true,
      cause: rejection,
    });
  });

  test('overrules the table of retryable codes', () => {
    expect(toSecureStorageError({ code: 'UNAVAILABLE', message: '', data: { retryable: false } }).retryable).toBe(
      false,
    );
  });

  test.each([
    ['without data', { code: 'IO', message: 'm' }, true],
    ['with data of the wrong shape', { code: 'IO', message: 'm', data: { retryable: 'no' } }, true],
    ['of a final code', { code: 'KEY_LOST', message: 'm' }, false],
  ])('%s is retryable as its code says', (_, rejection, retryable) => {
    expect(toSecureStorageError(rejection).retryable).toBe(retryable);
  });

  test('for a missing plugin or method is UNSUPPORTED', () => {
    const error = toSecureStorageError({ code: 'UNIMPLEMENTED', message: '"SecureStorage" plugin is not implemented' });
    expect(error).toMatchObject({ code: 'UNSUPPORTED', retryable: false });
  });

  test.each([
    undefined,
    null,
    'a bare string',
    7,
    new Error('top secret'),
    { code: 'toString', message: 'top secret' },
    { code: 12, message: 'top secret' },
  ])('of an unknown kind is INTERNAL and does not repeat its text', (rejection) => {
    const error = toSecureStorageError(rejection);
    expect(error).toMatchObject({ code: 'INTERNAL', retryable: false });
    expect(error.message).not.toContain('secret');
  });
});

test('a SecureStorageError is returned unchanged', () => {
  const error = new SecureStorageError('NOT_FOUND', 'm');
  expect(toSecureStorageError(error)).toBe(error);
  expect('cause' in error && error.cause).toBeFalsy();
});
