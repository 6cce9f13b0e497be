import { SecureStorageError } from 'capacitor-strongroom';

/** Returns the element with this id. Throws if it is not of this kind. */
export function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} with the id ${id}`);
  return found;
}

/** Creates an element with text. */
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

/** Creates a button that runs an action. */
export function createButton(text: string, action: () => void, className = ''): HTMLButtonElement {
  const button = create('button', text, className);
  button.type = 'button';
  button.addEventListener('click', action);
  return button;
}

/** Enables or disables a button. A disabled button loses the focus to the heading above it. */
export function enable(button: HTMLButtonElement, enabled: boolean): void {
  const focused = document.activeElement === button;
  button.disabled = !enabled;
  if (focused && !enabled) button.closest('section')?.querySelector('h2')?.focus();
}

/** Runs an action. If it fails, shows the error, and offers to try again if it is retryable. */
export async function attempt(action: () => Promise<void>): Promise<void> {
  hideNotice();
  try {
    await action();
  } catch (error) {
    // Every failure of the plugin is a SecureStorageError. Anything else is a defect of this app.
    if (!(error instanceof SecureStorageError)) throw error;
    showError(error, () => void attempt(action));
  }
}

/** Shows a message of success. */
export function showSuccess(text: string): void {
  hideNotice();
  element('success', HTMLParagraphElement).textContent = text;
  showNotice('success');
}

function showError({ code, message, retryable }: SecureStorageError, again: () => void): void {
  hideNotice();
  const failure = element('failure', HTMLDivElement);
  failure.append(create('code', code), create('p', message));
  if (retryable) failure.append(createButton('Try again', again));
  showNotice('error');
}

// Screen readers announce new text in an existing element. So the elements stay, and are empty while there is no notice.

function showNotice(kind: 'success' | 'error'): void {
  const dismiss = element('dismiss', HTMLButtonElement);
  dismiss.hidden = false;
  dismiss.onclick = hideNotice;
  element('notice', HTMLDivElement).className = kind;
}

function hideNotice(): void {
  element('notice', HTMLDivElement).className = '';
  element('success', HTMLParagraphElement).replaceChildren();
  element('failure', HTMLDivElement).replaceChildren();
  element('dismiss', HTMLButtonElement).hidden = true;
}

/** Asks before a removal, and resolves with the user's answer. */
export function confirmRemoval(question: string, subject = ''): Promise<boolean> {
  element('question', HTMLHeadingElement).textContent = question;
  element('subject', HTMLParagraphElement).textContent = subject;
  const dialog = element('confirm', HTMLDialogElement);
  // Escape closes the dialog and does not change the value.
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener(
      'close',
      () => {
        resolve(dialog.returnValue === 'remove');
      },
      { once: true },
    );
  });
}
