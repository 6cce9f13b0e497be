import { registerPlugin } from '@capacitor/core';

import type { BridgePlugin } from './protocol.js';

export const PLUGIN_ID = 'SecureStorage';

/** The plugin that receives the calls. Only `capacitor-strongroom/testing` replaces it, with a fake. */
export const bridge = {
  current: registerPlugin<BridgePlugin>(PLUGIN_ID, {
    web: () => import('./web/index.js').then((web) => new web.WebFallback()),
  }),
};
