import { describe, expect, test } from 'vitest';

import { plainOptions } from '../../client/options.js';
import { SecureStorageError } from '../../errors.js';

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

  test('lose the fields that are undefined, as JSON and WebKit do', () => {
    const plain = plainOptions({ key: 'k', ttl: undefined, items: [{ key: 'k', expiresAt: undefined }] });
    expect(plain).toStrictEqual({ key: 'k', items: [{ key: 'k' }] });
  });

  test('lose the toJSON of their class', () => {
    class Options {
      key = 'k';
      toJSON() {
        return { key: 'other' };
      }
    }
    expect(JSON.stringify(plainOptions(new Options()))).toBe('{"key":"k"}');
  });

  test('are copied with the lists they hold', () => {
    const options = { keys: ['a', 'b'], items: [{ key: 'k', value: '🔑', ttl: undefined }], store: 's' };
    const plain = plainOptions(options);
    expect(plain).toEqual(options);
    expect(plain.keys).not.toBe(options.keys);
    expect((plain.items as unknown[])[0]).not.toBe(options.items[0]);
  });

  test('contain null for a gap or undefined in a list, as JSON does, and nowhere else', () => {
    // eslint-disable-next-line no-sparse-arrays -- what is shown
    const plain = plainOptions({ keys: [undefined, , 'a'], expected: undefined });
    expect(JSON.stringify(plain)).toBe('{"keys":[null,null,"a"]}');
  });

  test('lose the toJSON of a list or an item', () => {
    const keys = Object.assign(['a'], { toJSON: () => ['b'] });
    class Item {
      key = 'k';
      toJSON() {
        return { key: 'other' };
      }
    }
    expect(JSON.stringify(plainOptions({ keys, items: [new Item()] }))).toBe('{"keys":["a"],"items":[{"key":"k"}]}');
  });

  test('keep a field named __proto__ as a field', () => {
    const options = JSON.parse('{"__proto__":["k"],"items":[{"__proto__":"v"}]}') as object;
    const plain = plainOptions(options);
    expect(Object.getPrototypeOf(plain)).toBe(Object.prototype);
    expect(JSON.stringify(plain)).toBe(JSON.stringify(options));
  });

  const circular: { self?: unknown } = {};
  circular.self = circular;
  const circularList: unknown[] = [];
  circularList.push(circularList);

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
    ['a circular list', { keys: circularList }],
    ['a list in a list', { keys: [['a']] }],
    ['an object in an item', { items: [{ key: {} }] }],
    ['a list in an item', { items: [{ key: ['a'] }] }],
    ['a BigInt in a list', { keys: [1n] }],
    ['a function in an item', { items: [{ key: () => 'k' }] }],
    ['a set in place of a list', { keys: new Set(['a']) }],
    ['half a surrogate pair in a list', { keys: ['a', 'a\ud83d'] }],
    ['half a surrogate pair in an item', { items: [{ key: 'k', value: '\ude00a' }] }],
    ['a leading surrogate', { key: 'a\ud83d' }],
    ['a trailing surrogate', { value: '\ude00a' }],
    ['surrogates the wrong way round', { store: '\ude00\ud83d' }],
  ])('with %s are refused, and not quoted', (_, options) => {
    const call = () => plainOptions(options);
    expect(call).toThrow(SecureStorageError);
    expect(call).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', retryable: false }));
  });
});
