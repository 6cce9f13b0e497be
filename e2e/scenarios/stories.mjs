/**
 * The libraries, and what their story asks of the server: one login, and no other to be restored.
 *
 * @type {Record<string, string[]>}
 */
export const STORIES = {
  supabase: ['/auth/v1/token password', '/auth/v1/token refresh_token', '/auth/v1/logout'],
  oidc: ['/authorize', '/token', '/revoke'],
  zustand: ['/login/zustand'],
  redux: ['/login/redux'],
  ionic: ['/login/ionic'],
};

/** How a story goes, whatever the library. */
export const EXPECTED = {
  'at first': null,
  'after the login': 'somebody',
  'what is stored then': 'something',
  'after coming back': 'the same',
  'what is stored after the logout': [],
  'after coming back again': null,
};

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
 * @returns {Promise<Map<string, Record<string, unknown>>>} how it went, as in {@link EXPECTED}
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
        'what is stored then': kept[index]?.length ? 'something' : kept[index],
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

/** @typedef {'open' | 'leave' | 'logIn' | 'logOut' | 'beginAnew'} Step */

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

/** What the library's store holds. @param {import('playwright-core').Page} page @param {string} name @returns {Promise<string[]>} */
export function keys(page, name) {
  return page.evaluate(async (name) => {
    const { stories, storage } = /** @type {any} */ (globalThis);
    return (await storage.keys({ store: stories[name].store })).value;
  }, name);
}
