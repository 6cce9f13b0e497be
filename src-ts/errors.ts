import type { ErrorCode } from './definitions.js';

/**
 * The only error that the plugin's methods reject with. Its message never holds a key or a value.
 *
 * @since 0.1.0
 */
export class SecureStorageError extends Error {
  override readonly name = 'SecureStorageError';

  /** What went wrong. Codes are stable: branch on them. */
  readonly code: ErrorCode;

  /** Whether the same call may succeed later without a change in the app. */
  readonly retryable: boolean;

  /** The rejection that this error was made from, if any. */
  override readonly cause?: unknown;

  constructor(code: ErrorCode, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message);
    this.code = code;
    this.retryable = options.retryable ?? RETRYABLE[code];
    if ('cause' in options) this.cause = options.cause;
  }
}

/** Turns any rejection of the bridge into the error that the API promises. */
export function toSecureStorageError(cause: unknown): SecureStorageError {
  if (cause instanceof SecureStorageError) return cause;
  const { code, message, data } = (cause ?? {}) as {
    code?: unknown;
    message?: unknown;
    data?: { retryable?: unknown };
  };
  // Capacitor's own code for a plugin or method that is missing on the native side.
  if (code === 'UNIMPLEMENTED') {
    return new SecureStorageError(
      'UNSUPPORTED',
      'The native part of the plugin is missing or too old: run npx cap sync and build again',
      {
        cause,
      },
    );
  }
  if (!isErrorCode(code)) {
    return new SecureStorageError('INTERNAL', 'The call failed unexpectedly', { cause });
  }
  const retryable = typeof data?.retryable === 'boolean' ? data.retryable : RETRYABLE[code];
  return new SecureStorageError(code, typeof message === 'string' ? message : code, { retryable, cause });
}

export const NOT_FOUND_MESSAGE = 'Item with given key does not exist';

/** Every code, and whether it is retryable. */
export const RETRYABLE: Readonly<Record<ErrorCode, boolean>> = {
  AUTH_CANCELLED: true,
  AUTH_FAILED: true,
  AUTH_REQUIRED: true,
  BIOMETRY_LOCKOUT: true,
  BIOMETRY_NOT_ENROLLED: true,
  BIOMETRY_UNAVAILABLE: true,
  CORRUPT: false,
  CORRUPT_RECORD: false,
  INSUFFICIENT_SECURITY: false,
  INTERNAL: false,
  INVALID_ARGUMENT: false,
  IO: true,
  KEY_INVALIDATED: false,
  KEY_LOST: false,
  KEY_MISMATCH: false,
  LOCKED: true,
  MISSING_ENTITLEMENT: false,
  NEWER_FORMAT: false,
  NOT_FOUND: false,
  NOT_INITIALISED: false,
  STORAGE_FULL: true,
  TOO_LARGE: false,
  UNAVAILABLE: true,
  UNSUPPORTED: false,
};

function isErrorCode(code: unknown): code is ErrorCode {
  return (Object.keys(RETRYABLE) as unknown[]).includes(code);
}
