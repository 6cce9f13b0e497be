import { fromJSON, toJSON } from '../client/json.js';
import type { SecureStorageApi } from '../definitions.js';
import { SecureStorageError } from '../errors.js';

import { type AdapterOptions, createAsyncStorage } from './async-storage.js';

type Callback = (error: unknown, result?: unknown) => void;

/** An instance of localForage. It gets the methods of the driver. */
interface Instance {
  strongroomOwner?: string;
}

/**
 * A driver for localForage, and so for Ionic Storage.
 *
 * @since 0.1.0
 */
export interface LocalForageDriver {
  /** The name of the driver for localForage and for the `driverOrder` of Ionic Storage. */
  readonly _driver: string;
  readonly _support: true;
  _initStorage(options: { name?: string; storeName?: string }): Promise<void>;
  getItem<T>(key: string, callback?: (error: unknown, value: T | null) => void): Promise<T | null>;
  setItem<T>(key: string, value: T, callback?: (error: unknown, value: T) => void): Promise<T>;
  removeItem(key: string, callback?: (error: unknown) => void): Promise<void>;
  clear(callback?: (error: unknown) => void): Promise<void>;
  length(callback?: (error: unknown, count: number) => void): Promise<number>;
  key(index: number, callback?: (error: unknown, key: string) => void): Promise<string>;
  keys(callback?: (error: unknown, keys: string[]) => void): Promise<string[]>;
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as localForage declares it
  iterate<T, U>(
    visit: (value: T, key: string, number: number) => U,
    callback?: (error: unknown, result: U) => void,
  ): Promise<U>;
}

/** By store: the database that uses it. All drivers of a storage share this. */
const owners = new WeakMap<SecureStorageApi, Map<string, string>>();

/**
 * Creates a driver that stores values as JSON. A store belongs to one database of localForage, that is, to one `name` with one `storeName`.
 * Calls of another database reject, through whichever driver, so that two databases never share a store unnoticed.
 */
export function createLocalForageDriver(storage: SecureStorageApi, options: AdapterOptions = {}): LocalForageDriver {
  const items = createAsyncStorage(storage, options);
  const { store = 'default' } = options;
  const owned = owners.get(storage) ?? new Map<string, string>();
  owners.set(storage, owned);

  /** Makes a method of localForage: it checks the database, returns a promise and calls the callback. */
  const method = (run: (...args: never[]) => Promise<unknown>) =>
    function (this: Instance, ...args: unknown[]) {
      const callback = typeof args[run.length] === 'function' ? (args[run.length] as Callback) : undefined;
      const result = this.strongroomOwner === owned.get(store) ? run(...(args as never[])) : Promise.reject(notYours());
      if (callback)
        result.then((value) => {
          callback(null, value);
        }, callback);
      return result;
    };

  const read = async (key: string) => {
    const text = await items.getItem(key);
    return text === null ? null : fromJSON(text);
  };

  return {
    _driver: options.store === undefined ? 'strongroom' : `strongroom-${options.store}`,
    _support: true,
    // This must not reject: localForage would then use another driver, which stores everything unencrypted.
    async _initStorage(this: Instance, { name, storeName }: { name?: string; storeName?: string }) {
      this.strongroomOwner = JSON.stringify([name, storeName]);
      if (!owned.has(store)) owned.set(store, this.strongroomOwner);
    },
    getItem: method(read),
    setItem: method(async (key: string, value: unknown) => {
      // The other drivers store `undefined` as `null`, too.
      const stored = value === undefined ? null : value;
      await items.setItem(key, toJSON(stored));
      return stored;
    }),
    removeItem: method((key: string) => items.removeItem(key)),
    clear: method(() => items.clear()),
    length: method(() => items.length),
    key: method((index: number) => items.key(index)),
    keys: method(() => items.keys()),
    iterate: method(async (visit: (value: unknown, key: string, number: number) => unknown) => {
      let number = 0;
      for (const key of await items.keys()) {
        const result = visit(await read(key), key, ++number);
        if (result !== undefined) return result;
      }
    }),
  } as LocalForageDriver;
}

function notYours(): SecureStorageError {
  return new SecureStorageError(
    'INVALID_ARGUMENT',
    'This store belongs to another database: create a driver with its own store',
  );
}
