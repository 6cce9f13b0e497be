/**
 * The libraries, and the requests of their story to the server: one login, and none to restore the session.
 *
 * @type {Record<string, string[]>}
 */
export const STORIES = {
  supabase: ['/auth/v1/token password', '/auth/v1/token refresh_token', '/auth/v1/logout'],
  oidc: ['/authorize', '/token authorization_code', '/revoke'],
  zustand: ['/login/zustand'],
  redux: ['/login/redux'],
  ionic: ['/login/ionic'],
};

/**
 * The keys under which the libraries store data while somebody is signed in.
 *
 * @type {Record<string, string[]>}
 */
const KEYS = {
  supabase: ['sb-server-auth-token'],
  oidc: ['oidc.user:https://server.example:app'],
  zustand: ['session'],
  redux: ['persist:root'],
  ionic: ['session', 'theme'],
};

/** The expected course of a story. @param {string} name */
export function expected(name) {
  return {
    'at first': null,
    'after the login': 'somebody',
    'what is stored then': KEYS[name],
    'after coming back': 'the same',
    'what is stored after the logout': [],
    'after coming back again': null,
  };
}

/**
 * The requests of a story to the server. Requests that a library repeats by itself count once.
 *
 * @param {import('../libraries/bundle.mjs').AuthServer} server
 * @param {string} name
 */
export function asked(server, name) {
  const requests = server.requests.filter((request) => STORIES[name]?.includes(request));
  return requests.filter((request, index) => request !== requests[index - 1]);
}

/**
 * @typedef {object} App
 * @property {() => import('playwright-core').Page} page
 * @property {() => Promise<void>} comeBack ends the app and starts it again
 */

/**
 * All libraries sign in, are restarted, are still signed in, sign out, and stay signed out. They run in parallel, since an app takes time to start.
 *
 * @param {string[]} names
 * @param {App} app
 * @returns {Promise<Map<string, Record<string, unknown>>>} how it went, in the form of {@link expected}
 */
export async function playStories(names, { page, comeBack }) {
  const all = (/** @type {Step} */ step, /** @type {string[]} */ addresses = []) =>
    Promise.all(names.map((name, index) => act(page(), name, step, addresses[index])));
  const stored = () => Promise.all(names.map((name) => keys(page(), name)));

  const atFirst = await all('open');
  const addresses = await all('leave');
  await comeBack();
  await all('open');
  const users = await all('logIn', addresses.map(String));
  const kept = await stored();
  await comeBack();
  const restored = await all('open');
  await all('logOut');
  const left = await stored();
  await comeBack();
  const last = await all('open');

  return new Map(
    names.map((name, index) => [
      name,
      {
        'at first': atFirst[index],
        'after the login': users[index] ? 'somebody' : users[index],
        'what is stored then': kept[index],
        'after coming back': restored[index] === users[index] ? 'the same' : restored[index],
        'what is stored after the logout': left[index],
        'after coming back again': last[index],
      },
    ]),
  );
}

/** Signs in, and does nothing else. @param {import('playwright-core').Page} page @param {string} name */
export async function signIn(page, name) {
  await act(page, name, 'open');
  return act(page, name, 'logIn', (await act(page, name, 'leave')) ?? '');
}

/** @typedef {'open' | 'leave' | 'logIn' | 'renew' | 'logOut' | 'askAgain' | 'beginAnew' | 'events' | 'openOther'} Step */

/**
 * Makes a call of a story.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} name
 * @param {Step} step
 * @param {string} [address]
 * @returns {Promise<string | null | undefined>}
 */
export function act(page, name, step, address) {
  return page.evaluate(
    ([name, step, address]) => /** @type {any} */ (globalThis).stories[name][step]?.(address),
    /** @type {const} */ ([name, step, address]),
  );
}

/**
 * Makes a call of a story that may fail.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} name
 * @param {Step} step
 * @returns {Promise<unknown>} its result, or the code of an error
 */
export function attempt(page, name, step) {
  return page.evaluate(async ([name, step]) => {
    try {
      return await /** @type {any} */ (globalThis).stories[name][step]?.();
    } catch (error) {
      const { code, error: answered } = /** @type {any} */ (error);
      return `rejected: ${code ?? answered}`;
    }
  }, /** @type {const} */ ([name, step]));
}

/** The keys in the library's store. @param {import('playwright-core').Page} page @param {string} name @returns {Promise<string[]>} */
export function keys(page, name) {
  return page.evaluate(async (name) => {
    const { stories, storage } = /** @type {any} */ (globalThis);
    return (await storage.keys({ store: stories[name].store })).value;
  }, name);
}
