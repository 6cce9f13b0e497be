import { describe, expect, test, vi } from 'vitest';

import { fromJSON, toJSON } from '../../client/json.js';
import { FakeSecureStorage } from '../../testing/index.js';

const { storage } = new FakeSecureStorage();

const EXACT: unknown[] = [
  'text',
  '',
  '2026-11-24T12:00:00.000Z',
  '/Date(0)/',
  '\ud83d half a pair',
  '\u2028 \u0000 " \\ 🔑',
  0,
  -0,
  0.1 + 0.2,
  5e-324,
  Number.MAX_VALUE,
  -1e21,
  true,
  false,
  null,
  [],
  {},
  [[], [null], {}],
  { a: { b: [1, { c: '2026-11-24' }] }, '': 0, 'a"b': 1, 2: 3 },
  JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "toJSON": "no function"}'),
  Object.assign(Object.create(null) as object, { made: 'without a prototype' }),
];

describe('JSON', () => {
  test.each(EXACT)('%j reads back as the same value', async (value) => {
    await storage.setJSON({ key: 'k', value: value as string });
    const read = (await storage.getJSON({ key: 'k' })).value;
    expect(read).toEqual(value);
    expect(Object.is(read, value) || typeof value === 'object').toBe(true);
    expect(toJSON(read)).toBe(toJSON(value));
  });

  test('writes the same as JSON.stringify, if that is exact', () => {
    for (const value of EXACT) if (!Object.is(value, -0)) expect(toJSON(value)).toBe(JSON.stringify(value));
  });

  test('the same object may appear twice, unless it contains itself', () => {
    const part = { a: 1 };
    expect(toJSON([part, part])).toBe('[{"a":1},{"a":1}]');
  });

  test('leaves out properties that are undefined', () => {
    expect(toJSON({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  const cycle: { self?: unknown } = {};
  cycle.self = [cycle];
  let deep: unknown = 0;
  for (let level = 0; level < 200_000; level++) deep = [deep];

  test.each([
    ['undefined', undefined],
    ['undefined in a list', [undefined]],
    // eslint-disable-next-line no-sparse-arrays -- what is refused
    ['a gap in a list', [1, , 2]],
    ['NaN', Number.NaN],
    ['infinity', { a: Number.POSITIVE_INFINITY }],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['bytes', new Uint8Array(1)],
    [
      'an object of a class',
      new (class Session {
        token = '';
      })(),
    ],
    ['a boxed string', Object('text')],
    ['a function', () => 0],
    ['a symbol', Symbol('s')],
    ['a big integer', 1n],
    ['an object with toJSON', { toJSON: () => 'another' }],
    ['a cycle', cycle],
    ['a value that is too deep', deep],
  ])('%s is refused and replaces nothing', async (_, value) => {
    await storage.setJSON({ key: 'k', value: 'before' });
    await expect(storage.setJSON({ key: 'k', value: value as string })).rejects.toMatchObject({
      name: 'SecureStorageError',
      code: 'INVALID_ARGUMENT',
      retryable: false,
    });
    expect(await storage.getJSON({ key: 'k' })).toEqual({ value: 'before' });
  });

  test('a value that is not JSON is refused and not quoted', async () => {
    await storage.set({ key: 'k', value: 'top secret' });
    const error: unknown = await storage.getJSON({ key: 'k' }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect((error as Error).cause).toBeUndefined();
    expect(JSON.stringify(error) + String(error) + String((error as Error).stack)).not.toContain('secret');
    expect(() => fromJSON('{"a": top secret')).toThrow(
      expect.not.objectContaining({ cause: expect.anything() as unknown }),
    );
  });

  test('rejects like get and set', async () => {
    await expect(storage.getJSON({ key: 'absent' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(storage.setJSON({ key: '', value: 1 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(storage.setJSON(undefined as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(storage.setJSON({ key: 'k', value: 'v'.repeat(1024 * 1024) })).rejects.toMatchObject({
      code: 'TOO_LARGE',
    });
  });

  test('respects the store and the expiry', async () => {
    vi.useFakeTimers();
    await storage.setJSON({ key: 'k', value: [1], store: 's', ttl: 60 });
    expect(await storage.getJSON({ key: 'k', store: 's' })).toEqual({ value: [1] });
    vi.advanceTimersByTime(60_000);
    await expect(storage.getJSON({ key: 'k', store: 's' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    vi.useRealTimers();
  });
});
