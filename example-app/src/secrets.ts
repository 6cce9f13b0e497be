import { SecureStorage } from 'capacitor-strongroom';

import { attempt, create, element, showSuccess } from './ui';

const LONGEST_PREVIEW = 200;

/** Makes the form and the buttons of the list work. `changed` is called after each change. */
export function showSecrets(changed: () => Promise<void>): void {
  const form = element('save', HTMLFormElement);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void attempt(async () => {
      await save();
      form.reset();
      await changed();
      showSuccess('Saved.');
    });
  });

  element('secrets', HTMLUListElement).addEventListener('removed', () => void attempt(changed));
  element('refresh', HTMLButtonElement).addEventListener('click', () => void attempt(changed));

  const confirm = element('confirm', HTMLDialogElement);
  element('clear', HTMLButtonElement).addEventListener('click', () => {
    confirm.returnValue = '';
    confirm.showModal();
  });
  confirm.addEventListener('close', () => {
    if (confirm.returnValue !== 'remove') return;
    void attempt(async () => {
      await SecureStorage.clear();
      await changed();
      showSuccess('All secrets are removed.');
    });
  });
}

/** Lists the keys. A value is only read when the user asks to see it. */
export async function refreshSecrets(): Promise<void> {
  const { value: keys } = await SecureStorage.keys();
  element('secrets', HTMLUListElement).replaceChildren(...keys.map(row));
  element('count', HTMLSpanElement).textContent = String(keys.length);
  element('empty', HTMLParagraphElement).hidden = keys.length > 0;
  element('clear', HTMLButtonElement).disabled = keys.length === 0;
}

async function save(): Promise<void> {
  const key = element('key', HTMLInputElement).value;
  const value = element('value', HTMLTextAreaElement).value;
  const ttl = element('expiry', HTMLSelectElement).value;
  await SecureStorage.set(ttl === '' ? { key, value } : { key, value, ttl: Number(ttl) });
}

function row(key: string): HTMLLIElement {
  const item = create('li');
  const name = create('span', key, 'name');
  const value = create('output', '', 'value');
  value.hidden = true;

  const show = create('button', 'Show');
  show.type = 'button';
  show.ariaLabel = `Show ${key}`;
  show.addEventListener('click', () => {
    void attempt(async () => {
      if (value.hidden) value.textContent = preview((await SecureStorage.get({ key })).value);
      else value.textContent = '';
      value.hidden = !value.hidden;
      show.textContent = value.hidden ? 'Show' : 'Hide';
      show.ariaLabel = `${show.textContent} ${key}`;
    });
  });

  const remove = create('button', 'Remove', 'danger');
  remove.type = 'button';
  remove.ariaLabel = `Remove ${key}`;
  remove.addEventListener('click', () => {
    void attempt(async () => {
      await SecureStorage.remove({ key });
      item.dispatchEvent(new Event('removed', { bubbles: true }));
    });
  });

  item.append(name, show, remove, value);
  return item;
}

function preview(value: string): string {
  if (value === '') return '(empty)';
  if (value.length <= LONGEST_PREVIEW) return value;
  return `${value.slice(0, LONGEST_PREVIEW)}… (${value.length.toLocaleString('en')} characters)`;
}
