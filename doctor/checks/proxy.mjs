import { policies, sources } from '../page.mjs';

/** @type {import('../report.mjs').Check} */
export const proxy = {
  name: 'proxy',
  platforms: ['android', 'ios'],
  look(app) {
    if (isOpen(app.platform, app.version(`@capacitor/${app.platform}`))) {
      return [
        {
          what: `The installed @capacitor/${app.platform} serves content of any server under the app's own origin.`,
          why: "A path of the app's own origin fetches any address, even if CapacitorHttp is off, and a page from there can call plugins. A Content-Security-Policy with 'self' does not prevent this. Update Capacitor to 8.5.1 or later.",
        },
      ];
    }
    return app.setting('plugins', 'CapacitorHttp', 'enabled') === true && !app.isServed() ? lookAtPage(app) : [];
  },
};

/** The first minor and patch version of each major version without the open path. */
const CLOSED = new Map([
  [6, [2, 2]],
  [7, [6, 9]],
  [8, [5, 1]],
]);
/** Minor versions of 8 that were fixed for Android only, and the first fixed patch. */
const CLOSED_ON_ANDROID = new Map([
  [3, 5],
  [4, 3],
]);

/** @param {string} platform @param {readonly [number, number, number]} version */
function isOpen(platform, [major, minor, patch]) {
  const [closedMinor, closedPatch] = CLOSED.get(major) ?? [0, 0];
  if (minor > Number(closedMinor) || (minor === closedMinor && patch >= Number(closedPatch))) return false;
  const mended = platform === 'android' && major === 8 ? CLOSED_ON_ANDROID.get(minor) : undefined;
  return mended === undefined || patch < mended;
}

/** @param {import('../app.mjs').App} app */
function lookAtPage(app) {
  const found = policies(app.page());
  // The check `policy` warns if there is no policy.
  if (found.length === 0 || found.some((policy) => !takesWholeOrigin(policy, originOf(app)))) return [];
  return [
    {
      what: "plugins.CapacitorHttp.enabled serves scripts of any server under the app's own origin.",
      why: `It opens a path of the app's own origin that fetches any address, and script-src 'self' allows scripts from there. Allow only the folder of the app's scripts, such as ${originOf(app) ?? 'https://localhost'}/assets/, or turn CapacitorHttp off: its functions still work.`,
    },
  ];
}

/** @param {Map<string, string[]>} policy @param {string | undefined} origin */
function takesWholeOrigin(policy, origin) {
  const scripts = sources(policy, 'script-src-elem', 'script-src')?.map((source) => source.toLowerCase());
  // The check `policy` warns if every script is allowed.
  if (scripts === undefined || scripts.includes("'strict-dynamic'")) return false;
  return scripts.some((source) => source === "'self'" || source.replace(/\/$/, '') === origin);
}

/** The origin of the page; `undefined` if the configuration changes it. @param {import('../app.mjs').App} app */
function originOf(app) {
  const scheme = app.setting('server', `${app.platform}Scheme`) ?? app.setting('server', 'hostname');
  return scheme === undefined ? `${app.platform === 'ios' ? 'capacitor' : 'https'}://localhost` : undefined;
}
