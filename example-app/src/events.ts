import { SecureStorage } from 'capacitor-strongroom';

import { attempt, create, element } from './ui';

/** Lists the plugin's events. Calls `changed` after each one, because the store has changed. */
export async function showEvents(changed: () => Promise<void>): Promise<void> {
  await SecureStorage.addListener('expired', ({ key }) => {
    list('expired', ['Removed, because it had expired: ', create('bdi', key)], Date.now());
    void attempt(changed);
  });
  await SecureStorage.addListener('storeReset', ({ reason, at }) => {
    list(reason, ['The store could not be opened. Its file is in quarantine, and an empty store is in use.'], at);
    void attempt(changed);
  });
}

function list(code: string, content: (string | Node)[], at: number): void {
  const item = create('li');
  const text = create('span', '', 'text');
  text.append(...content);
  const when = create('time', new Date(at).toLocaleTimeString());
  when.dateTime = new Date(at).toISOString();
  item.append(create('code', code), text, when);
  element('events', HTMLOListElement).prepend(item);
  element('quiet', HTMLParagraphElement).hidden = true;
}
