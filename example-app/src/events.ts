import { SecureStorage } from 'capacitor-strongroom';

import { attempt, create, element } from './ui';

/** Lists what the plugin reports. `changed` is called after each event, since the store is not what it was. */
export async function showEvents(changed: () => Promise<void>): Promise<void> {
  await SecureStorage.addListener('expired', ({ key }) => {
    list('expired', `“${key}” has expired and is deleted.`, Date.now());
    void attempt(changed);
  });
  await SecureStorage.addListener('storeReset', ({ reason, at }) => {
    list(reason, 'The store could not be opened. Its file is set aside, and a fresh store is in use.', at);
    void attempt(changed);
  });
}

function list(code: string, text: string, at: number): void {
  const item = create('li');
  const when = create('time', new Date(at).toLocaleTimeString());
  when.dateTime = new Date(at).toISOString();
  item.append(create('code', code), create('span', text), when);
  element('events', HTMLOListElement).prepend(item);
  element('quiet', HTMLParagraphElement).hidden = true;
}
