import assert from 'node:assert/strict';

/**
 * Reads many times in a process that has just started, and counts the Keystore operations since.
 *
 * @param {import('../phone/phone.mjs').Phone} phone
 * @param {number} gets
 * @returns {Promise<number>} the Keystore operations
 */
export async function countOperations(phone, gets) {
  const key = phone.secret('a key that is read often');
  const value = phone.secret('a value that is read often');
  await phone.call('set', { key, value });
  await phone.restart({ before: (simulator) => simulator.command('keystore.resetCounts') });
  for (let done = 0; done < gets; done += 100) {
    const answers = await phone.callAll(Array.from({ length: 100 }, () => ['get', { key }]));
    assert.ok(answers.every((answer) => answer.value === value));
  }
  return (await phone.simulator.command('keystore.counts')).operations;
}
