import { readOrNull } from '../client/read.js';
import type { SecureStorageApi } from '../definitions.js';

import { isOlder, readRecord, type StoredRecord, type TokenRecord, writeRecord } from './record.js';

/** The item that holds the tokens of a session. Renewed tokens that cannot be stored are kept, and stored at the next read. */
export class TokenStore {
  /** Renewed tokens that are not stored yet. The server may no longer accept the stored ones. */
  private unsaved?: TokenRecord;

  constructor(
    private readonly storage: SecureStorageApi,
    private readonly key: string,
    private readonly store: string | undefined,
  ) {}

  /** What is stored, or what could not be stored yet if that is newer. */
  async read(): Promise<StoredRecord | null> {
    const record = await this.readStored();
    const { unsaved } = this;
    if (!unsaved) return record;
    // The session has ended, or another page has started a session or renewed this one.
    if (!record || !isOlder(record, unsaved)) {
      this.unsaved = undefined;
      return record;
    }
    // If it still cannot be stored, the next change has to replace the text that is stored.
    return this.save(record, unsaved).catch(() => ({ ...unsaved, text: record.text }));
  }

  /** Stores a record, whatever is stored now. */
  async put(record: TokenRecord): Promise<void> {
    const { storage, key, store } = this;
    await storage.set({ key, store, value: writeRecord(record) });
    this.unsaved = undefined;
  }

  /** Stores renewed tokens in place of older ones. If that fails, they are kept as unsaved. Returns the current record. */
  async renew(before: StoredRecord, renewed: TokenRecord): Promise<TokenRecord | null> {
    try {
      return await this.save(before, renewed);
    } catch {
      // The caller needs the tokens, not the disk.
      this.unsaved = renewed;
      return renewed;
    }
  }

  /** Replaces a record and returns the new one; `null` if another one is stored by now. */
  async replace(record: StoredRecord, next: TokenRecord): Promise<StoredRecord | null> {
    const text = writeRecord(next);
    return (await this.swap(record, text)) ? { ...next, text } : null;
  }

  /** Removes a record, and returns whether it was still the stored one. */
  async removeIfCurrent(record: StoredRecord): Promise<boolean> {
    return this.swap(record, null);
  }

  /** Removes whatever is stored. */
  async remove(): Promise<void> {
    const { storage, key, store } = this;
    await storage.removeMany({ keys: [key], store });
    this.unsaved = undefined;
  }

  private async readStored(): Promise<StoredRecord | null> {
    const { storage, key, store } = this;
    const text = await readOrNull(storage, { key, store });
    return text === null ? null : readRecord(text);
  }

  /** Replaces an older record of the same session, even if its mark has changed. Returns what is stored then. */
  private async save(before: StoredRecord, renewed: TokenRecord): Promise<StoredRecord | null> {
    let stored: StoredRecord | null = before;
    while (stored && isOlder(stored, renewed)) {
      stored = (await this.replace(stored, renewed)) ?? (await this.readStored());
    }
    this.unsaved = undefined;
    return stored;
  }

  private async swap({ text }: StoredRecord, value: string | null): Promise<boolean> {
    const { storage, key, store } = this;
    return (await storage.compareAndSet({ key, store, expected: text, value })).value;
  }
}
