import type { StorageLocation } from '../definitions.js';
import { SecureStorageError } from '../errors.js';

/** Stores strings by name, in a browser. */
export interface Backend {
  readonly location: StorageLocation;
  read(name: string): string | null;
  write(name: string, content: string): void;
  delete(name: string): void;
  /** The names that begin with `prefix`. */
  names(prefix: string): string[];
}

export class MemoryBackend implements Backend {
  readonly location = 'memory';
  private readonly entries = new Map<string, string>();

  read(name: string): string | null {
    return this.entries.get(name) ?? null;
  }

  write(name: string, content: string): void {
    this.entries.set(name, content);
  }

  delete(name: string): void {
    this.entries.delete(name);
  }

  names(prefix: string): string[] {
    return [...this.entries.keys()].filter((name) => name.startsWith(prefix));
  }
}

export class LocalStorageBackend implements Backend {
  readonly location = 'localStorage';
  private readonly storage: Storage;

  constructor() {
    try {
      this.storage = localStorage;
    } catch (cause) {
      throw new SecureStorageError(
        'UNAVAILABLE',
        'The browser refuses access to localStorage: allow it, or set the option web to memory',
        { cause },
      );
    }
  }

  read(name: string): string | null {
    return this.storage.getItem(name);
  }

  write(name: string, content: string): void {
    try {
      this.storage.setItem(name, content);
    } catch (cause) {
      throw new SecureStorageError('STORAGE_FULL', 'The browser has no room left in localStorage: remove items first', {
        cause,
      });
    }
  }

  delete(name: string): void {
    this.storage.removeItem(name);
  }

  names(prefix: string): string[] {
    return Object.keys(this.storage).filter((name) => name.startsWith(prefix));
  }
}
