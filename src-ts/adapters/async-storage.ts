import { readOrNull } from '../client/read.js';
import type { SecureStorageApi } from '../definitions.js';
import { SecureStorageError } from '../errors.js';

/**
 * What many libraries ask for: a storage of texts that answers with promises.
 *
 * @since 0.1.0
 */
export interface AsyncStorage {
  /** How many items the store holds. */
  readonly length: Promise<number>;
  /** The value; `null` only if it is certain that there is none. */
  readonly getItem: (key: string) => Promise<string | null>;
  /** Resolves once the value is on the disk. Rejects if an earlier `getItem` could not read what is there. */
  readonly setItem: (key: string, value: string) => Promise<void>;
  /** It is no error if there is no such item. */
  readonly removeItem: (key: string) => Promise<void>;
  /** Empties the store, and nothing else. */
  readonly clear: () => Promise<void>;
  /** The key at this place of the sorted list, or `null` behind its end. */
  readonly key: (index: number) => Promise<string | null>;
  /** All keys, sorted. */
  readonly keys: () => Promise<string[]>;
}

export interface AdapterOptions {
  /**
   * The store to use.
   *
   * @since 0.1.0
   * @default 'default'
   */
  store?: string;
}

type Calls = Pick<SecureStorageApi, 'clear' | 'getMany' | 'keys' | 'removeMany' | 'set'>;

/**
 * Its methods may be taken off it: they need no `this`.
 *
 * Some libraries take a failed read for an empty storage, begin anew, and write that down. So an item that could not be read for the
 * moment is not overwritten until it was read, or removed; and a write waits for a read that is under way.
 */
export function createAsyncStorage(storage: Calls, { store }: AdapterOptions = {}): AsyncStorage {
  /** By key, whether the last read has told what is there. */
  const reads = new Map<string, Promise<boolean>>();
  const keys = async () => (await storage.keys({ store })).value;

  return Object.freeze({
    get length() {
      return keys().then((list) => list.length);
    },
    getItem: (key: string) => {
      const read = readOrNull(storage, { key, store });
      reads.set(
        key,
        read.then(
          () => true,
          (error: unknown) => !(error instanceof SecureStorageError && error.retryable),
        ),
      );
      return read;
    },
    setItem: async (key: string, value: string) => {
      if ((await reads.get(key)) === false) {
        throw new SecureStorageError('UNAVAILABLE', 'What is there could not be read yet, and is not overwritten');
      }
      await storage.set({ key, value, store });
    },
    removeItem: async (key: string) => {
      await storage.removeMany({ keys: [key], store });
      reads.delete(key);
    },
    clear: async () => {
      await storage.clear({ store });
      reads.clear();
    },
    key: async (index: number) => (await keys())[index] ?? null,
    keys,
  });
}
