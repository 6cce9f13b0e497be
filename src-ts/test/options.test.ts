import { describe, expect, test } from 'vitest';

import { SecureStorageError } from '../errors.js';
import { plainOptions } from '../options.js';

describe('options', () => {
  test('that are left out are an empty object', () => {
    expect(plainOptions(undefined)).toEqual({});
  });

  test('are copied, so that nothing can change them on the way', () => {
    const options = { key: 'k', value: '🔑', ttl: 1, expiresAt: undefined, store: null };
    const plain = plainOptions(options);
    expect(plain).toEqual(options);
    expect(plain).not.toBe(options);
  });

  test('lose a toJSON that their class brought along', () => {
    class Options {
      key = 'k';
      toJSON() {
        return { key: 'other' };
      }
    }
    expect(JSON.stringify(plainOptions(new Options()))).toBe('{"key":"k"}');
  });

  const circular: { self?: unknown } = {};
  circular.self = circular;

  test.each([
    ['null', null],
    ['a string', 'key'],
    ['an array', ['key']],
    ['a function', () => 'key'],
    ['a BigInt', { key: 1n }],
    ['a symbol', { key: Symbol('key') }],
    ['a function', { key: () => 'k' }],
    ['an object', { key: {} }],
    ['a circle', circular],
    ['a leading surrogate', { key: 'a\ud83d' }],
    ['a trailing surrogate', { value: '\ude00a' }],
    ['surrogates the wrong way round', { store: '\ude00\ud83d' }],
  ])('with %s are refused, and not quoted', (_, options) => {
    const call = () => plainOptions(options);
    expect(call).toThrow(SecureStorageError);
    expect(call).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', retryable: false }));
  });
});
