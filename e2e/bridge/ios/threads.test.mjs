// The shim under ThreadSanitizer: listeners that come and go while events fire, pages that navigate, and windows that close with calls
// waiting. What is not compiled for it, Rust and Foundation, it does not see.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { fromRoot } from '../../../scripts/paths.mjs';
import { MessagePage } from '../../phone/message-page.mjs';
import { SimulatedApp } from '../../phone/simulated-app.mjs';
import { threadReports } from '../../phone/thread-reports.mjs';

const TARGET = fromRoot('simulator/ios/target/thread');
const BUILT = existsSync(join(TARGET, 'runtime'));
const SECONDS = 10;

if (!BUILT) console.log('SKIPPED: threads.test.mjs: the simulator is not built with --sanitize=thread');

test.runIf(BUILT)(`ThreadSanitizer reports nothing in ${SECONDS} seconds of load`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-reports-'));
  // Without this, there would be no reports either.
  expect(readFileSync(join(TARGET, 'app')).includes('__tsan_init')).toBe(true);
  const options = `log_path=${join(folder, 'report')} exitcode=0 halt_on_error=0`;
  const app = await SimulatedApp.start({ target: TARGET, env: { TSAN_OPTIONS: options } });
  // Without the lock, the process may also crash.
  const events = await use(app, SECONDS).catch((error) => error);
  await app.remove();
  const reports = threadReports(folder, join(TARGET, 'app'));
  rmSync(folder, { recursive: true });
  expect(reports).toEqual([]);
  expect(events).toBeGreaterThan(0);
});

/**
 * Does everything at once that changes listeners or delivers events.
 *
 * @param {SimulatedApp} app
 * @param {number} seconds
 * @returns {Promise<number>} the events that reached a page
 */
async function use(app, seconds) {
  const { simulator } = app;
  const end = Date.now() + seconds * 1000;
  let events = 0;
  for (let round = 0; Date.now() < end; round++) {
    const page = new MessagePage(simulator);
    for (let burst = 0; burst < 10; burst++) {
      for (let count = 0; count < 10; count++) {
        const id = page.listen('expired', () => events++);
        page.send('set', { key: `k${count}`, value: 'v', ttl: 0.001 });
        page.send('get', { key: `k${count}` });
        if (count % 3 === 0) page.send('removeListener', { eventName: 'expired', callbackId: id });
        if (count % 7 === 0) page.send('removeAllListeners');
      }
      page.listen('storeReset', () => events++);
      page.send('reset');
      // Quarantine holds eight stores; later resets would be refused, and raise no event.
      page.send('clear');
      if (burst % 3 === 0) await simulator.command('pageStarted', { url: `${SimulatedApp.ORIGIN}/` });
      await setTimeout(5);
    }
    expect(await page.call('getPlatform')).toEqual({ value: 'ios' });
    if (round % 2 === 1) {
      for (let count = 0; count < 50; count++) page.send('keys');
      await simulator.command('closeScene');
      await simulator.command('openScene');
    }
  }
  return events;
}
