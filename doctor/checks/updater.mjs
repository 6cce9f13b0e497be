/** @type {import('../report.mjs').Check} */
export const updater = {
  name: 'updater',
  platforms: ['android', 'ios'],
  look(app) {
    const installed = app.plugins();
    return UPDATERS.filter(({ name, key }) => installed.includes(name) && !isText(app.setting('plugins', ...key))).map(
      ({ name, key }) => ({
        what: `${name} accepts unsigned updates.`,
        why: `An update replaces the app: it can call every plugin and read every secret. Without a key, whoever controls the server or the account of the updates controls the app. Sign the updates, and set plugins.${key.join('.')}.`,
      }),
    );
  },
};

/** Plugins that replace the page of an app, and the option with the key for signed updates. */
export const UPDATERS = [
  { name: '@capgo/capacitor-updater', key: ['CapacitorUpdater', 'publicKey'] },
  { name: '@capawesome/capacitor-live-update', key: ['LiveUpdate', 'publicKey'] },
  { name: '@capacitor/live-updates', key: ['LiveUpdates', 'key'] },
];

/** @param {unknown} value */
function isText(value) {
  return typeof value === 'string' && value.trim() !== '';
}
