import { isObject } from '../app.mjs';
import { UPDATERS } from './updater.mjs';

/** @type {import('../report.mjs').Check} */
export const bundle = {
  name: 'bundle',
  platforms: ['android', 'ios'],
  look(app) {
    const installed = app.plugins();
    // With the preference, Capacitor would forget the bundle of an updater.
    if (isDeployDisabled(app) || UPDATERS.some(({ name }) => installed.includes(name))) return [];
    const [writer] = WRITERS.filter((name) => installed.includes(name));
    if (writer === undefined) return [];
    return [
      {
        what: 'A script in the page can make the app start from other files.',
        why: `A script that was inserted into the page can write files with ${writer}, and make Capacitor load the app from them at every later start. Set cordova.preferences.DisableDeploy to 'true'; this needs no Cordova plugin.`,
      },
    ];
  },
};

/** Plugins with which a page can write files under any name. */
const WRITERS = [
  '@capacitor/filesystem',
  '@capacitor/file-transfer',
  'capacitor-blob-writer',
  '@capawesome/capacitor-file-picker',
  'cordova-plugin-file',
  'cordova-plugin-file-transfer',
  'cordova-plugin-advanced-http',
  'cordova-plugin-zip',
];

/** @param {import('../app.mjs').App} app */
function isDeployDisabled(app) {
  const preferences = app.setting('cordova', 'preferences');
  if (!isObject(preferences)) return false;
  // Capacitor ignores the case of the names.
  return Object.entries(preferences).some(
    ([name, value]) => name.toLowerCase() === 'disabledeploy' && String(value).toLowerCase() === 'true',
  );
}
