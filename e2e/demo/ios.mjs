import assert from 'node:assert/strict';

import { changeOf, contents, fill, killAtEachCall } from '../scenarios/keychain.mjs';
import { readBack } from '../scenarios/ten-secrets.mjs';
import { unreadable } from '../scenarios/unreadable.mjs';

/**
 * @param {import('./story.mjs').Story} story
 * @param {import('../phone/phone.mjs').Phone} phone
 */
export async function onIos(story, phone) {
  const failure = unreadable('ios');
  const { secrets, fresh } = await story.keepTenSecrets(show, keychainCalls);

  await story.callInParallel();

  story.step('The iPhone starts again, and nobody has unlocked it yet');
  const items = await contents(phone);
  await phone.restart({ before: failure.begin });
  const refused = await phone.call('get', { key: Object.keys(items)[0] });
  assert.deepEqual({ code: refused.code, retryable: refused.retryable }, { code: failure.code, retryable: true });
  story.note(`calls reject with ${failure.code}, retryable: true`);
  await story.picture('4-locked');
  await failure.end(phone.simulator);
  assert.deepEqual(await contents(phone), items);
  story.note(`it is unlocked, and all ${Object.keys(items).length} items are there`);
  story.noLeaks();

  story.step(
    'Two of three items are replaced and one is added in one call. The app is killed before and after each call of the Keychain',
  );
  const before = Object.fromEntries(secrets.slice(0, 3));
  const values = ['a', 'b', 'c'].map((name) => phone.secret(`the new value ${name}`));
  const change = changeOf('setMany', before, values);
  const { kills, done } = await killAtEachCall(phone, before, change);
  story.note(`${kills} kills: the change was there as a whole ${done} times, and not at all ${kills - done} times`);
  story.noLeaks();

  story.step('The app is deleted and installed again. The Keychain outlives it, and onReinstall is keep, the default');
  await fill(phone, Object.fromEntries(fresh));
  await phone.simulator.command('keychain.reinstall');
  await phone.restart();
  await readBack(phone, fresh);
  story.note('all ten are there');

  story.step('A backup is restored to another iPhone');
  await phone.simulator.command('keychain.restore');
  await phone.restart();
  assert.deepEqual(await contents(phone), {});
  story.note('no item has left the first iPhone');
  await story.picture('5-another-iphone');
  story.noLeaks();

  await story.refuseWrongCalls();
  assert.deepEqual(await phone.simulator.command('keychain.violations'), []);
  story.note('no query of the Keychain was one that the plugin must not make');

  async function show() {
    const { location, records, bridgeLogging } = await phone.call('getStatus');
    const { total, classes } = await phone.simulator.command('keychain.rows');
    story.note(
      `${location}, ${records} records in ${total} rows, by class: ${JSON.stringify(classes)}; bridge logging ${bridgeLogging}`,
    );
  }

  /** @param {string} since */
  async function keychainCalls(since) {
    const { total, add, copy, update, delete: deleted } = await phone.simulator.command('keychain.counts');
    story.note(
      `calls of the Keychain ${since}: ${total} (${copy} read, ${add} add, ${update} update, ${deleted} delete)`,
    );
  }
}
