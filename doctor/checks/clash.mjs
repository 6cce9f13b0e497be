const SAME_ID = '@aparajita/capacitor-secure-storage';

/** @type {import('../report.mjs').Check} */
export const clash = {
  name: 'clash',
  platforms: ['android', 'ios'],
  look(app) {
    if (!app.plugins().includes(SAME_ID)) return [];
    return [
      {
        what: `${SAME_ID} is built into the app, too.`,
        why: 'Both plugins are registered as SecureStorage. Only one of them receives calls, so calls for the other fail or reach the wrong store. Uninstall one. To move its data first, give it another name: docs/guide/moving-in.md.',
      },
    ];
  },
};
