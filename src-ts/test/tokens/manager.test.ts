import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { FakeSecureStorage } from '../../testing/index.js';
import { createTokenManager, SessionEndedError, type TokenManagerOptions, type Tokens } from '../../tokens/index.js';

import { AuthorisationServer } from './server.js';

const HOUR = 3_600_000;

let fake: FakeSecureStorage;
let server: AuthorisationServer;
const ended = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  fake = new FakeSecureStorage();
  server = new AuthorisationServer();
  ended.mockClear();
});

afterEach(() => {
  vi.useRealTimers();
});

function manager(options: Partial<TokenManagerOptions> = {}) {
  return createTokenManager({
    storage: fake.storage,
    refresh: async ({ refreshToken }) => server.refresh(refreshToken),
    onSessionEnd: ended,
    locks: null,
    ...options,
  });
}

/** A session that exists when the app starts. */
async function signedIn(options?: Partial<TokenManagerOptions>) {
  const tokens = manager(options);
  await tokens.setTokens(server.logIn());
  return tokens;
}

const passes = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

describe('an access token', () => {
  test('is null without a session', async () => {
    expect(await manager().getAccessToken()).toBeNull();
    expect(await manager().getTokens()).toBeNull();
  });

  test('is returned while it is valid for more than a minute', async () => {
    const tokens = await signedIn();
    await passes(HOUR - 61_000);
    expect(await tokens.getAccessToken()).toBe('access-1');
    await passes(1_000);
    expect(await tokens.getAccessToken()).toBe('access-2');
    expect(server.asked).toBe(1);
    expect(server.isCurrent(await manager().getTokens())).toBe(true);
  });

  test('is renewed earlier with a larger minTtl', async () => {
    const tokens = await signedIn();
    expect(await tokens.getAccessToken({ minTtl: 3599 })).toBe('access-1');
    expect(await tokens.getAccessToken({ minTtl: 3600 })).toBe('access-2');
    // Longer than the server grants: the newest token is returned.
    expect(await tokens.getAccessToken({ minTtl: 7200 })).toBe('access-3');
  });

  test('without an expiry is valid until a server refuses it', async () => {
    const tokens = manager();
    await tokens.setTokens({ ...server.logIn(), expiresAt: undefined });
    await passes(1000 * HOUR);
    expect(await tokens.getAccessToken()).toBe('access-1');
    expect(await tokens.getAccessToken({ rejected: 'access-1' })).toBe('access-2');
  });

  test('is renewed once for many concurrent calls', async () => {
    const tokens = await signedIn();
    await passes(HOUR);
    const seen = await Promise.all(Array.from({ length: 50 }, () => tokens.getAccessToken()));
    expect(new Set(seen)).toEqual(new Set(['access-2']));
    expect(server.asked).toBe(1);
  });

  test('that a server refused is renewed once, and an older refused one is not', async () => {
    const tokens = await signedIn();
    const refused = await Promise.all(
      Array.from({ length: 10 }, () => tokens.getAccessToken({ rejected: 'access-1' })),
    );
    expect(new Set(refused)).toEqual(new Set(['access-2']));
    expect(await tokens.getAccessToken({ rejected: 'access-1' })).toBe('access-2');
    expect(server.asked).toBe(1);
  });

  test('is the same after a restart, with the other properties', async () => {
    await manager({ store: 'session', key: 'k' }).setTokens({ ...server.logIn(), scope: 'mail', idToken: null });
    const tokens = await manager({ store: 'session', key: 'k' }).getTokens();
    expect(tokens).toMatchObject({ accessToken: 'access-1', scope: 'mail', idToken: null });
    expect(await fake.storage.keys({ store: 'session' })).toEqual({ value: ['k'] });
    expect(await fake.storage.keys()).toEqual({ value: [] });
  });

  test.each([undefined, null, {}, { accessToken: '' }, { accessToken: 7 }, { accessToken: 'a', refreshToken: 7 }])(
    'cannot be %j',
    async (wrong) => {
      const tokens = await signedIn();
      await expect(tokens.setTokens(wrong as unknown as Tokens)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect(await tokens.getAccessToken()).toBe('access-1');
    },
  );
});

describe('a renewal', () => {
  test('keeps the refresh token if the server sends none', async () => {
    const tokens = await signedIn({
      refresh: async () => ({ accessToken: 'fresh', expiresAt: Date.now() + HOUR }),
    });
    await passes(HOUR);
    expect(await tokens.getAccessToken()).toBe('fresh');
    expect(await tokens.getTokens()).toMatchObject({ accessToken: 'fresh', refreshToken: 'refresh-1' });
  });

  test('that fails does not matter while the token is valid, and otherwise rejects with the error', async () => {
    const offline = new TypeError('offline');
    const tokens = await signedIn({ refresh: () => Promise.reject(offline) });
    await passes(HOUR - 30_000);
    expect(await tokens.getAccessToken()).toBe('access-1');
    await passes(30_000);
    await expect(tokens.getAccessToken()).rejects.toBe(offline);
    await expect(tokens.getAccessToken({ rejected: 'access-1' })).rejects.toBe(offline);
    expect(ended).not.toHaveBeenCalled();
    expect(await tokens.getTokens()).toMatchObject({ refreshToken: 'refresh-1' });
  });

  test('that fails is repeated after a pause, and the pause grows', async () => {
    let down = true;
    const refresh = vi.fn(async ({ refreshToken }: Tokens) => {
      if (down) throw new TypeError('offline');
      return server.refresh(refreshToken);
    });
    const tokens = await signedIn({ refresh });
    await passes(HOUR);
    for (let second = 0; second < 120; second++) {
      await tokens.getAccessToken().catch(() => undefined);
      await passes(1_000);
    }
    expect(refresh.mock.calls.length).toBeGreaterThan(4);
    expect(refresh.mock.calls.length).toBeLessThan(12);
    down = false;
    await passes(60_000);
    expect(await tokens.getAccessToken()).toBe('access-2');
    await passes(HOUR);
    expect(await tokens.getAccessToken()).toBe('access-3');
  });

  test('is not delayed by a clock that was set back', async () => {
    const tokens = await signedIn({ refresh: () => Promise.reject(new TypeError('offline')) });
    await passes(HOUR);
    await expect(tokens.getAccessToken()).rejects.toThrow('offline');
    vi.setSystemTime(Date.now() - 100 * HOUR);
    expect(await tokens.getAccessToken()).toBe('access-1');
  });

  test('times out if the server does not answer, and a late answer is not lost', async () => {
    let answer: (tokens: Tokens) => void = () => undefined;
    const refresh = vi.fn(
      (_: Tokens, { signal }: { signal: AbortSignal }) =>
        new Promise<Tokens>((resolve) => {
          answer = resolve;
          expect(signal.aborted).toBe(false);
        }),
    );
    const tokens = await signedIn({ refresh, refreshTimeout: 10 });
    await passes(HOUR);
    const asked = expect(tokens.getAccessToken()).rejects.toThrow('did not answer in time');
    await passes(10_000);
    await asked;
    expect(refresh.mock.calls[0]?.[1].signal.aborted).toBe(true);
    answer(server.refresh('refresh-1'));
    await passes(0);
    expect(await tokens.getAccessToken()).toBe('access-2');
    expect(server.replayed).toBe(false);
  });

  test('rejects if the server does not answer with tokens', async () => {
    const tokens = await signedIn({ refresh: () => Promise.resolve({} as Tokens) });
    await passes(HOUR);
    await expect(tokens.getAccessToken()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await tokens.getTokens()).toMatchObject({ refreshToken: 'refresh-1' });
  });
});

describe('the end of a session', () => {
  test('is reported once if the server ends it', async () => {
    const tokens = await signedIn();
    server.endSession();
    await passes(HOUR);
    expect(await Promise.all([tokens.getAccessToken(), tokens.getAccessToken()])).toEqual([null, null]);
    expect(ended.mock.calls).toEqual([['revoked']]);
    expect(await fake.storage.keys()).toEqual({ value: [] });
  });

  test('is reported as interrupted after an interrupted renewal, and refresh is told, too', async () => {
    const killed = await signedIn({ refresh: () => new Promise(() => undefined) });
    await passes(HOUR);
    void killed.getAccessToken().catch(() => undefined);
    await passes(31_000);
    server.endSession();
    const contexts: boolean[] = [];
    const tokens = manager({
      refresh: async (_, { interrupted }) => {
        contexts.push(interrupted);
        throw new SessionEndedError();
      },
    });
    expect(await tokens.getAccessToken()).toBeNull();
    expect(contexts).toEqual([true]);
    expect(ended.mock.calls).toEqual([['interrupted']]);
  });

  test('comes when the access token expires, if there is no refresh token', async () => {
    const tokens = manager();
    await tokens.setTokens({ accessToken: 'a', expiresAt: Date.now() + 30_000 });
    expect(await tokens.getAccessToken()).toBe('a');
    await passes(30_000);
    expect(await tokens.getAccessToken()).toBeNull();
    expect(ended.mock.calls).toEqual([['expired']]);
  });

  test('needs no listener', async () => {
    const tokens = await signedIn({ onSessionEnd: undefined });
    server.endSession();
    await passes(HOUR);
    expect(await tokens.getAccessToken()).toBeNull();
  });
});

describe('a store that fails', () => {
  test('never counts as the end of a session', async () => {
    const tokens = await signedIn();
    fake.lock();
    await passes(HOUR);
    await expect(tokens.getAccessToken()).rejects.toMatchObject({ code: 'LOCKED', retryable: true });
    await expect(tokens.logOut()).rejects.toMatchObject({ code: 'LOCKED' });
    fake.unlock();
    expect(await tokens.getAccessToken()).toBe('access-2');
    expect(ended).not.toHaveBeenCalled();
  });

  test('loses no renewed token: it is used at once, and stored when there is space', async () => {
    const tokens = await signedIn({
      refresh: async ({ refreshToken }) => {
        // The mark is on the disk. After that, the disk is full.
        if (server.asked === 0) fake.fail('STORAGE_FULL', { method: 'compareAndSet', times: 3 });
        return server.refresh(refreshToken);
      },
    });
    await passes(HOUR);
    expect(await tokens.getAccessToken()).toBe('access-2');
    expect(await tokens.getAccessToken()).toBe('access-2');
    expect(await tokens.getAccessToken()).toBe('access-2');
    expect(server.isCurrent(await manager().getTokens())).toBe(false);
    expect(await tokens.getAccessToken()).toBe('access-2');
    expect(server.isCurrent(await manager().getTokens())).toBe(true);
    await passes(HOUR);
    expect(await tokens.getAccessToken()).toBe('access-3');
    expect(server.replayed).toBe(false);
  });

  test('before the request to the server changes nothing', async () => {
    const tokens = await signedIn();
    await passes(HOUR);
    fake.fail('IO', { method: 'compareAndSet' });
    await expect(tokens.getAccessToken()).rejects.toMatchObject({ code: 'IO' });
    expect(server.asked).toBe(0);
    expect(await tokens.getAccessToken()).toBe('access-2');
  });

  test('with a damaged item rejects; a login or a logout repairs it', async () => {
    const tokens = await signedIn();
    fake.corrupt({ key: 'tokens' });
    await expect(tokens.getAccessToken()).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
    await tokens.setTokens(server.logIn());
    expect(await tokens.getAccessToken()).toBe('access-2');
    fake.corrupt({ key: 'tokens' });
    expect(await tokens.logOut({ revoke: () => Promise.resolve() })).toEqual({ revoked: false });
    expect(await tokens.getAccessToken()).toBeNull();
  });

  test.each(['top secret', '{"version":2}', 'null', '{"version":1,"generation":1,"tokens":{"accessToken":"x"}}'])(
    'with something else under its key (%s) rejects without quoting it',
    async (text) => {
      await fake.storage.set({ key: 'tokens', value: text });
      const error: unknown = await manager()
        .getAccessToken()
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect(String(error)).not.toContain('secret');
      expect(await fake.storage.get({ key: 'tokens' })).toEqual({ value: text });
    },
  );
});

describe('a logout', () => {
  test('removes the tokens, then tells the server', async () => {
    const tokens = await signedIn();
    const revoke = vi.fn(async () => {
      expect(await fake.storage.keys()).toEqual({ value: [] });
    });
    expect(await tokens.logOut({ revoke })).toEqual({ revoked: true });
    expect(revoke).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ refreshToken: 'refresh-1' }));
    expect(await tokens.getAccessToken()).toBeNull();
    expect(ended).not.toHaveBeenCalled();
  });

  test('succeeds without a server, without a session, and if the server fails or does not answer', async () => {
    const tokens = await signedIn();
    expect(await tokens.logOut()).toEqual({ revoked: false });
    const revoke = vi.fn(() => Promise.reject(new TypeError('offline')));
    expect(await tokens.logOut({ revoke })).toEqual({ revoked: false });
    expect(revoke).not.toHaveBeenCalled();
    await tokens.setTokens(server.logIn());
    expect(await tokens.logOut({ revoke })).toEqual({ revoked: false });
    await tokens.setTokens(server.logIn());
    const waiting = tokens.logOut({ revoke: () => new Promise(() => undefined), timeout: 2 });
    await passes(2_000);
    expect(await waiting).toEqual({ revoked: false });
    expect(await tokens.getAccessToken()).toBeNull();
  });

  test('wins over a running renewal, whose tokens are revoked', async () => {
    const tokens = await signedIn({
      refresh: async ({ refreshToken }) => {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        return server.refresh(refreshToken);
      },
    });
    await passes(HOUR);
    const renewing = tokens.getAccessToken();
    await passes(500);
    const revoke = vi.fn(() => Promise.resolve());
    const leaving = tokens.logOut({ revoke });
    await passes(1_000);
    expect(await renewing).toBeNull();
    expect(await leaving).toEqual({ revoked: true });
    expect(revoke).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ refreshToken: 'refresh-2' }));
    expect(await fake.storage.keys()).toEqual({ value: [] });
    expect(ended).not.toHaveBeenCalled();
  });

  test('and a new login during a renewal keep the new session', async () => {
    const old = server;
    const tokens = await signedIn({
      refresh: async ({ refreshToken }) => {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        return old.refresh(refreshToken);
      },
    });
    await passes(HOUR);
    const renewing = tokens.getAccessToken();
    await passes(500);
    await tokens.logOut();
    await tokens.setTokens({ accessToken: 'of another user', refreshToken: 'r' });
    await passes(1_000);
    expect(await renewing).toBe('of another user');
    expect(await tokens.getAccessToken()).toBe('of another user');
    expect(await manager().getTokens()).toMatchObject({ refreshToken: 'r' });
  });
});

describe('with locks of the browser', () => {
  /** Works like `navigator.locks`: one at a time for each name. */
  function lockManager() {
    const last = new Map<string, Promise<unknown>>();
    const request = vi.fn((name: string, run: () => unknown) => {
      const mine = (last.get(name) ?? Promise.resolve()).catch(() => undefined).then(run);
      last.set(name, mine);
      return mine;
    });
    return { request } as unknown as Pick<LockManager, 'request'> & { request: typeof request };
  }

  test('two pages renew once', async () => {
    const locks = lockManager();
    const pages = [await signedIn({ locks }), manager({ locks })];
    await passes(HOUR);
    expect(await Promise.all(pages.map((page) => page.getAccessToken()))).toEqual(['access-2', 'access-2']);
    expect(server.asked).toBe(1);
    expect(locks.request.mock.calls[0]?.[0]).toBe('strongroom-tokens:default:tokens');
  });

  test('a renewal that holds no lock was killed, and nobody waits for it', async () => {
    const killed = await signedIn({ refresh: () => new Promise(() => undefined), locks: null });
    await passes(HOUR);
    void killed.getAccessToken().catch(() => undefined);
    await passes(1);
    const tokens = manager({ locks: lockManager() });
    expect(await tokens.getAccessToken()).toBe('access-2');
    expect(server.replayed).toBe(false);
  });
});
