import { expect, test } from 'vitest';

import { callInParallel } from '../scenarios/parallel-calls.mjs';
import { readBack, renewed, replaceAndKill, saveThroughForm, tenSecrets } from '../scenarios/ten-secrets.mjs';

import { usePhone } from './fixture.mjs';

const held = usePhone();

test('ten secrets survive a kill right after they are stored', async () => {
  const { phone } = held;
  const first = tenSecrets(phone);
  await saveThroughForm(phone, first);
  await readBack(phone, first);

  const fresh = renewed(phone, first);
  await replaceAndKill(phone, fresh);
  expect(phone.findLeaks().hits).toEqual([]);
  await phone.start();
  await readBack(phone, fresh);
  await phone.call('clear');
});

test('500 calls at once are each answered once and correctly', async () => {
  await callInParallel(held.phone, 500);
});

test('the page can be loaded again while the process continues', async () => {
  const { phone } = held;
  await phone.call('set', { key: 'k', value: 'v' });
  await phone.app.reload();
  await phone.app.loadApi();
  expect(await phone.call('get', { key: 'k' })).toEqual({ value: 'v' });
});

test('calls are answered while the app is in the background, and afterwards', async () => {
  const { phone } = held;
  await phone.simulator.command('pause');
  expect(await phone.call('set', { key: 'k', value: 'in the background' })).toEqual({ value: true });
  await phone.simulator.command('resume');
  expect(await phone.call('get', { key: 'k' })).toEqual({ value: 'in the background' });
});
