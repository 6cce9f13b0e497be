import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { asAsyncStorage } from 'capacitor-strongroom';

import { SERVER, type Story } from './story';

let client: SupabaseClient;

export const supabase: Story = {
  store: 'supabase',

  async open() {
    client = createClient(SERVER, 'anon-key', {
      auth: { storage: asAsyncStorage({ store: 'supabase' }), autoRefreshToken: false, detectSessionInUrl: false },
    });
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
