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

/** Runs an action. If it fails, the error is shown, and the action offered again where that can help. */
export async function attempt(action: () => Promise<void>): Promise<void> {
  hideNotice();
  try {
    await action();
  } catch (error) {
    // Every failure of the plugin has a code to branch on. Anything else is a defect of this app.
    if (!(error instanceof SecureStorageError)) throw error;
    showError(error, () => void attempt(action));
  }
}

/** Tells the user that something went well. */
export function showSuccess(text: string): void {
  showNotice('success', create('p', text));
}

function showError({ code, message, retryable }: SecureStorageError, again: () => void): void {
  const content: HTMLElement[] = [create('code', code), create('p', message)];
  if (retryable) {
    const button = create('button', 'Try again');
    button.type = 'button';
    button.addEventListener('click', again);
    content.push(button);
  }
  showNotice('error', ...content);
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
