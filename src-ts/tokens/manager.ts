import type { SecureStorageApi } from '../definitions.js';
import { SecureStorageError } from '../errors.js';

import { Backoff } from './backoff.js';
import {
  type LogOutOptions,
  SessionEndedError,
  type SessionEnd,
  type TokenManagerOptions,
  type TokenOptions,
  type Tokens,
} from './definitions.js';
import { checkTokens, type StoredRecord } from './record.js';
import { TokenStore } from './store.js';
import { pause, withTimeout } from './time.js';

type Options = TokenManagerOptions & { storage: SecureStorageApi };

/**
 * The tokens of one session.
 *
 * @since 0.1.0
 */
export class TokenManager {
  private readonly options: Options & { key: string; minTtl: number; now: () => number };
  private readonly id = randomName();
  private readonly timeout: number;
  private readonly locks: Pick<LockManager, 'request'> | null;
  private readonly backoff: Backoff;
  private readonly store: TokenStore;
  /** The renewal that is running. Concurrent callers share it. */
  private renewal?: Promise<Tokens | null>;
  /** Renewed tokens that arrived after their session had ended. A logout revokes them. */
  private late?: Tokens;

  /** @internal */
  constructor(options: Options) {
    this.options = { key: 'tokens', minTtl: 60, now: Date.now, ...options };
    this.timeout = (options.refreshTimeout ?? 30) * 1000;
    const { navigator } = globalThis as { navigator?: { locks?: LockManager } };
    this.locks = options.locks === undefined ? (navigator?.locks ?? null) : options.locks;
    this.backoff = new Backoff(this.options.now);
    this.store = new TokenStore(options.storage, this.options.key, options.store);
  }

  /**
   * Returns a valid access token, and renews it first if needed; `null` only if there certainly is no session. Concurrent calls share one
   * renewal.
   *
   * Rejects with a `SecureStorageError` if the store cannot be read, and with the error of `refresh` if the token is no longer valid and could
   * not be renewed. The session continues in both cases.
   *
   * @since 0.1.0
   */
  async getAccessToken({ minTtl = this.options.minTtl, rejected }: TokenOptions = {}): Promise<string | null> {
    const record = await this.store.read();
    if (!record) return null;
    const { tokens } = record;
    const refused = rejected !== undefined && rejected === tokens.accessToken;
    if (!refused && this.isValid(tokens, minTtl)) return tokens.accessToken;
    try {
      const renewed = await (this.renewal ??= this.renew(tokens).finally(() => (this.renewal = undefined)));
      return renewed?.accessToken ?? null;
    } catch (error) {
      if (!refused && this.isValid(tokens, 0)) return tokens.accessToken;
      throw error;
    }
  }

  /**
   * Returns all tokens of the session without renewing them; `null` if there is no session.
   *
   * @since 0.1.0
   */
  async getTokens(): Promise<Tokens | null> {
    return (await this.store.read())?.tokens ?? null;
  }

  /**
   * Starts a session and replaces an existing one. The promise resolves when the tokens are on the disk.
   *
   * @since 0.1.0
   */
  async setTokens(tokens: Tokens): Promise<void> {
    await this.store.put({ version: 1, session: randomName(), generation: 1, tokens: checkTokens(tokens) });
    this.backoff.succeeded();
  }

  /**
   * Ends the session, first on this device and then at the server. A running renewal does not bring it back. Returns whether the server was
   * told.
   *
   * @since 0.1.0
   */
  async logOut({ revoke, timeout = 5 }: LogOutOptions = {}): Promise<{ revoked: boolean }> {
    this.late = undefined;
    // A damaged item cannot be read, so there is nothing to revoke. It is removed anyway.
    const record = await this.store.read().catch((error: unknown) => {
      if (error instanceof SecureStorageError && !error.retryable) return null;
      throw error;
    });
    await this.store.remove();
    if (!revoke) return { revoked: false };
    const told = withTimeout(timeout * 1000, async () => {
      await this.renewal?.catch(() => undefined);
      const newest = this.late ?? record?.tokens;
      if (!newest) return false;
      await revoke(newest);
      return true;
    });
    return { revoked: await told.catch(() => false) };
  }

  private isValid({ expiresAt }: Tokens, minTtl: number): boolean {
    return expiresAt === undefined || expiresAt > this.options.now() + minTtl * 1000;
  }

  /** Renews one at a time: in this page, and with locks of the browser among all pages. */
  private async renew(before: Tokens): Promise<Tokens | null> {
    this.backoff.check();
    const run = () => this.renewAlone(before);
    if (!this.locks) return run();
    const { store = 'default', key } = this.options;
    return this.locks.request<Promise<Tokens | null>>(`strongroom-tokens:${store}:${key}`, run);
  }

  private async renewAlone(before: Tokens): Promise<Tokens | null> {
    for (;;) {
      const record = await this.store.read();
      if (!record) return null;
      // Another page was quicker.
      if (record.tokens.accessToken !== before.accessToken) return record.tokens;
      if (record.tokens.refreshToken === undefined) return this.endWithoutRenewal(record);
      if (await this.isUnderWay(record)) continue;

      // The mark is stored before the server is asked: after a kill, the next process has to know that the tokens may be used up.
      const refreshing = { by: this.id, at: this.options.now() };
      const marked = await this.store.replace(record, { ...record, refreshing });
      if (marked) return this.ask(marked, record.refreshing !== undefined);
    }
  }

  /** Waits a moment if another page or process is renewing. With locks, a renewal that holds no lock was killed. */
  private async isUnderWay({ refreshing }: StoredRecord): Promise<boolean> {
    if (this.locks || !refreshing || refreshing.by === this.id) return false;
    const age = this.options.now() - refreshing.at;
    if (age < 0 || age > this.timeout) return false;
    await pause(POLL);
    return true;
  }

  private async ask(record: StoredRecord, interrupted: boolean): Promise<Tokens | null> {
    const { refresh } = this.options;
    try {
      const renewed = await withTimeout(this.timeout, async (signal) => {
        const answer = await refresh(record.tokens, { interrupted, signal });
        // Stored even if the caller no longer waits for it.
        return this.accept(record, checkTokens(answer, record.tokens));
      });
      this.backoff.succeeded();
      return renewed;
    } catch (error) {
      if (error instanceof SessionEndedError) return this.end(record, interrupted ? 'interrupted' : 'revoked');
      this.backoff.failed(error);
      throw error;
    }
  }

  /** Stores the new tokens before the next request: the server may no longer accept the old refresh token. */
  private async accept(record: StoredRecord, tokens: Tokens): Promise<Tokens | null> {
    const { version, session, generation } = record;
    const current = await this.store.renew(record, { version, session, generation: generation + 1, tokens });
    if (current?.session !== session) this.late = tokens;
    return current?.tokens ?? null;
  }

  private async endWithoutRenewal(record: StoredRecord): Promise<Tokens | null> {
    if (this.isValid(record.tokens, 0)) return record.tokens;
    return this.end(record, 'expired');
  }

  /** Removes the tokens, unless another page has newer ones. */
  private async end(record: StoredRecord, reason: SessionEnd): Promise<Tokens | null> {
    if (!(await this.store.removeIfCurrent(record))) {
      const other = await this.store.read();
      // Another page has marked the same tokens. Its renewal will fail, and it will find them removed.
      if (other?.session === record.session && other.generation === record.generation) return this.end(other, reason);
      return other?.tokens ?? null;
    }
    const { onSessionEnd } = this.options;
    if (onSessionEnd)
      queueMicrotask(() => {
        onSessionEnd(reason);
      });
    return null;
  }
}

/** How long to wait before looking again whether another page has finished, in milliseconds. */
const POLL = 200;

function randomName(): string {
  return Math.random().toString(36).slice(2);
}
