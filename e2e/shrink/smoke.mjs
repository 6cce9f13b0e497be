import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { writeAssets } from '../phone/assets.mjs';
import { BridgeCaller } from '../phone/bridge-caller.mjs';
import { libraryPath } from '../phone/requirements.mjs';
import { Simulator } from '../phone/simulator.mjs';

import { PLUGINS } from './shrinker.mjs';

/**
 * Tries in a shrunk app everything that crosses to Rust: values, lists, errors, events, a store that native code opens.
 *
 * @param {string} target the folder of the app
 */
export async function smoke(target) {
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-shrink-'));
  const assets = join(folder, 'assets.zip');
  await writeAssets(assets, 'android', { plugins: PLUGINS });
  /** @type {Simulator | undefined} */
  let simulator;
  try {
    simulator = await Simulator.start({ data: join(folder, 'data'), assets, libraryPath: libraryPath(), target });
    return await useApp(await BridgeCaller.open(simulator));
  } finally {
    await simulator?.kill();
    rmSync(folder, { recursive: true });
  }
}

/** The result of {@link smoke} if nothing is wrong. */
export const WELL = {
  set: { value: true },
  get: { value: 'value 🔑' },
  absent: { code: 'NOT_FOUND', retryable: false, message: 'Item with given key does not exist' },
  invalid: 'INVALID_ARGUMENT',
  many: { value: ['1', null, 'value 🔑'] },
  status: { state: 'ready', securityLevel: 'trustedEnvironment', records: 3 },
  events: ['storeReset: REQUESTED'],
  native: { keys: ['a', 'b'], values: ['1', '2'], removed: true, left: false },
  nativeError: { code: 'INVALID_ARGUMENT', retryable: false },
};

/** @param {BridgeCaller} caller */
async function useApp(caller) {
  /** @param {string} method @param {Record<string, unknown>} [options] */
  const call = (method, options) => caller.call('SecureStorage', method, options);
  /** @type {string[]} */
  const events = [];
  const reported = new Promise((resolve) => {
    caller.listen('SecureStorage', 'storeReset', ({ reason }) => resolve(events.push(`storeReset: ${reason}`)));
  });

  const set = await call('set', { key: 'key', value: 'value 🔑' });
  // Nothing else works then, and no event would arrive.
  if (set.code) return { set };
  const items = [
    { key: 'a', value: '1' },
    { key: 'b', value: '2' },
  ];
  const seen = {
    set,
    get: await call('get', { key: 'key' }),
    absent: await call('get', { key: 'absent' }),
    invalid: (await call('get', { key: 7 })).code,
    many: await call('setMany', { items }).then(() => call('getMany', { keys: ['a', 'absent', 'key'] })),
    status: pick(await call('getStatus'), ['state', 'securityLevel', 'records']),
    events,
  };
  await call('setMany', { items, store: 'other' });
  const native = await caller.call('AppCode', 'take', { store: 'other', key: 'a' });
  const nativeError = pick(await caller.call('AppCode', 'take', { store: '', key: 'a' }), ['code', 'retryable']);
  await call('reset');
  await Promise.race([reported, new Promise((resolve) => setTimeout(resolve, 5000))]);
  return { ...seen, native, nativeError };
}

/** @param {any} object @param {string[]} names */
function pick(object, names) {
  return Object.fromEntries(names.map((name) => [name, object[name]]));
}
