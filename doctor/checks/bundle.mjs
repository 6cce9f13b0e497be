import { isObject } from '../app.mjs';
import { UPDATERS } from './updater.mjs';

/** @type {import('../report.mjs').Check} */
export const bundle = {
  name: 'bundle',
  platforms: ['android', 'ios'],
  look(app) {
    const installed = app.plugins();
    // An updater keeps its own bundle where the preference would have it forgotten.
    if (isDeployDisabled(app) || UPDATERS.some(({ name }) => installed.includes(name))) return [];
    const [writer] = WRITERS.filter((name) => installed.includes(name));
    if (writer === undefined) return [];
    return [
      {
        what: 'The app can be made to start from other files than those it came with.',
        why: `A script that was slipped into the page can write files with ${writer}, and make Capacitor load the app from there at every later start. Set cordova.preferences.DisableDeploy to 'true', which no Cordova plugin is needed for.`,
      },
    ];
  },
};

/** Plugins with which a page writes files under names of its choice. */
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
  // The names are read without regard to case.
  return Object.entries(preferences).some(
    ([name, value]) => name.toLowerCase() === 'disabledeploy' && String(value).toLowerCase() === 'true',
  );
}
