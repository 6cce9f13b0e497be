import type { WebMode } from '../definitions.js';
import { SecureStorageError } from '../errors.js';

/** The option of `plugins.SecureStorage` in the Capacitor configuration that applies in a browser. */
export interface WebOptions {
  /**
   * What to do in a browser.
   *
   * @since 0.1.0
   * @default 'debug' on localhost, 'memory' elsewhere
   */
  web?: WebMode;
}

/**
 * Choose what the plugin does in a browser. Call this before any other call. On a phone it does nothing.
 *
 * A browser cannot read the Capacitor configuration, so pass it:
 *
 * ```ts
 * import config from '../capacitor.config';
 * configureWeb(config.plugins?.SecureStorage);
 * ```
 *
 * @since 0.1.0
 */
export function configureWeb(options: WebOptions = {}): void {
  const { web } = options;
  if (web !== undefined && !MODES.includes(web)) {
    throw new SecureStorageError('INVALID_ARGUMENT', `The option web must be one of ${MODES.join(', ')}`);
  }
  configured = web;
}

/** The configured mode, or the default for the host of the page. */
export function webMode(host = currentHost()): WebMode {
  if (configured === 'debug' && !(host !== undefined && matches(host, [...LOCAL, ...NEARBY]))) {
    throw new SecureStorageError(
      'UNSUPPORTED',
      "web: 'debug' stores values unencrypted, so it works only on localhost and in private networks",
    );
  }
  if (configured !== undefined) return configured;
  // A server that renders pages has many users, so it must not store one user's secrets.
  if (host === undefined) return 'deny';
  return matches(host, LOCAL) ? 'debug' : 'memory';
}

function matches(host: string, patterns: readonly RegExp[]): boolean {
  return patterns.some((pattern) => pattern.test(host));
}

function currentHost(): string | undefined {
  return (globalThis as { location?: Location }).location?.hostname;
}

const MODES: readonly WebMode[] = ['debug', 'memory', 'deny'];

/** The developer's own machine. */
const LOCAL = [/^(.+\.)?localhost$/, /^\[::1\]$/, /^127(\.\d{1,3}){3}$/];

/** Either a development server in the same network, or an app that a company serves there. Only the developer knows which. */
const NEARBY = [
  /^.+\.local$/,
  /^10(\.\d{1,3}){3}$/,
  /^192\.168(\.\d{1,3}){2}$/,
  /^172\.(1[6-9]|2\d|3[01])(\.\d{1,3}){2}$/,
];

let configured: WebMode | undefined;
