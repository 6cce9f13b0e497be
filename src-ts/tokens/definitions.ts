import type { SecureStorageApi } from '../definitions.js';

/**
 * What a session consists of. It is stored as one item, so that an access token never meets the refresh token of another time. More
 * may be kept with it.
 *
 * @since 0.1.0
 */
export interface Tokens {
  accessToken: string;
  /** Without one the session ends with the access token. */
  refreshToken?: string;
  /** When the access token expires, in milliseconds since 1970. Without it, it counts as valid until a server refuses it. */
  expiresAt?: number;
  [more: string]: string | number | boolean | null | undefined;
}

export interface TokenManagerOptions {
  /**
   * Asks the server for new tokens. If it answers without a refresh token, the old one is kept.
   *
   * Reject with a `SessionEndedError` if the server says that the session is over (`invalid_grant`), and with anything else if it may
   * be tried again.
   *
   * @since 0.1.0
   */
  refresh: (tokens: Tokens, context: RefreshContext) => Promise<Tokens>;

  /**
   * Is told that the session has ended and its tokens are gone, other than by `logOut`.
   *
   * @since 0.1.0
   */
  onSessionEnd?: (reason: SessionEnd) => void;

  /**
   * The store.
   *
   * @since 0.1.0
   * @default 'default'
   */
  store?: string;

  /**
   * The name of the item.
   *
   * @since 0.1.0
   * @default 'tokens'
   */
  key?: string;

  /**
   * For how many seconds an access token must at least be valid yet to be handed out without being renewed.
   *
   * @since 0.1.0
   * @default 60
   */
  minTtl?: number;

  /**
   * After how many seconds a renewal counts as failed.
   *
   * @since 0.1.0
   * @default 30
   */
  refreshTimeout?: number;

  /**
   * Where the tokens are kept.
   *
   * @since 0.1.0
   * @default SecureStorage
   */
  storage?: SecureStorageApi;

  /**
   * The clock, in milliseconds since 1970. For tests.
   *
   * @since 0.1.0
   * @default Date.now
   */
  now?: () => number;

  /**
   * Keeps two pages from renewing at once; `null` for none. For tests.
   *
   * @since 0.1.0
   * @default navigator.locks, where there is one
   */
  locks?: Pick<LockManager, 'request'> | null;
}

export interface RefreshContext {
  /**
   * Whether an earlier renewal with these tokens was begun, and nobody knows how it ended: the app was killed, or the network failed. If
   * the server has rotated the refresh token then, it takes this one for a replay.
   *
   * @since 0.1.0
   */
  interrupted: boolean;

  /**
   * Is aborted when the time for the renewal is up.
   *
   * @since 0.1.0
   */
  signal: AbortSignal;
}

export interface TokenOptions {
  /**
   * In place of the manager's `minTtl`, in seconds.
   *
   * @since 0.1.0
   */
  minTtl?: number;

  /**
   * An access token that a server has refused. If it is still the current one, it is renewed whatever its expiry.
   *
   * @since 0.1.0
   */
  rejected?: string;
}

export interface LogOutOptions {
  /**
   * Tells the server, after the tokens are gone from the device. It is given the newest tokens there were.
   *
   * @since 0.1.0
   */
  revoke?: (tokens: Tokens) => Promise<unknown>;

  /**
   * How many seconds to wait for it.
   *
   * @since 0.1.0
   * @default 5
   */
  timeout?: number;
}

/**
 * Why a session has ended: its access token has expired and cannot be renewed; the server says so; or it says so after a renewal that
 * was interrupted, so that it may take the session for a stolen one.
 *
 * @since 0.1.0
 */
export type SessionEnd = 'expired' | 'revoked' | 'interrupted';

/**
 * What `refresh` rejects with when the server says that the session is over.
 *
 * @since 0.1.0
 */
export class SessionEndedError extends Error {
  override readonly name = 'SessionEndedError';

  constructor(message = 'The session is over') {
    super(message);
  }
}
