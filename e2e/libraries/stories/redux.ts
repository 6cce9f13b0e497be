import { asAsyncStorage } from 'capacitor-strongroom';
import { legacy_createStore as createStore, type Store } from 'redux';
import { type Persistor, persistReducer, persistStore } from 'redux-persist';

import { fetchSession, type Session, type Story } from './story';

interface State {
  session: Session | null;
}

type Action = { type: 'signed in'; session: Session } | { type: 'signed out' };

const failures: Error[] = [];

const reducer = persistReducer<State, Action>(
  {
    key: 'root',
    storage: asAsyncStorage({ store: 'redux' }),
    // Otherwise it treats a slow answer as an empty storage, and overwrites the state.
    timeout: 0,
    // Nothing else reports that a state could not be stored.
    writeFailHandler: (error) => {
      failures.push(error);
    },
  },
  (state = { session: null }, action) => {
    // The library's own actions arrive here, too.
    switch (action.type) {
      case 'signed in':
        return { session: action.session };
      case 'signed out':
        return { session: null };
      default:
        return state;
    }
  },
);

let store: Store<ReturnType<typeof reducer>, Action>;
let persistor: Persistor;

export const redux: Story = {
  store: 'redux',

  async open() {
    store = createStore(reducer);
    await new Promise<void>((resolve) => {
      persistor = persistStore(store, null, resolve);
    });
    return store.getState().session?.user ?? null;
  },

  async logIn() {
    const session = await fetchSession('redux');
    store.dispatch({ type: 'signed in', session });
    await persistor.flush();
    return session.user;
  },

  async renew() {
    store.dispatch({ type: 'signed in', session: await fetchSession('redux') });
    await persistor.flush();
    const [failure] = failures.splice(0);
    if (failure) throw failure;
  },

  async logOut() {
    store.dispatch({ type: 'signed out' });
    await persistor.flush();
    await persistor.purge();
  },

  async beginAnew() {
    store.dispatch({ type: 'signed out' });
    await persistor.flush();
  },
};
