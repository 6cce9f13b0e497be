import { createClient } from '@supabase/supabase-js';
import { asAsyncStorage } from 'capacitor-strongroom';

import { SERVER, type Story } from './story';

function makeClient() {
  return createClient(SERVER, 'anon-key', {
    auth: { storage: asAsyncStorage({ store: 'supabase' }), autoRefreshToken: false, detectSessionInUrl: false },
  });
}

let client: ReturnType<typeof makeClient>;

export const supabase: Story = {
  store: 'supabase',

  async open() {
    client = makeClient();
    const { data, error } = await client.auth.getSession();
    if (error) throw error;
    return data.session?.user.email ?? null;
  },

  async logIn() {
    const { data, error } = await client.auth.signInWithPassword({ email: 'ada@example.com', password: 'pw' });
    if (error) throw error;
    return data.user.email ?? null;
  },

  async logOut() {
    const { error } = await client.auth.signOut();
    if (error) throw error;
  },
};
