import type { WebMode } from '../definitions.js';
import { SecureStorageError } from '../errors.js';

/** The part of `plugins.SecureStorage` in the Capacitor configuration that a browser understands. */
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
 * Choose what the plugin does in a browser. Call it before the first other call; on a phone it does nothing.
 *
 * A browser cannot read the Capacitor configuration, so hand it over:
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

/** The mode that was configured, or the one that fits the host of the page. */
export function webMode(host = currentHost()): WebMode {
  if (configured === 'debug' && !(host !== undefined && matches(host, [...LOCAL, ...NEARBY]))) {
    throw new SecureStorageError(
      'UNSUPPORTED',
      "web: 'debug' stores secrets unencrypted and works on localhost and in private networks only",
    );
  }
  if (configured !== undefined) return configured;
  // A server that renders pages is no place for one user's secrets.
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

/** A development server in the same network, or an app that a company serves there: only the developer can tell which. */
const NEARBY = [
  /^.+\.local$/,
  /^10(\.\d{1,3}){3}$/,
  /^192\.168(\.\d{1,3}){2}$/,
  /^172\.(1[6-9]|2\d|3[01])(\.\d{1,3}){2}$/,
];

let configured: WebMode | undefined;
