import { readFileSync } from 'node:fs';

import plist from 'plist';

/**
 * The functions and names for whose use Apple requires a reason, by the category to declare. From "Describing use of required
 * reason API" in Apple's documentation.
 *
 * @type {Record<string, { functions: string[], names: RegExp }>}
 */
const CATEGORIES = {
  NSPrivacyAccessedAPICategoryFileTimestamp: {
    functions: ['getattrlist', 'getattrlistbulk', 'fgetattrlist', 'getattrlistat', 'stat', 'fstat', 'fstatat', 'lstat'],
    names: /\b(creationDate|modificationDate|fileModificationDate|contentModificationDateKey|creationDateKey)\b/,
  },
  NSPrivacyAccessedAPICategorySystemBootTime: { functions: ['mach_absolute_time'], names: /\bsystemUptime\b/ },
  NSPrivacyAccessedAPICategoryDiskSpace: {
    functions: ['statfs', 'statvfs', 'fstatfs', 'fstatvfs'],
    names: /\b(volumeAvailableCapacity\w*|volumeTotalCapacityKey|systemFreeSize|systemSize)\b/,
  },
  NSPrivacyAccessedAPICategoryActiveKeyboards: { functions: [], names: /\bactiveInputModes\b/ },
  NSPrivacyAccessedAPICategoryUserDefaults: { functions: [], names: /\b(NS)?UserDefaults\b/ },
};

/**
 * The categories that a library and Swift sources must declare.
 *
 * @param {string[]} imports as the linker knows them
 * @param {string[]} sources
 */
export function categoriesOf(imports, sources) {
  // Some functions have a suffix, such as `$INODE64`.
  const called = new Set(imports.map((name) => name.replace(/^_|\$.*$/g, '')));
  return Object.entries(CATEGORIES)
    .filter(
      ([, { functions, names }]) =>
        functions.some((name) => called.has(name)) || sources.some((text) => names.test(text)),
    )
    .map(([category]) => category)
    .sort();
}

/**
 * The content of a privacy manifest.
 *
 * @param {string} path
 */
export function readPrivacyManifest(path) {
  const manifest = /** @type {Record<string, any>} */ (plist.parse(readFileSync(path, 'utf8')));
  const types = /** @type {Record<string, any>[]} */ (manifest.NSPrivacyAccessedAPITypes);
  return {
    keys: Object.keys(manifest).sort(),
    tracking: manifest.NSPrivacyTracking,
    domains: manifest.NSPrivacyTrackingDomains,
    collected: manifest.NSPrivacyCollectedDataTypes,
    reasons: Object.fromEntries(
      types.map((type) => [String(type.NSPrivacyAccessedAPIType), type.NSPrivacyAccessedAPITypeReasons]),
    ),
  };
}
