// Compiled by `npm run typecheck`, never run: what the types must accept, and what they must refuse.

import type { CapacitorConfig } from '@capacitor/cli';

import type { ErrorCode, SecureStorageError, StoreStatus } from '../index.js';
import { configureWeb, SecureStorage, SecureStoragePlugin } from '../index.js';

export async function accepted(error: SecureStorageError): Promise<void> {
  const text: string = (await SecureStorage.get({ key: 'k' })).value;
  const done: true = (await SecureStorage.set({ key: 'k', value: text, store: 's', ttl: 60 })).value;
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the old name must keep working
  const gone: true = (await SecureStoragePlugin.remove({ key: 'k' })).value;
  const keys: string[] = (await SecureStorage.keys()).value;
  const has: boolean = (await SecureStorage.has({ key: 'k' })).value;
  const keyList: readonly string[] = ['k'];
  const values: (string | null)[] = (await SecureStorage.getMany({ keys: keyList, store: 's' })).value;
  const items = [
    { key: 'k', value: 'v', ttl: 60 },
    { key: 'l', value: 'w' },
  ] as const;
  const written: true = (await SecureStorage.setMany({ items })).value;
  const removed: number = (await SecureStorage.removeMany({ keys: [] })).value;
  const created: boolean = (await SecureStorage.getOrCreate({ key: 'k', value: 'v', expiresAt: 1 })).created;
  const swapped: boolean = (await SecureStorage.compareAndSet({ key: 'k', expected: null, value: 'v', ttl: 1 })).value;
  await SecureStorage.compareAndSet({ key: 'k', expected: 'v', value: null });
  const status: StoreStatus = await SecureStorage.getStatus();
  const code: ErrorCode = error.code;
  const handle = await SecureStorage.addListener('expired', ({ store, key }) => [store, key].join());
  await SecureStorage.addListener('storeReset', ({ store, reason, at }) => [store, reason, at.toFixed()].join());
  await handle.remove();
  configureWeb(config.plugins?.SecureStorage);
  expectUsed(done, gone, keys, has, status, code, values, written, removed, created, swapped);
}

export async function refused(): Promise<void> {
  // @ts-expect-error: the key is missing
  await SecureStorage.get({});
  // @ts-expect-error: a number as key
  await SecureStorage.get({ key: 7 });
  // @ts-expect-error: no value
  await SecureStorage.set({ key: 'k' });
  // @ts-expect-error: null as value
  await SecureStorage.set({ key: 'k', value: null });
  // @ts-expect-error: a date in place of milliseconds
  await SecureStorage.set({ key: 'k', value: 'v', expiresAt: new Date() });
  // @ts-expect-error: one key in place of a list
  await SecureStorage.getMany({ keys: 'k' });
  // @ts-expect-error: the keys are missing
  await SecureStorage.removeMany({});
  // @ts-expect-error: an item without a value
  await SecureStorage.setMany({ items: [{ key: 'k' }] });
  // @ts-expect-error: an item with a store of its own
  await SecureStorage.setMany({ items: [{ key: 'k', value: 'v', store: 's' }] });
  // @ts-expect-error: null as value
  await SecureStorage.getOrCreate({ key: 'k', value: null });
  // @ts-expect-error: what is expected is missing
  await SecureStorage.compareAndSet({ key: 'k', value: 'v' });
  // @ts-expect-error: undefined in place of null
  await SecureStorage.compareAndSet({ key: 'k', expected: undefined, value: 'v' });
  // @ts-expect-error: the value is missing
  await SecureStorage.compareAndSet({ key: 'k', expected: 'v' });
  // @ts-expect-error: no such event
  await SecureStorage.addListener('expire', () => undefined);
  // @ts-expect-error: no such mode
  configureWeb({ web: 'plain' });
}

const config: CapacitorConfig = {
  plugins: { SecureStorage: { onKeyLoss: 'error', strongBox: 'prefer', rotateAfterDays: 30, web: 'memory' } },
};

declare function expectUsed(...values: unknown[]): void;
