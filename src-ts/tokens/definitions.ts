import type { SecureStorageApi } from '../definitions.js';

/**
 * The tokens of a session, with more properties if you like. They are stored as one item, so that an access token and a refresh token always
 * belong together.
 *
 * @since 0.1.0
 */
export interface Tokens {
  accessToken: string;
  /** Without it, the session ends when the access token expires. */
  refreshToken?: string;
  /** When the access token expires, in milliseconds since 1970. Without it, the token counts as valid until a server refuses it. */
  expiresAt?: number;
  [more: string]: string | number | boolean | null | undefined;
}

export interface TokenManagerOptions {
  /**
   * Asks the server for new tokens. If the result has no refresh token, the old one is kept.
   *
   * Reject with a `SessionEndedError` if the server says that the session is over (`invalid_grant`), and with any other error if the manager
   * may try again.
   *
   * @since 0.1.0
   */
  refresh: (tokens: Tokens, context: RefreshContext) => Promise<Tokens>;

  /**
   * Called when the session has ended and its tokens are removed, except by `logOut`.
   *
   * @since 0.1.0
   */
  onSessionEnd?: (reason: SessionEnd) => void;

  /**
   * The name of the store.
   *
   * @since 0.1.0
   * @default 'default'
   */
  store?: string;

  /**
   * The key of the item.
   *
   * @since 0.1.0
   * @default 'tokens'
   */
  key?: string;

  /**
   * An access token that is valid for fewer seconds than this is renewed.
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
   * The storage for the tokens.
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
   * Prevents two pages from renewing at once; `null` for none. For tests.
   *
   * @since 0.1.0
   * @default navigator.locks, if the browser has it
   */
  locks?: Pick<LockManager, 'request'> | null;
}

export interface RefreshContext {
  /**
   * Whether an earlier renewal with these tokens started and its result is unknown: the app was killed, or the network failed. If the server
   * replaced the refresh token then, it treats this one as stolen.
   *
   * @since 0.1.0
   */
  interrupted: boolean;

  /**
   * Aborted when the renewal takes longer than `refreshTimeout`.
   *
   * @since 0.1.0
   */
  signal: AbortSignal;
}

export interface TokenOptions {
  /**
   * Overrides the manager's `minTtl`, in seconds.
   *
   * @since 0.1.0
   */
  minTtl?: number;

  /**
   * An access token that a server has refused. If it is still the current one, it is renewed before it expires.
   *
   * @since 0.1.0
   */
  rejected?: string;
}

export interface LogOutOptions {
  /**
   * Tells the server, after the tokens are removed from the device. Gets the newest tokens.
   *
   * @since 0.1.0
   */
  revoke?: (tokens: Tokens) => Promise<unknown>;

  /**
   * How many seconds to wait for `revoke`.
   *
   * @since 0.1.0
   * @default 5
   */
  timeout?: number;
}

/**
 * Why a session has ended: `expired` if the access token has expired and cannot be renewed; `revoked` if the server says so; `interrupted` if
 * the server says so after an interrupted renewal, so it may have treated the refresh token as stolen.
 *
 * @since 0.1.0
 */
export type SessionEnd = 'expired' | 'revoked' | 'interrupted';

/**
 * Reject `refresh` with this error when the server says that the session is over.
 *
 * @since 0.1.0
 */
export class SessionEndedError extends Error {
  override readonly name = 'SessionEndedError';

  constructor(message = 'The session is over') {
    super(message);
  }
}
