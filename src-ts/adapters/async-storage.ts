import { readOrNull } from '../client/read.js';
import type { SecureStorageApi } from '../definitions.js';
import { SecureStorageError } from '../errors.js';

/**
 * The interface that many libraries expect: a storage of texts whose methods return promises.
 *
 * @since 0.1.0
 */
export interface AsyncStorage {
  /** How many items the store has. */
  readonly length: Promise<number>;
  /** The value; `null` only if the item certainly does not exist. */
  readonly getItem: (key: string) => Promise<string | null>;
  /** Resolves when the value is on the disk. Rejects if the last `getItem` of this key could not read the item. */
  readonly setItem: (key: string, value: string) => Promise<void>;
  /** A key without an item is not an error. */
  readonly removeItem: (key: string) => Promise<void>;
  /** Removes every item of the store, and nothing else. */
  readonly clear: () => Promise<void>;
  /** The key at this index of the sorted list; `null` after its end. */
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
 * Creates the storage. Its methods need no `this`.
 *
 * After a failed read, some libraries start with an empty state and write it. So an item whose read failed with a retryable error is not
 * overwritten until it has been read or removed, and a write waits for a running read.
 */
export function createAsyncStorage(storage: Calls, { store }: AdapterOptions = {}): AsyncStorage {
  /** By key: false if the last read failed with a retryable error. */
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
        throw new SecureStorageError(
          'UNAVAILABLE',
          'The item could not be read yet and is not overwritten: read it again first',
        );
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
