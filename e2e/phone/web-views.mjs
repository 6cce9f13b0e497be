/** @typedef {'android' | 'ios'} Platform */

/**
 * What the system's WebView makes on each platform, and Chromium does not: the page's channel to the app.
 *
 * @typedef {object} WebView
 * @property {string} origin the origin of the page, as Capacitor sees it. In Chromium it is that of {@link PAGE_ORIGIN}
 * @property {string} channel a script for the page, before Capacitor's. It gives `window.simulatorPost` a text for each message
 * @property {(text: string) => unknown} message what the simulator receives of it
 */

/** The address in Chromium, which has no scheme `capacitor`. */
export const PAGE_ORIGIN = 'https://localhost';

/** @type {Record<Platform, WebView>} */
export const webViews = {
  android: {
    origin: PAGE_ORIGIN,
    channel: `if (location.origin === '${PAGE_ORIGIN}') {
  window.androidBridge = { postMessage: (data) => void window.simulatorPost(data), onmessage: null };
}`,
    message: (text) => text,
  },
  ios: {
    origin: 'capacitor://localhost',
    // WebKit gives the channel to every page, and clones what the page posts.
    channel: `{
  const spelled = ${spelled.toString()};
  const postMessage = (data) => void window.simulatorPost(JSON.stringify(spelled(structuredClone(data))));
  window.webkit = { messageHandlers: { bridge: { postMessage } } };
}`,
    message: JSON.parse,
  },
};

/**
 * The value in the spelling of `simulator/ios/README.md`, which JSON can carry. As in WebKit, a field that is `undefined` is left out,
 * and in a list it is null. Its source is sent to the page.
 *
 * @param {any} value
 * @returns {unknown}
 */
function spelled(value) {
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
    return { $number: Object.is(value, -0) ? '-0' : String(value) };
  }
  if (typeof value === 'string' && /\p{Surrogate}/u.test(value)) {
    return { $utf16: Array.from({ length: value.length }, (_, index) => value.charCodeAt(index)) };
  }
  if (value instanceof Date) return { $date: value.getTime() };
  if (Array.isArray(value)) return value.map((item) => spelled(item) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, spelled(field)]));
}
