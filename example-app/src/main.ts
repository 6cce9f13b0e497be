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
    // What is shown may be out of date. A store that cannot be read is not an empty one.
    showUnknown();
    throw error;
  }
}

// Whoever comes back is perhaps somebody else, and the store may have changed or be readable again. The picture that the system
// takes for its list of apps needs native code as well: on Android, FLAG_SECURE.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) hideValues();
  else void attempt(refresh);
});

showSecrets(refresh);
showStatus(refresh);
// Listen first, so that what the first call finds out is not missed.
void attempt(() => showEvents(refresh)).then(() => attempt(refresh));
