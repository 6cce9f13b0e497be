import { afterEach, beforeEach, expect, test } from 'vitest';

import { MessagePage } from '../../phone/message-page.mjs';
import { SimulatedApp } from '../../phone/simulated-app.mjs';

const { ORIGIN, PAGE } = SimulatedApp;

/** @type {SimulatedApp} */
let app;
/** @type {import('../../phone/simulator.mjs').Simulator} */
let simulator;

beforeEach(async () => {
  app = await SimulatedApp.start();
  ({ simulator } = app);
});

afterEach(() => app.remove());

test("Capacitor's scripts name the plugin and its methods", async () => {
  const script = await simulator.command('documentStartScript');
  expect(script).toContain('var nativeBridge');
  const headers = [...script.matchAll(/h\.push\((\{.*\})\);/g)].map(([, header]) => JSON.parse(header));
  const ours = headers.find(({ name }) => name === 'SecureStorage');
  expect(ours.methods).toContainEqual({ name: 'getOrCreate', rtype: 'promise' });
});

test("Capacitor's handler serves the app, and only the app", async () => {
  for (const url of [`${ORIGIN}/`, `${ORIGIN}/a/route`]) {
    const { status, mimeType, base64 } = await simulator.command('asset', { url });
    expect([status, mimeType, Buffer.from(base64, 'base64').toString()]).toEqual([200, 'text/html', PAGE]);
  }
  expect(await simulator.command('asset', { url: `${ORIGIN}/none.js` })).toMatchObject({ status: 0 });
  await expect(simulator.command('pageStarted', { url: 'https://elsewhere.example/' })).rejects.toThrow('refuses');
});

test('an item is there after the process was killed', async () => {
  let page = new MessagePage(simulator);
  expect(await page.call('set', { key: 'k', value: 'v 🔑' })).toEqual({ value: true });
  expect(await page.call('get', { key: 'k' })).toEqual({ value: 'v 🔑' });
  expect(await page.call('get', { key: 7 })).toMatchObject({ code: 'INVALID_ARGUMENT', retryable: false });

  await app.restart();
  ({ simulator } = app);
  page = new MessagePage(simulator);
  expect(await page.call('get', { key: 'k' })).toEqual({ value: 'v 🔑' });
  expect(await page.call('getStatus')).toMatchObject({ location: 'keychain' });
  expect(await simulator.command('keychain.violations')).toEqual([]);
});

test('the page hears that the app leaves and comes back, and a new window is a new bridge', async () => {
  const page = new MessagePage(simulator);
  await simulator.command('pause');
  await simulator.command('resume');
  expect(await page.call('set', { key: 'k', value: 'v' })).toEqual({ value: true });
  expect(page.events).toEqual(['pause', 'resume']);

  await simulator.command('closeScene');
  await simulator.command('openScene');
  expect(await page.call('get', { key: 'k' })).toEqual({ value: 'v' });
});

test('the example app hides its page while it is in the background, when the system takes a picture of it', async () => {
  expect(await simulator.command('visible')).toBe(true);
  await simulator.command('pause');
  expect(await simulator.command('visible')).toBe(false);
  await simulator.command('resume');
  expect(await simulator.command('visible')).toBe(true);
});
