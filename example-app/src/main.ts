import { configureWeb } from 'capacitor-strongroom';

import config from '../capacitor.config';

import { showEvents } from './events';
import { refreshSecrets, showSecrets } from './secrets';
import { refreshStatus, showStatus } from './status';
import { attempt } from './ui';

// Only a browser needs this: on a phone the native side reads the configuration itself.
configureWeb(config.plugins?.SecureStorage);

async function refresh(): Promise<void> {
  await refreshSecrets();
  await refreshStatus();
}

showSecrets(refresh);
showStatus(refresh);
void attempt(async () => {
  // Listen first, so that what the first call finds out is not missed.
  await showEvents(refresh);
  await refresh();
});
