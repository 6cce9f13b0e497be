// Windows that come and go in one process, as when the system discards an app's scene: nothing of them stays.

import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { MessagePage } from '../../phone/message-page.mjs';
import { SimulatedApp } from '../../phone/simulated-app.mjs';

const LIVES = 300;
/** What a process may grow by in 200 lives, in kilobytes: less than 100 for each. */
const GROWTH = 20_000;

/** @type {SimulatedApp} */
let app;

beforeAll(async () => {
  app = await SimulatedApp.start();
});

afterAll(() => app.remove());

test(`after ${LIVES} windows, no bridge, plugin, worker, store or Rust object of them is left`, async () => {
  const { simulator } = app;
  /** @type {number[]} */
  const sizes = [];
  for (let life = 1; life <= LIVES; life++) {
    await live(life);
    await simulator.command('closeScene');
    await simulator.command('openScene');
    if (life % 100 === 0) sizes.push(kilobytes(simulator.pid));
  }
  const none = { controller: 0, webView: 0, bridge: 0, plugin: 0, worker: 0, storage: 0, events: 0, rust: 0 };
  await expect.poll(() => simulator.command('lives')).toEqual(none);
  const [first = 0, , last = 0] = sizes;
  expect(last - first).toBeLessThan(GROWTH);
  expect(await simulator.command('keychain.liveObjects')).toBe(0);
});

/** One window: a listener, some calls, and in every third window calls that still wait when it is closed. @param {number} life */
async function live(life) {
  const page = new MessagePage(app.simulator);
  page.listen('storeReset', () => undefined);
  expect(await page.call('set', { key: 'k', value: String(life) })).toEqual({ value: true });
  if (life % 10 === 0) {
    // An event, and no more than one store in quarantine.
    expect(await page.call('reset')).toEqual({ value: true });
    expect(await page.call('clear')).toEqual({ value: true });
  }
  if (life % 3 === 0) for (let count = 0; count < 20; count++) page.send('keys');
}

/** The memory of a process that is not shared. @param {number} pid */
function kilobytes(pid) {
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
