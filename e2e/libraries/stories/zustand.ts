import { asAsyncStorage } from 'capacitor-strongroom';
import { createJSONStorage, persist } from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';

import { fetchSession, type Session, type Story, until } from './story';

const storage = asAsyncStorage({ store: 'zustand' });

interface State {
  session: Session | null;
}

function makeStore() {
  return createStore<State>()(
    persist((): State => ({ session: null }), {
      name: 'session',
      storage: createJSONStorage(() => storage),
      skipHydration: true,
    }),
  );
}

let store: ReturnType<typeof makeStore>;

export const zustand: Story = {
  store: 'zustand',

  open() {
    store = makeStore();
    return rehydrate();
  },

  async logIn() {
    const session = await fetchSession('zustand');
    // It returns the result of its storage.
    await store.setState({ session });
    return session.user;
  },

  async renew() {
    await store.setState({ session: await fetchSession('zustand') });
  },

  async logOut() {
    await store.setState({ session: null });
    store.persist.clearStorage();
    await until(async () => (await storage.getItem('session')) === null);
  },

  askAgain: rehydrate,

  async beginAnew() {
    await store.setState({ session: null });
  },
};

async function rehydrate() {
  await store.persist.rehydrate();
  return store.getState().session?.user ?? null;
}
