import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { cases, runCase } from '../../contract/behaviour.mjs';
import { call } from '../phone/api.mjs';
import { launchChromium } from '../phone/chromium.mjs';
import { useHelpers } from '../scenarios/helpers.mjs';

import { openPage } from './fixture.mjs';

/** @type {import('playwright-core').Browser} */
let browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(() => browser.close());

describe.each([
  ['debug', 'localhost', 'localStorage'],
  ['memory', 'app.example', 'memory'],
])('the fallback in mode %s', (_, host, location) => {
  /** @type {Awaited<ReturnType<typeof openPage>>} */
  let opened;

  beforeAll(async () => {
    opened = await openPage(browser, { host });
  });

  afterAll(() => opened.context.close());

  test(`stores items in ${location}`, async () => {
    expect(await call(opened.page, 'getStatus')).toEqual({
      platform: 'web',
      store: 'default',
      secure: false,
      state: 'fresh',
      records: 0,
      securityLevel: null,
      keyCreatedAt: null,
      dataKeyCreatedAt: null,
      location,
      fileBytes: 0,
      damagedRecords: 0,
      quarantined: 0,
      lastReset: null,
      bridgeLogging: false,
    });
  });

  test.each(cases.map(({ name }) => name))('%s', async (name) => {
    expect(await runCase(opened.page, name)).toEqual([]);
  });

  test('objects are returned unchanged, and no update is lost', async () => {
    await useHelpers(opened.page, (label) => label);
  });

  test('a result other than the expected one is noticed', async () => {
    const wrong = [
      { method: 'has', options: { key: 'k' }, result: { value: true } },
      { method: 'get', options: { key: 'k' }, error: 'IO' },
      { method: 'get', options: { key: 'k' }, result: { value: '' } },
      { method: 'keys', options: {}, error: 'IO' },
      { method: 'getStatus', options: {}, includes: { records: 1 } },
    ];
    const failures = await runCase(opened.page, 'wrong', JSON.stringify([{ name: 'wrong', steps: wrong }]));
    expect(failures).toHaveLength(wrong.length);
  });

  test('it warned once, and wrote nothing else to the console', () => {
    expect(opened.log).toHaveLength(1);
    expect(opened.log[0]).toMatch(/^warning: Strongroom: a browser has no secure storage/);
  });
});
