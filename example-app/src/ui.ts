import { SecureStorageError } from 'capacitor-strongroom';

/** The element of this id, which must be of this kind. */
export function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} with the id ${id}`);
  return found;
}

/** A new element with text in it. */
export function create<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  text = '',
  className = '',
): HTMLElementTagNameMap[K] {
  const created = document.createElement(tag);
  created.textContent = text;
  created.className = className;
  return created;
}

/** Runs an action, and shows the error if it fails. */
export async function attempt(action: () => Promise<void>): Promise<void> {
  hideNotice();
  try {
    await action();
  } catch (error) {
    showError(error);
  }
}

/** Tells the user that something went well. */
export function showSuccess(text: string): void {
  showNotice('success', create('p', text));
}

function showError(error: unknown): void {
  // Every failure of the plugin has a code to branch on. Anything else is a defect of this app.
  if (!(error instanceof SecureStorageError)) throw error;
  const code = create('code', error.code);
  const advice = error.retryable ? 'This may pass: try again.' : '';
  showNotice('error', code, create('p', [error.message, advice].filter(Boolean).join('. ')));
}

function showNotice(kind: 'success' | 'error', ...content: HTMLElement[]): void {
  const notice = element('notice', HTMLDivElement);
  notice.className = kind;
  notice.replaceChildren(...content);
  notice.hidden = false;
}

function hideNotice(): void {
  element('notice', HTMLDivElement).hidden = true;
}
