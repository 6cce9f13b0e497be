import { existsSync } from 'node:fs';

import { build } from 'vite';

import { fromRoot } from '../../scripts/paths.mjs';

const FOLDER = 'e2e/libraries';
const BUILT = 'build/libraries';

/** What is missing for the tests with other libraries, or `undefined`. */
export function missingForLibraries() {
  return existsSync(fromRoot(`${FOLDER}/node_modules`)) ? undefined : `the packages of ${FOLDER} are not installed`;
}

/** Builds the page with the libraries. @returns {Promise<string>} its folder */
export async function buildLibraries() {
  await build({
    root: fromRoot(FOLDER),
    configFile: false,
    logLevel: 'error',
    build: { outDir: fromRoot(BUILT), emptyOutDir: true, chunkSizeWarningLimit: 1000 },
  });
  return BUILT;
}

/**
 * The servers that the libraries sign in to: Supabase's, one for OpenID Connect, and an app's own.
 *
 * A refresh token works once, and only until it is revoked, as with a server that rotates refresh tokens.
 */
export class AuthServer {
  /** The requests, in order. @type {string[]} */
  requests = [];

  /** The refresh tokens that still work. */
  #valid = new Set();
  #codes = new Set();
  #secret;

  /** @param {(label: string) => string} secret makes a token that occurs nowhere else */
  constructor(secret) {
    this.#secret = secret;
  }

  /** @param {import('playwright-core').BrowserContext} context */
  async answer(context) {
    await context.route('https://server.example/**', async (route) => {
      const request = route.request();
      const headers = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };
      if (request.method() === 'OPTIONS') return route.fulfill({ status: 204, headers });
      const { status = 200, body } = this.#handle(new URL(request.url()), request);
      return route.fulfill({ status, headers, contentType: 'application/json', body: JSON.stringify(body ?? {}) });
    });
  }

  /**
   * @param {URL} url
   * @param {import('playwright-core').Request} request
   * @returns {{ status?: number, body?: unknown }}
   */
  #handle(url, request) {
    const form = new URLSearchParams(request.postData() ?? '');
    const grant = url.searchParams.get('grant_type') ?? form.get('grant_type');
    this.requests.push(`${url.pathname}${grant ? ` ${grant}` : ''}`);
    if (url.pathname.startsWith('/login/')) return { body: { user: 'ada', token: this.#secret("an app's token") } };
    switch (url.pathname) {
      case '/auth/v1/token':
        if (grant === 'refresh_token' && !this.#spend(request.postDataJSON().refresh_token)) return refused();
        // The first one is about to expire, so the library must renew it after the restart.
        return { body: this.#session(grant === 'password' ? 60 : 3600) };
      case '/auth/v1/logout':
        this.#valid.clear();
        return { status: 204 };
      case '/authorize': {
        const code = this.#secret('a code');
        this.#codes.add(code);
        const state = url.searchParams.get('state');
        return { body: { url: `${url.searchParams.get('redirect_uri')}?code=${code}&state=${state}` } };
      }
      case '/token': {
        const valid =
          grant === 'refresh_token'
            ? this.#spend(form.get('refresh_token'))
            : form.get('code_verifier') && this.#codes.delete(form.get('code'));
        return valid ? { body: { ...this.#session(3600), id_token: this.#jwt('ada') } } : refused();
      }
      case '/revoke':
        this.#spend(form.get('token'));
        return {};
      default:
        return { status: 404 };
    }
  }

  /** @param {number} seconds */
  #session(seconds) {
    const refreshToken = this.#secret('a refresh token');
    this.#valid.add(refreshToken);
    return {
      access_token: this.#jwt('ada'),
      token_type: 'bearer',
      expires_in: seconds,
      expires_at: Math.floor(Date.now() / 1000) + seconds,
      refresh_token: refreshToken,
      user: { id: 'ada', email: 'ada@example.com', aud: 'authenticated' },
    };
  }

  /** @param {unknown} token */
  #spend(token) {
    return this.#valid.delete(token);
  }

  /** @param {string} subject */
  #jwt(subject) {
    const part = (/** @type {unknown} */ value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = {
      iss: 'https://server.example',
      sub: subject,
      aud: 'app',
      exp: Math.floor(Date.now() / 1000) + 3600,
    };
    return `${part({ alg: 'none' })}.${part(claims)}.${this.#secret('the signature of a token')}`;
  }
}

function refused() {
  return { status: 400, body: { error: 'invalid_grant', error_code: 'refresh_token_not_found', msg: 'refused' } };
}
