import { Storage } from '@ionic/storage';
import { asLocalForageDriver } from 'capacitor-strongroom';

import { fetchSession, type Session, type Story } from './story';

const driver = asLocalForageDriver({ store: 'ionic' });

let storage: Storage;

export const ionic: Story & { openOther(): Promise<unknown> } = {
  store: 'ionic',

  async open() {
    storage = new Storage({ driverOrder: [driver._driver] });
    await storage.defineDriver(driver);
    await storage.create();
    return user();
  },

  async logIn() {
    const session = await fetchSession('ionic');
    await storage.set('session', session);
    await storage.set('theme', { dark: true, since: '2026-11-24T12:00:00.000Z' });
    return session.user;
  },

  async renew() {
    await storage.set('session', await fetchSession('ionic'));
  },

  async logOut() {
    const { since } = (await storage.get('theme')) as { since: unknown };
    if (typeof since !== 'string') throw new Error('A text that looks like a date is no longer a text');
    if ((await storage.keys()).join() !== 'session,theme') throw new Error('The keys are not those that were stored');
    await storage.clear();
  },

  askAgain: user,

  /** Looks for the session through a database with another name and the same store. */
  async openOther() {
    const other = new Storage({ name: 'other', driverOrder: [driver._driver] });
    await other.create();
    return (await other.get('session')) as unknown;
  },
};

async function user() {
  return ((await storage.get('session')) as Session | null)?.user ?? null;
}
