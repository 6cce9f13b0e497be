import { policies, sources } from '../page.mjs';

/** @type {import('../report.mjs').Check} */
export const proxy = {
  name: 'proxy',
  platforms: ['android', 'ios'],
  look(app) {
    if (isOpen(app.platform, app.version(`@capacitor/${app.platform}`))) {
      return [
        {
          what: `The installed @capacitor/${app.platform} lets what any server sends pass for a part of the app.`,
          why: "A path of the app's own origin fetches any address, even where CapacitorHttp is off, and its answer has the plugins. A Content-Security-Policy with 'self' does not stop it. Update Capacitor to 8.5.1 or later.",
        },
      ];
    }
    return app.setting('plugins', 'CapacitorHttp', 'enabled') === true && !app.isServed() ? lookAtPage(app) : [];
  },
};

/** The first version of each major one without the open path. */
const CLOSED = new Map([
  [6, [2, 2]],
  [7, [6, 9]],
  [8, [5, 1]],
]);
/** Minor versions of 8 that were mended for Android alone, and with which patch. */
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
  // Where there is none, the check of that name says so.
  if (found.length === 0 || found.some((policy) => !takesWholeOrigin(policy, originOf(app)))) return [];
  return [
    {
      what: 'plugins.CapacitorHttp.enabled lets a script of any server pass for one of the app.',
      why: `It opens a path of the app's own origin that fetches any address, and script-src 'self' allows it. Name the folder of the app's scripts in its place, such as ${originOf(app) ?? 'https://localhost'}/assets/, or leave CapacitorHttp off: its functions work without.`,
    },
  ];
}

/** @param {Map<string, string[]>} policy @param {string | undefined} origin */
function takesWholeOrigin(policy, origin) {
  const scripts = sources(policy, 'script-src-elem', 'script-src')?.map((source) => source.toLowerCase());
  // What allows every script is for another check.
  if (scripts === undefined || scripts.includes("'strict-dynamic'")) return false;
  return scripts.some((source) => source === "'self'" || source.replace(/\/$/, '') === origin);
}

/** Where the page lies, unless the configuration says otherwise. @param {import('../app.mjs').App} app */
function originOf(app) {
  const scheme = app.setting('server', `${app.platform}Scheme`) ?? app.setting('server', 'hostname');
  return scheme === undefined ? `${app.platform === 'ios' ? 'capacitor' : 'https'}://localhost` : undefined;
}
