import { PREFIX, appSettings, readPlist, settingOf } from '../xcode.mjs';

const KEYS = ['keychain-access-groups', 'com.apple.security.application-groups'];

/** @type {import('../report.mjs').Warning} */
const DEFAULT = {
  what: "The first group under Keychain Sharing is not the app's own.",
  why: 'Without plugins.SecureStorage.ios.accessGroup, a new store is in the first group, and every app with that group can read it. Put $(AppIdentifierPrefix) with the bundle identifier first.',
};

/** @type {import('../report.mjs').Check} */
export const accessGroup = {
  name: 'access-group',
  platforms: ['ios'],
  look(app) {
    const group = app.setting('plugins', 'SecureStorage', 'ios', 'accessGroup');
    if (typeof group !== 'string' || group === '') return appSettings(app).some(defaultsToOther(app)) ? [DEFAULT] : [];
    const listed = appSettings(app).map((settings) => granted(app, settings));
    // The group must be in every configuration: releases use one of them.
    if (listed.every((patterns) => patterns.some((pattern) => pattern.test(group)))) return [];
    return [
      {
        what: "plugins.SecureStorage.ios.accessGroup is not among the app's entitlements.",
        why: "Every call will reject with MISSING_ENTITLEMENT. In Xcode, add the group under Keychain Sharing for the app's target and every configuration, and write it in the option with the team's prefix, such as ABCDE12345.com.example.shared.",
      },
    ];
  },
};

/**
 * The access groups that an app with these build settings has.
 *
 * @param {import('../app.mjs').App} app
 * @param {string} settings
 */
function granted(app, settings) {
  const identifier = settingOf(settings, 'PRODUCT_BUNDLE_IDENTIFIER') ?? '*';
  const groups = KEYS.flatMap((key) => entitledTo(app, settings, key));
  // The system gives every app a group with the app's own name.
  return [...groups, `${PREFIX}$(PRODUCT_BUNDLE_IDENTIFIER)`].map((group) => pattern(named(group, identifier)));
}

/**
 * The groups that the entitlements list under a key.
 *
 * @param {import('../app.mjs').App} app
 * @param {string} settings
 * @param {string} key
 */
function entitledTo(app, settings, key) {
  const file = settingOf(settings, 'CODE_SIGN_ENTITLEMENTS');
  const entitlements = file === undefined ? '' : readPlist(app, 'App', ...file.split('/'));
  const [, list = ''] = new RegExp(`<key>${key}</key>\\s*<array>([\\s\\S]*?)</array>`).exec(entitlements) ?? [];
  return [...list.matchAll(/<string>([^<]*)<\/string>/g)].map(([, group = '']) => group.trim());
}

/** @param {string} group @param {string} identifier */
function named(group, identifier) {
  return group.replace(/\$[({](?:CFBundleIdentifier|PRODUCT_BUNDLE_IDENTIFIER)[)}]/g, identifier);
}

/** True if the system puts new rows into a group that is certainly not the app's own. @param {import('../app.mjs').App} app */
function defaultsToOther(app) {
  return (/** @type {string} */ settings) => {
    const identifier = settingOf(settings, 'PRODUCT_BUNDLE_IDENTIFIER');
    const [first] = entitledTo(app, settings, KEYS[0] ?? '');
    if (first === undefined || identifier === undefined || identifier.includes('$')) return false;
    const own = named(first, identifier).replace(/^(\$[({](App|Team)IdentifierPrefix[)}]|[A-Z0-9]{10}\.)/, '');
    return own !== identifier && !own.includes('$');
  };
}

/** Matches what Xcode can write for a group when it signs the app. An unknown variable matches anything. @param {string} entry */
function pattern(entry) {
  const parts = entry.split(/(\$[({][^)}]*[)}]|\*)/).map((part) => {
    if (/^\$.(AppIdentifierPrefix|TeamIdentifierPrefix)/.test(part)) return '[A-Z0-9]{10}\\.';
    return /^[$*]/.test(part) ? '.+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}
