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
      why: "Capacitor's old bridge checks neither the origin nor the frame of a call, so every page in a frame can read every secret. Remove the option.",
    },
  ];
}

/** @param {import('../app.mjs').App} app */
function lookAtPage(app) {
  if (app.isServed()) return [];
  const found = policies(app.page());
  // The check `policy` warns if there is no policy.
  if (found.length === 0 || found.some(hasOwnFramesOnly)) return [];
  return [
    {
      what: 'The page allows frames of other origins.',
      why: "On iOS, Capacitor does not check which frame a call comes from, so every page in a frame can read every secret. Set frame-src 'none' in the Content-Security-Policy, and open other pages with @capacitor/browser.",
    },
  ];
}

/** @param {Map<string, string[]>} policy */
function hasOwnFramesOnly(policy) {
  const list = sources(policy, 'frame-src', 'child-src');
  // A source in quotes allows no other host.
  return list?.every((source) => source.startsWith("'")) ?? false;
}
