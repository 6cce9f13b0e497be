/**
 * A failure after which every call works again: on Android a Keystore that is busy, on iOS a phone that was not unlocked since it started.
 *
 * @typedef {object} Failure
 * @property {string} code the error of every call meanwhile
 * @property {(simulator: import('../phone/simulator.mjs').Simulator) => Promise<void>} begin
 * @property {(simulator: import('../phone/simulator.mjs').Simulator) => Promise<void>} end
 */

/** @type {Record<import('../phone/web-views.mjs').Platform, Failure>} */
const failures = {
  android: {
    code: 'UNAVAILABLE',
    begin: (simulator) => simulator.command('keystore.fault', { fault: 'hardwareBusy', times: -1 }),
    end: (simulator) => simulator.command('keystore.clearFaults'),
  },
  ios: {
    code: 'LOCKED',
    begin: (simulator) => simulator.command('keychain.lock', { to: 'beforeFirstUnlock' }),
    end: (simulator) => simulator.command('keychain.lock', { to: 'unlocked' }),
  },
};

/** @param {import('../phone/web-views.mjs').Platform} platform */
export function unreadable(platform) {
  return failures[platform];
}
