import { SecureStorage } from 'capacitor-strongroom';

import { attempt, confirmRemoval, create, createButton, element, enable, showSuccess } from './ui';

const LONGEST_PREVIEW = 200;

/** Connects the form and the buttons of the list. Calls `changed` after each change. */
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

  element('secrets', HTMLUListElement).addEventListener('removed', () => {
    void attempt(async () => {
      await changed();
      showSuccess('Removed.');
    });
  });

  element('refresh', HTMLButtonElement).addEventListener('click', () => void attempt(changed));

  element('clear', HTMLButtonElement).addEventListener('click', () => {
    void attempt(async () => {
      if (!(await confirmRemoval('Remove all secrets?'))) return;
      await SecureStorage.clear();
      await changed();
      showSuccess('All secrets are removed.');
    });
  });
}

/** Lists the keys. Reads a value only when the user asks to see it. */
export async function refreshSecrets(): Promise<void> {
  const { value: keys } = await SecureStorage.keys();
  const focused = rows.findIndex(({ item }) => item.contains(document.activeElement));
  rows = keys.map(createRow);
  element('secrets', HTMLUListElement).replaceChildren(...rows.map(({ item }) => item));
  element('count', HTMLSpanElement).textContent = String(keys.length);
  element('empty', HTMLParagraphElement).hidden = keys.length > 0;
  enable(element('clear', HTMLButtonElement), keys.length > 0);
  // Users of a keyboard or a screen reader continue at the place of the removed row.
  if (focused >= 0) (rows[focused] ?? rows.at(-1) ?? heading()).focus();
}

/** Hides every value. */
export function hideValues(): void {
  for (const row of rows) row.hide();
}

let rows: Row[] = [];

interface Row {
  item: HTMLLIElement;
  focus(): void;
  hide(): void;
}

function createRow(key: string): Row {
  const item = create('li');
  const value = create('output', '', 'value');
  value.dir = 'auto';

  const show = createButton('Show', () => {
    void attempt(async () => {
      const shown = value.textContent !== '';
      const text = shown ? '' : preview((await SecureStorage.get({ key })).value);
      // The user may have left the app in the meantime.
      if (!document.hidden) display(text);
    });
  });
  const remove = createButton('Remove', removeAfterQuestion, 'danger');
  remove.ariaLabel = `Remove ${key}`;
  display('');

  const tools = create('div', '', 'tools');
  tools.append(show, remove);
  item.append(create('bdi', key, 'name'), tools, value);
  return {
    item,
    focus() {
      show.focus();
    },
    hide() {
      display('');
    },
  };

  function display(text: string): void {
    value.textContent = text;
    show.textContent = text === '' ? 'Show' : 'Hide';
    show.ariaLabel = `${show.textContent} ${key}`;
  }

  function removeAfterQuestion(): void {
    void attempt(async () => {
      if (!(await confirmRemoval('Remove this secret?', key))) return;
      await SecureStorage.remove({ key });
      element('secrets', HTMLUListElement).dispatchEvent(new Event('removed'));
    });
  }
}

function heading(): HTMLHeadingElement {
  return element('secrets-heading', HTMLHeadingElement);
}

async function save(): Promise<void> {
  const key = element('key', HTMLInputElement).value;
  const value = element('value', HTMLTextAreaElement).value;
  const ttl = element('expiry', HTMLSelectElement).value;
  await SecureStorage.set(ttl === '' ? { key, value } : { key, value, ttl: Number(ttl) });
}

function preview(value: string): string {
  if (value === '') return '(empty)';
  if (value.length <= LONGEST_PREVIEW) return value;
  // Without half a surrogate pair at the end, as of an emoji.
  const start = value.slice(0, LONGEST_PREVIEW).replace(/[\uD800-\uDBFF]$/, '');
  return `${start}… (${value.length.toLocaleString('en')} characters)`;
}
