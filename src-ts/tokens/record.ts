import { SecureStorageError } from '../errors.js';

import type { Tokens } from './definitions.js';

/** The stored content of a session. */
export interface TokenRecord {
  version: 1;
  /** Different for each login. */
  session: string;
  /** Counts the renewals of a session: of two concurrent renewals, the higher number is the later one. */
  generation: number;
  tokens: Tokens;
  /** The manager that started to renew these tokens, and when, in milliseconds since 1970. */
  refreshing?: { by: string; at: number };
}

/** A record with the text that it was read from, which compare-and-set expects. */
export interface StoredRecord extends TokenRecord {
  text: string;
}

export function readRecord(text: string): StoredRecord {
  const record = parse(text) as Partial<TokenRecord> | null;
  if (
    record?.version !== 1 ||
    typeof record.session !== 'string' ||
    typeof record.generation !== 'number' ||
    typeof record.tokens?.accessToken !== 'string'
  ) {
    throw new SecureStorageError(
      'INVALID_ARGUMENT',
      'The item does not contain tokens of this version: use another key, or log in again',
    );
  }
  return { ...(record as TokenRecord), text };
}

export function writeRecord({ version, session, generation, tokens, refreshing }: TokenRecord): string {
  return JSON.stringify({ version, session, generation, tokens, refreshing });
}

/** True if the second record may replace the first. */
export function isOlder(record: TokenRecord, than: TokenRecord): boolean {
  return record.session === than.session && record.generation < than.generation;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own error quotes the tokens, so it is not passed on.
    return null;
  }
}

/** Checks tokens, and adds the previous refresh token if there is no new one. */
export function checkTokens(tokens: Tokens, before?: Tokens): Tokens {
  const {
    accessToken,
    refreshToken = before?.refreshToken,
    expiresAt,
  } = (tokens as Tokens | undefined) ?? ({} as Partial<Tokens>);
  if (
    typeof accessToken !== 'string' ||
    accessToken === '' ||
    (refreshToken !== undefined && typeof refreshToken !== 'string') ||
    (expiresAt !== undefined && !Number.isFinite(expiresAt))
  ) {
    throw new SecureStorageError(
      'INVALID_ARGUMENT',
      'Tokens need an accessToken; refreshToken must be a string, and expiresAt milliseconds since 1970',
    );
  }
  return { ...tokens, accessToken, refreshToken };
}
