import { registerPlugin } from '@capacitor/core';

import type { BridgePlugin } from './protocol.js';

export const PLUGIN_ID = 'SecureStorage';

/** What answers the calls. `capacitor-strongroom/testing` puts a fake here; nothing else does. */
export const bridge = {
  current: registerPlugin<BridgePlugin>(PLUGIN_ID, {
    web: () => import('./web/index.js').then((web) => new web.WebFallback()),
  }),
};
