import { SecureStorage, type StoreStatus } from 'capacitor-strongroom';

import { attempt, create, element, enable, showSuccess } from './ui';

/** Connects the buttons of the status. Calls `changed` after each change. */
export function showStatus(changed: () => Promise<void>): void {
  element('rotate', HTMLButtonElement).addEventListener('click', () => {
    void attempt(async () => {
      await SecureStorage.rotateKeys();
      await changed();
      showSuccess('The secrets are sealed under new keys.');
    });
  });

  element('recover', HTMLButtonElement).addEventListener('click', () => {
    void attempt(async () => {
      const { recovered, remaining } = await SecureStorage.recover();
      await changed();
      showSuccess(`${count(recovered, 'item')} recovered, ${count(remaining, 'file')} still in quarantine.`);
    });
  });
}

export async function refreshStatus(): Promise<void> {
  const status = await SecureStorage.getStatus();
  if (status.secure) summarise('Protected by the operating system');
  else summarise('Not protected: for debugging only', 'warn');
  enable(element('recover', HTMLButtonElement), status.quarantined > 0);
  element('status', HTMLDListElement).replaceChildren(...lines(status).map(line));
}

export function showUnknown(): void {
  summarise('The store cannot be read right now', 'warn');
}

function summarise(text: string, kind = ''): void {
  const summary = element('summary', HTMLParagraphElement);
  summary.textContent = text;
  summary.className = kind;
}

function lines(status: StoreStatus): Line[] {
  return [
    { term: 'Platform', text: PLATFORMS[status.platform] },
    { term: 'Protection', text: status.secure ? 'Operating system' : 'None', warn: !status.secure },
    { term: 'Security level', text: status.securityLevel ? LEVELS[status.securityLevel] : 'Not reported' },
    { term: 'System key', text: since(status.keyCreatedAt) },
    { term: 'Data key', text: since(status.dataKeyCreatedAt) },
    { term: 'Stored in', text: LOCATIONS[status.location] },
    { term: 'Size', text: size(status.fileBytes) },
    { term: 'Damaged items', text: String(status.damagedRecords), warn: status.damagedRecords > 0 },
    { term: 'Files in quarantine', text: String(status.quarantined), warn: status.quarantined > 0 },
    {
      term: 'Last reset',
      text: status.lastReset ? `${status.lastReset.reason}, ${time(status.lastReset.at)}` : 'Never',
      warn: status.lastReset !== null,
    },
    { term: 'Bridge logging', text: status.bridgeLogging ? 'On: shows secrets' : 'Off', warn: status.bridgeLogging },
  ];
}

interface Line {
  term: string;
  text: string;
  warn?: boolean;
}

function line({ term, text, warn = false }: Line): HTMLElement {
  const pair = create('div');
  pair.append(create('dt', term), create('dd', text, warn ? 'warn' : ''));
  return pair;
}

const PLATFORMS = { android: 'Android', ios: 'iOS', web: 'Browser' };

const LEVELS = {
  strongBox: 'StrongBox',
  trustedEnvironment: 'Trusted environment',
  unknownSecure: 'Secure hardware',
  software: 'Software',
  unknown: 'Unknown',
};

const LOCATIONS = {
  noBackupFilesDir: 'App files, no backup',
  keychain: 'Keychain',
  localStorage: 'localStorage, unencrypted',
  memory: 'Memory of this page',
  file: 'File',
};

function since(created: number | null): string {
  if (created === null) return 'None';
  const minutes = Math.max(0, Math.floor((Date.now() - created) / 60_000));
  if (minutes === 0) return 'Created just now';
  if (minutes < 60) return `${count(minutes, 'minute')} old`;
  if (minutes < 24 * 60) return `${count(Math.floor(minutes / 60), 'hour')} old`;
  return `${count(Math.floor(minutes / (24 * 60)), 'day')} old`;
}

function time(at: number): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'short' });
}

function size(bytes: number): string {
  if (bytes < 1024) return count(bytes, 'byte');
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / (1024 * 1024)).toFixed(1)} MiB`;
}

function count(amount: number, noun: string): string {
  return `${amount.toLocaleString('en')} ${noun}${amount === 1 ? '' : 's'}`;
}
