import { appSettings, readPlist, settingOf } from '../xcode.mjs';

const KEY = 'NSFaceIDUsageDescription';

/** @type {import('../report.mjs').Check} */
export const faceId = {
  name: 'face-id',
  platforms: ['ios'],
  look(app) {
    const authentication = app.setting('plugins', 'SecureStorage', 'ios', 'authentication');
    if (typeof authentication !== 'string' || authentication === 'devicePasscode') return [];
    const isThere = new RegExp(`<key>${KEY}</key>\\s*<string>\\s*[^<\\s]`);
    if (isThere.test(readPlist(app, 'App', 'App', 'Info.plist'))) return [];
    // Xcode can also write the entry from a build setting.
    if (appSettings(app).every((settings) => settingOf(settings, `INFOPLIST_KEY_${KEY}`) !== undefined)) return [];
    return [
      {
        what: `Info.plist has no ${KEY}.`,
        why: `plugins.SecureStorage.ios.authentication uses Face ID, and the system refuses that to an app without a stated purpose. Add ${KEY} with a sentence for the user to ios/App/App/Info.plist.`,
      },
    ];
  },
};
