// Two pages on one store in many orders, and a page that is killed at each point. The server reports whether a refresh token came twice.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { SecureStorageApi } from '../../definitions.js';
import { FakeSecureStorage } from '../../testing/index.js';
import { createTokenManager, type TokenManagerOptions } from '../../tokens/index.js';

import { AuthorisationServer } from './server.js';

const HOUR = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A page whose calls of the storage and the server wait for `before` and `after`. */
function page(
  fake: FakeSecureStorage,
  server: AuthorisationServer,
  { before, after = before }: { before: () => Promise<void>; after?: () => Promise<void> },
  options: Partial<TokenManagerOptions> = {},
) {
  const held = async <T>(call: () => Promise<T>) => {
    await before();
    const answer = await call();
    await after();
    return answer;
  };
  const storage: SecureStorageApi = {
    ...fake.storage,
    getMany: (given) => held(() => fake.storage.getMany(given)),
    compareAndSet: (given) => held(() => fake.storage.compareAndSet(given)),
    removeMany: (given) => held(() => fake.storage.removeMany(given)),
    set: (given) => held(() => fake.storage.set(given)),
  };
  const refresh: TokenManagerOptions['refresh'] = ({ refreshToken }) => held(async () => server.refresh(refreshToken));
  return createTokenManager({ storage, refresh, locks: null, ...options });
}

/** Reproducible random numbers between 0 and 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function session() {
  const fake = new FakeSecureStorage();
  const server = new AuthorisationServer();
  const reader = createTokenManager({ storage: fake.storage, refresh: () => Promise.reject(new Error()), locks: null });
  await reader.setTokens(server.logIn());
  await vi.advanceTimersByTimeAsync(HOUR);
  return { fake, server, reader };
}

test.each(Array.from({ length: 300 }, (_, seed) => seed))(
  'two pages never use a token twice (order %i)',
  async (seed) => {
    const { fake, server, reader } = await session();
    const next = numbers(seed);
    const wait = () => new Promise<void>((resolve) => setTimeout(resolve, next() * 20));
    const pages = [page(fake, server, { before: wait }), page(fake, server, { before: wait })];
    const asks = pages.flatMap((each) => [each.getAccessToken(), each.getAccessToken()]);
    const all = Promise.all(asks);
    await vi.advanceTimersByTimeAsync(5_000);
    const seen = await all;
    const stored = await reader.getTokens();
    expect(server.replayed).toBe(false);
    expect(server.asked).toBe(1);
    expect(server.isCurrent(stored)).toBe(true);
    expect(new Set(seen)).toEqual(new Set([stored?.accessToken]));
  },
);

test.each(Array.from({ length: 100 }, (_, seed) => seed))('a logout during a renewal wins (order %i)', async (seed) => {
  const { fake, server, reader } = await session();
  const next = numbers(seed);
  const wait = () => new Promise<void>((resolve) => setTimeout(resolve, next() * 20));
  const [renewing, leaving] = [page(fake, server, { before: wait }), page(fake, server, { before: wait })];
  const asked = renewing.getAccessToken();
  await vi.advanceTimersByTimeAsync(next() * 200);
  const left = leaving.logOut();
  await vi.advanceTimersByTimeAsync(5_000);
  await Promise.all([asked, left]);
  expect(await reader.getTokens()).toBeNull();
  expect(await fake.storage.keys()).toEqual({ value: [] });
});

describe('a page that is killed', () => {
  /** The steps of a single renewal: read, read again, mark, ask, store. Each has a point before and a point after it. */
  const POINTS = 10;

  /** Renews until it is killed at a point. @returns whether it got that far */
  async function killedAt(point: number, { fake, server }: { fake: FakeSecureStorage; server: AuthorisationServer }) {
    let passed = 0;
    const step = () => (passed++ === point ? new Promise<never>(() => undefined) : Promise.resolve());
    const done = vi.fn();
    void page(fake, server, { before: step }).getAccessToken().then(done, done);
    await vi.advanceTimersByTimeAsync(100);
    return done.mock.calls.length === 0;
  }

  test('passes exactly this many points', async () => {
    expect(await killedAt(POINTS - 1, await session())).toBe(true);
    expect(await killedAt(POINTS, await session())).toBe(false);
  });

  test.each(Array.from({ length: POINTS }, (_, point) => point))(
    'at point %i leaves a session, or reports its end',
    async (point) => {
      const made = await session();
      const { fake, server, reader } = made;
      await killedAt(point, made);
      const asked = server.asked;
      const stored = server.isCurrent(await reader.getTokens());
      const ended = vi.fn();
      const pass = { before: () => Promise.resolve() };
      const next = page(fake, server, pass, { onSessionEnd: ended }).getAccessToken();
      await vi.advanceTimersByTimeAsync(40_000);
      // Only if it is killed after the answer and before the tokens are stored, a client can do nothing.
      if (asked === 1 && !stored) {
        expect(await next).toBeNull();
        expect(ended.mock.calls).toEqual([['interrupted']]);
      } else {
        expect(await next).not.toBeNull();
        expect(server.replayed).toBe(false);
        expect(ended).not.toHaveBeenCalled();
        expect(server.isCurrent(await reader.getTokens())).toBe(true);
      }
    },
  );
});

describe('a store that fails at one call', () => {
  test.each(Array.from({ length: 5 }, (_, call) => call))('call %i: no token is lost', async (failing) => {
    const { fake, server, reader } = await session();
    let calls = 0;
    const before = () => {
      if (calls++ === failing) fake.fail('IO');
      return Promise.resolve();
    };
    const tokens = page(fake, server, { before, after: () => Promise.resolve() });
    await tokens.getAccessToken().catch(() => undefined);
    await vi.advanceTimersByTimeAsync(61_000);
    expect(await tokens.getAccessToken()).not.toBeNull();
    expect(server.replayed).toBe(false);
    expect(server.isCurrent(await reader.getTokens())).toBe(true);
  });
});
