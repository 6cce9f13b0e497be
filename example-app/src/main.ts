import { configureWeb } from 'capacitor-strongroom';

import config from '../capacitor.config';

import { showEvents } from './events';
import { hideValues, refreshSecrets, showSecrets } from './secrets';
import { refreshStatus, showStatus, showUnknown } from './status';
import { attempt } from './ui';

// Only a browser needs this: on a phone the native side reads the configuration itself.
configureWeb(config.plugins?.SecureStorage);

async function refresh(): Promise<void> {
  try {
    await refreshSecrets();
    await refreshStatus();
  } catch (error) {
    // The page may be out of date. It does not show a store that cannot be read as an empty one.
    showUnknown();
    throw error;
  }
}

// Another person may come back to the app, and the store may have changed or be readable again. To hide secrets in the system's list of
// apps, native code is needed: on Android, FLAG_SECURE.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) hideValues();
  else void attempt(refresh);
});

showSecrets(refresh);
showStatus(refresh);
// Listen first, so that no event of the first call is missed.
void attempt(() => showEvents(refresh)).then(() => attempt(refresh));
