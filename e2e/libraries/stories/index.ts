import { configureWeb, SecureStorage } from 'capacitor-strongroom';

import { ionic } from './ionic';
import { oidc } from './oidc';
import { whenReadable } from './readable';
import { redux } from './redux';
import type { Story } from './story';
import { supabase } from './supabase';
import { zustand } from './zustand';

const stories: Record<string, Story> = { supabase, oidc, zustand, redux, ionic };

// The tests call them from outside of the page.
Object.assign(globalThis, { stories, configureWeb, whenReadable, storage: SecureStorage });
