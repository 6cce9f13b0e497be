import { policies, sources } from '../page.mjs';

/** @type {import('../report.mjs').Check} */
export const frames = {
  name: 'frames',
  platforms: ['android', 'ios'],
  look(app) {
    return app.platform === 'android' ? lookAtBridge(app) : lookAtPage(app);
  },
};

/** @param {import('../app.mjs').App} app */
function lookAtBridge(app) {
  if (app.setting('android', 'useLegacyBridge') !== true) return [];
  return [
    {
      what: 'android.useLegacyBridge lets every frame call plugins.',
      why: 'The old bridge of Capacitor asks neither where a call comes from nor whether it comes from a frame: count every page in a frame as a part of the app. Leave the option out.',
    },
  ];
}

/** @param {import('../app.mjs').App} app */
function lookAtPage(app) {
  if (app.isServed()) return [];
  const found = policies(app.page());
  // Where there is none, the check of that name says so.
  if (found.length === 0 || found.some(hasOwnFramesOnly)) return [];
  return [
    {
      what: 'The page may show frames from elsewhere.',
      why: "Capacitor does not look on iOS which frame a call comes from: count every page in a frame as a part of the app. Set frame-src 'none' in the Content-Security-Policy, and open other pages with @capacitor/browser.",
    },
  ];
}

/** @param {Map<string, string[]>} policy */
function hasOwnFramesOnly(policy) {
  const list = sources(policy, 'frame-src', 'child-src');
  // What stands in quotes names no other host.
  return list?.every((source) => source.startsWith("'")) ?? false;
}
