// Other libraries keep their sessions in our store, through the whole chain. The process is killed in between.

import { beforeAll, describe, expect, test } from 'vitest';

import { AuthServer, buildLibraries } from '../lib/libraries.mjs';
import { act, EXPECTED, playStories, signIn, STORIES } from '../scenarios/stories.mjs';

import { usePhone } from './fixture.mjs';

const held = usePhone({}, buildLibraries);
const names = Object.keys(STORIES);
const page = () => held.phone.app.page;

/** @type {AuthServer} */
let server;

beforeAll(async () => {
  server = new AuthServer((label) => held.phone.secret(label));
  await server.answer(held.phone.app.context);
});

/** @param {Parameters<import('../lib/phone.mjs').Phone['start']>[0]} [options] */
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
    expect(played.get(name)).toEqual(EXPECTED);
    expect(server.requests.filter((request) => STORIES[name]?.includes(request))).toEqual(STORIES[name]);
  });

  test('without an error on the console', () => {
    expect(held.phone.app.log.filter((line) => line.startsWith('error'))).toEqual([]);
  });
});

describe('started while the Keystore does not answer', () => {
  /** @type {Map<string, unknown[]>} */
  const seen = new Map();
  /** @type {string[]} */
  let complaints;

  beforeAll(async () => {
    const users = await Promise.all(names.map((name) => signIn(page(), name)));
    await comeBack({
      before: (simulator) => simulator.command('keystore.fault', { fault: 'hardwareBusy', times: -1 }),
    });
    // What each library makes of it is its own; see docs/adapters.md.
    const opened = await Promise.all(names.map((name) => attempt(name, 'open')));
    await held.phone.simulator.command('keystore.clearFaults');
    const began = await Promise.all(names.map((name) => attempt(name, 'beginAnew')));
    await comeBack();
    complaints = held.phone.takeComplaints();
    const restored = await Promise.all(names.map((name) => act(page(), name, 'open')));
    for (const [index, name] of names.entries())
      seen.set(name, [opened[index], began[index], restored[index] === users[index]]);
  });

  test.each([
    ['supabase', ['rejected: UNAVAILABLE', 'done', true]],
    ['oidc', ['rejected: UNAVAILABLE', 'done', true]],
    ['zustand', [null, 'rejected: UNAVAILABLE', true]],
    ['redux', [null, 'done', true]],
    ['ionic', ['rejected: UNAVAILABLE', 'done', true]],
  ])('%s loses no session, whatever it takes that for', (name, expected) => {
    expect(seen.get(name)).toEqual(expected);
  });

  test('on their consoles they complain of that, and of a second client, which the test makes', () => {
    const expected = /did not settle on an answer|could not be read yet|Multiple GoTrueClient instances/;
    expect(complaints.filter((line) => !expected.test(line))).toEqual([]);
    expect(complaints).not.toEqual([]);
  });
});

/** @param {string} name @param {import('../scenarios/stories.mjs').Step} step */
async function attempt(name, step) {
  return page().evaluate(async ([name, step]) => {
    const story = /** @type {any} */ (globalThis).stories[name];
    try {
      return (await story[step]?.()) ?? (step === 'open' ? null : 'done');
    } catch (error) {
      return `rejected: ${/** @type {any} */ (error).code}`;
    }
  }, /** @type {const} */ ([name, step]));
}
