import { createClient } from '@supabase/supabase-js';
import { asAsyncStorage } from 'capacitor-strongroom';

import { SERVER, type Story } from './story';

function makeClient() {
  return createClient(SERVER, 'anon-key', {
    auth: { storage: asAsyncStorage({ store: 'supabase' }), detectSessionInUrl: false },
  });
}

let client: ReturnType<typeof makeClient>;

/** The events that the client has reported to its listener. */
let events: string[];

export const supabase: Story & { events(): string[] } = {
  store: 'supabase',

  open() {
    client = makeClient();
    events = [];
    client.auth.onAuthStateChange((event) => {
      events.push(event);
    });
    return user();
  },

  async logIn() {
    const { data, error } = await client.auth.signInWithPassword({ email: 'ada@example.com', password: 'pw' });
    if (error) throw error;
    return data.user.email ?? null;
  },

  async renew() {
    const { error } = await client.auth.refreshSession();
    if (error) throw error;
  },

  async logOut() {
    const { error } = await client.auth.signOut();
    if (error) throw error;
  },

  askAgain: user,

  events: () => events,
};

async function user() {
  const { data, error } = await client.auth.getSession();
  if (error) throw error;
  return data.session?.user.email ?? null;
}
