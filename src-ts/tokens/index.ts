import { SecureStorage } from '../index.js';

import type { TokenManagerOptions } from './definitions.js';
import { TokenManager } from './manager.js';

export type {
  LogOutOptions,
  RefreshContext,
  SessionEnd,
  TokenManagerOptions,
  TokenOptions,
  Tokens,
} from './definitions.js';
export { SessionEndedError } from './definitions.js';
export type { TokenManager } from './manager.js';

/**
 * Keeps the tokens of a session: renews them in time and one at a time, loses none, and reports the end of the session.
 *
 * @since 0.1.0
 */
export function createTokenManager(options: TokenManagerOptions): TokenManager {
  return new TokenManager({ storage: SecureStorage, ...options });
}
