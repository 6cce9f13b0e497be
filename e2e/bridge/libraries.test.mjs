// Other libraries store their sessions through the whole chain. The process is killed in between.

import { setTimeout } from 'node:timers/promises';

import { beforeAll, describe, expect, test } from 'vitest';

import { AuthServer, buildLibraries } from '../libraries/bundle.mjs';
import { act, asked, attempt, expected, playStories, signIn, STORIES } from '../scenarios/stories.mjs';
import { unreadable } from '../scenarios/unreadable.mjs';

import { platform, usePhone } from './fixture.mjs';

const held = usePhone({}, buildLibraries);
const names = Object.keys(STORIES);
const failure = unreadable(platform);
const page = () => held.phone.app.page;

/** @type {AuthServer} */
let server;

beforeAll(async () => {
  server = new AuthServer((label) => held.phone.secret(label));
  await server.answer(held.phone.app.context);
});

/** @param {Parameters<import('../phone/phone.mjs').Phone['start']>[0]} [options] */
async function comeBack(options) {
  await held.phone.restart(options);
  await server.answer(held.phone.app.context);
}

describe('signed in, killed, restored, signed out', () => {
  /** @type {Map<string, unknown>} */
  let played;

  beforeAll(async () => {
    played = await playStories(names, { page, comeBack });
  });

  test.each(names)('%s', (name) => {
    expect(played.get(name)).toEqual(expected(name));
    expect(asked(server, name)).toEqual(STORIES[name]);
  });

  test('without an error on the console', () => {
    expect(held.phone.app.log.filter((line) => line.startsWith('error'))).toEqual([]);
  });
});

describe('started while no item can be read', () => {
  /** @type {Map<string, unknown>} */
  const seen = new Map();
  /** @type {unknown} */
  let told;
  /** @type {unknown} */
  let waited;
  /** @type {string[]} */
  let complaints;

  beforeAll(async () => {
    const all = (/** @type {import('../scenarios/stories.mjs').Step} */ step) =>
      Promise.all(names.map((name) => attempt(page(), name, step)));

    const users = await Promise.all(names.map((name) => signIn(page(), name)));
    await comeBack({ before: failure.begin });
    const opened = await all('open');
    await failure.end(held.phone.simulator);
    const began = await all('beginAnew');
    told = await act(page(), 'supabase', 'events');
    const again = await all('askAgain');
    await comeBack({ before: failure.begin });
    complaints = held.phone.takeComplaints();
    const readable = page().evaluate(async () => {
      const { stories, whenReadable } = /** @type {any} */ (globalThis);
      for (const { store } of Object.values(stories)) await whenReadable(store);
      return 'readable';
    });
    waited = await Promise.race([readable, setTimeout(2000, 'waiting')]);
    await failure.end(held.phone.simulator);
    await readable;
    const restored = await all('open');
    for (const [index, name] of names.entries()) {
      const signedIn = (/** @type {unknown} */ user) => (user === users[index] ? 'signed in' : user);
      seen.set(name, [opened[index], began[index], signedIn(again[index]), signedIn(restored[index])]);
    }
  });

  // Each library reacts differently: see docs/guide/adapters.md.
  test.each([
    ['supabase', [`rejected: ${failure.code}`, undefined, 'signed in', 'signed in']],
    ['oidc', [`rejected: ${failure.code}`, undefined, 'signed in', 'signed in']],
    // The adapter's own error: it does not let the library write over what it could not read.
    ['zustand', [null, 'rejected: UNAVAILABLE', 'signed in', 'signed in']],
    ['redux', [null, undefined, undefined, 'signed in']],
    ['ionic', [`rejected: ${failure.code}`, undefined, 'signed in', 'signed in']],
  ])('%s loses no session, however it treats the failure', (name, steps) => {
    expect(seen.get(name)).toEqual(steps);
  });

  test('a library that is started when the store can be read finds its session', () => {
    expect(waited).toBe('waiting');
  });

  test('listeners of supabase never receive INITIAL_SESSION', () => {
    expect(told).toEqual([]);
  });

  test('their consoles report that, and a second client, which the test makes', () => {
    const expected = /keeps failing|The device is locked|could not be read yet|Multiple GoTrueClient instances/;
    expect(complaints.filter((line) => !expected.test(line))).toEqual([]);
    expect(complaints).not.toEqual([]);
  });
});
