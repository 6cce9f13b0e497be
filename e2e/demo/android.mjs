import assert from 'node:assert/strict';

import { loseKey, surviveRetryableFault } from '../scenarios/keystore-faults.mjs';
import { countOperations } from '../scenarios/keystore-operations.mjs';

/**
 * @param {import('./story.mjs').Story} story
 * @param {import('../phone/phone.mjs').Phone} phone
 */
export async function onAndroid(story, phone) {
  await story.keepTenSecrets(show, keystoreOperations);

  story.step('1,000 reads in one process');
  const operations = await countOperations(phone, 1000);
  assert.equal(operations, 1);
  story.note(`${operations} Keystore operation`);
  story.noLeaks();

  await story.callInParallel();

  story.step('The Keystore fails for a moment');
  await surviveRetryableFault(phone, 'hardwareBusy', async () => {
    story.note('calls reject with UNAVAILABLE, retryable: true; no file has changed');
    await story.picture('4-unavailable');
  });
  story.note('the Keystore works again, and the next call has succeeded');
  story.noLeaks();

  story.step('The Keystore loses the key');
  const records = (await phone.call('getStatus')).records;
  const { restore } = await loseKey(phone);
  story.note('the file is in quarantine, byte for byte; an empty store is in use; the event storeReset was fired');
  await story.picture('5-key-lost', { fullPage: true });
  story.noLeaks();

  story.step('The key comes back, as after a system update that repairs it');
  await restore();
  assert.deepEqual(await phone.call('recover'), { recovered: records, remaining: 0 });
  story.note(`recover() restored ${records} of ${records} items`);
  story.noLeaks();

  await story.refuseWrongCalls();

  async function show() {
    const { securityLevel, location, records, fileBytes, bridgeLogging } = await phone.call('getStatus');
    story.note(
      `security level ${securityLevel}, ${location}, ${records} records, ${fileBytes} bytes, bridge logging ${bridgeLogging}`,
    );
  }

  /** @param {string} since */
  async function keystoreOperations(since) {
    const { operations, encrypt, decrypt, generate } = await phone.simulator.command('keystore.counts');
    story.note(
      `Keystore operations ${since}: ${operations} (${encrypt} encrypt, ${decrypt} decrypt), ${generate} keys made`,
    );
  }
}
