/**
 * The libraries, and what their story asks of the server: one login, and no other to be restored.
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
 * What the libraries call what they store, while somebody is signed in.
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

/** How a story goes. @param {string} name */
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
 * What a story has asked of the server. What a library repeats in its own time counts once.
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
 * All sign in, go away, come back, are still signed in, sign out, and stay so. They do it side by side, since an app takes time to start.
 *
 * @param {string[]} names
 * @param {App} app
 * @returns {Promise<Map<string, Record<string, unknown>>>} how it went, as in {@link expected}
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

/** Signs in, and leaves it at that. @param {import('playwright-core').Page} page @param {string} name */
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
 * @returns {Promise<unknown>} what it answered, and of an error the code
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

/** What the library's store holds. @param {import('playwright-core').Page} page @param {string} name @returns {Promise<string[]>} */
export function keys(page, name) {
  return page.evaluate(async (name) => {
    const { stories, storage } = /** @type {any} */ (globalThis);
    return (await storage.keys({ store: stories[name].store })).value;
  }, name);
}
