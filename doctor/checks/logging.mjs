/** @type {import('../report.mjs').Check} */
export const logging = {
  name: 'logging',
  platforms: ['android', 'ios'],
  look(app) {
    // Capacitor uses the first of these that is a string, and ignores its case.
    const places = [[app.platform, 'loggingBehavior'], ['loggingBehavior']];
    const place = places.find((path) => typeof app.setting(...path) === 'string');
    if (place === undefined) return hidesLogs(app) ? [HIDE_LOGS] : [];
    if (String(app.setting(...place)).toLowerCase() !== 'production') return [];
    return [
      {
        what: `${place.join('.')} is 'production'.`,
        why: "Release builds then write the options of every call, secrets included, to the system's log. Set it to 'none', or to 'debug'.",
      },
    ];
  },
};

const HIDE_LOGS = {
  what: 'hideLogs has no effect.',
  why: "Capacitor 8 ignores it, and debug builds write the options of every call, secrets included, to the system's log. Set loggingBehavior to 'none' instead.",
};

/** @param {import('../app.mjs').App} app */
function hidesLogs(app) {
  return app.setting(app.platform, 'hideLogs') === true || app.setting('hideLogs') === true;
}
