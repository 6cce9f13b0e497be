// Compiled, never run: what the types must accept, and what they must refuse. The tests of the package compile it with other compilers.

import type { CapacitorConfig } from '@capacitor/cli';
import type { PluginListenerHandle } from '@capacitor/core';
import { expectTypeOf } from 'expect-type';

import type {
  AsyncStorage,
  CompareAndSetOptions,
  ErrorCode,
  ExpiredEvent,
  KeyListOptions,
  KeyOptions,
  LastReset,
  LocalForageDriver,
  Platform,
  SecureStorageApi,
  SecurityLevel,
  SetManyOptions,
  SetOptions,
  StorageLocation,
  StoreOptions,
  StoreResetEvent,
  StoreStatus,
  UpdateFunction,
  UpdateOptions,
} from '../index.js';
import {
  asAsyncStorage,
  asLocalForageDriver,
  configureWeb,
  SecureStorage,
  SecureStorageError,
  SecureStoragePlugin,
} from '../index.js';
import { FakeSecureStorage } from '../testing/index.js';
import { createTokenManager, type TokenManager, type Tokens } from '../tokens/index.js';

type Api = SecureStorageApi;
type Answer<T> = Promise<{ value: T }>;

export function everyMethod(api: SecureStorageApi): void {
  expectTypeOf<Api['get']>().toEqualTypeOf<(options: KeyOptions) => Answer<string>>();
  expectTypeOf<Api['getMany']>().toEqualTypeOf<(options: KeyListOptions) => Answer<(string | null)[]>>();
  expectTypeOf<Api['getOrCreate']>().toEqualTypeOf<
    (options: SetOptions) => Promise<{ value: string; created: boolean }>
  >();
  expectTypeOf<Api['set']>().toEqualTypeOf<(options: SetOptions) => Answer<true>>();
  expectTypeOf<Api['setMany']>().toEqualTypeOf<(options: SetManyOptions) => Answer<true>>();
  expectTypeOf<Api['compareAndSet']>().toEqualTypeOf<(options: CompareAndSetOptions) => Answer<boolean>>();
  expectTypeOf<Api['update']>().toEqualTypeOf<
    (options: UpdateOptions, change: UpdateFunction) => Answer<string | null>
  >();
  expectTypeOf(api.getJSON<Session>({ key: 'k' })).toEqualTypeOf<Answer<Session>>();
  expectTypeOf(api.getJSON({ key: 'k' })).toEqualTypeOf<Answer<unknown>>();
  expectTypeOf(api.setJSON({ key: 'k', value: session })).toEqualTypeOf<Answer<true>>();
  expectTypeOf<Api['remove']>().toEqualTypeOf<(options: KeyOptions) => Answer<true>>();
  expectTypeOf<Api['removeMany']>().toEqualTypeOf<(options: KeyListOptions) => Answer<number>>();
  expectTypeOf<Api['clear']>().toEqualTypeOf<(options?: StoreOptions) => Answer<true>>();
  expectTypeOf<Api['keys']>().toEqualTypeOf<
    (options?: StoreOptions) => Promise<{ value: string[]; damaged?: string[] }>
  >();
  expectTypeOf<Api['has']>().toEqualTypeOf<(options: KeyOptions) => Answer<boolean>>();
  expectTypeOf<Api['getPlatform']>().toEqualTypeOf<() => Answer<Platform>>();
  expectTypeOf<Api['getStatus']>().toEqualTypeOf<(options?: StoreOptions) => Promise<StoreStatus>>();
  expectTypeOf<Api['reset']>().toEqualTypeOf<(options?: StoreOptions) => Answer<true>>();
  expectTypeOf<Api['recover']>().toEqualTypeOf<
    (options?: StoreOptions) => Promise<{ recovered: number; remaining: number }>
  >();
  expectTypeOf<Api['rotateKeys']>().toEqualTypeOf<(options?: StoreOptions) => Answer<true>>();
  expectTypeOf(
    api.addListener('storeReset', (event) => {
      expectTypeOf(event).toEqualTypeOf<StoreResetEvent>();
    }),
  ).toEqualTypeOf<Promise<PluginListenerHandle>>();
  void api.addListener('expired', (event) => {
    expectTypeOf(event).toEqualTypeOf<ExpiredEvent>();
  });
  expectTypeOf<Api['removeAllListeners']>().toEqualTypeOf<() => Promise<void>>();

  // A method that is not above fails here.
  expectTypeOf<keyof SecureStorageApi>().toEqualTypeOf<
    | 'addListener'
    | 'clear'
    | 'compareAndSet'
    | 'get'
    | 'getJSON'
    | 'getMany'
    | 'getOrCreate'
    | 'getPlatform'
    | 'getStatus'
    | 'has'
    | 'keys'
    | 'recover'
    | 'remove'
    | 'removeAllListeners'
    | 'removeMany'
    | 'reset'
    | 'rotateKeys'
    | 'set'
    | 'setJSON'
    | 'setMany'
    | 'update'
  >();
}

export function everythingElse(error: unknown): void {
  expectTypeOf(SecureStorage).toEqualTypeOf<SecureStorageApi>();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the old name must keep working
  expectTypeOf(SecureStoragePlugin).toEqualTypeOf<SecureStorageApi>();
  if (error instanceof SecureStorageError) {
    expectTypeOf(error).toExtend<Error>();
    expectTypeOf(error.code).toEqualTypeOf<ErrorCode>();
    expectTypeOf(error.retryable).toEqualTypeOf<boolean>();
    expectTypeOf(error.cause).toEqualTypeOf<unknown>();
  }
  expectTypeOf<StoreStatus>().toEqualTypeOf<{
    platform: Platform;
    store: string;
    secure: boolean;
    state: 'ready' | 'fresh';
    records: number;
    securityLevel: SecurityLevel | null;
    keyCreatedAt: number | null;
    dataKeyCreatedAt: number | null;
    location: StorageLocation;
    fileBytes: number;
    damagedRecords: number;
    quarantined: number;
    lastReset: LastReset | null;
    bridgeLogging: boolean;
  }>();
  configureWeb();
  configureWeb({ web: 'memory' });
  configureWeb(config.plugins?.SecureStorage);
  const fake = new FakeSecureStorage({ platform: 'ios', onKeyLoss: 'error' }).install();
  expectTypeOf(fake.storage).toEqualTypeOf<SecureStorageApi>();
  fake.fail('LOCKED', { method: 'get', times: 2 });
  fake.loseKey({ store: 's', reason: 'CORRUPT' });
}

export function everyAdapter(): void {
  const storage = asAsyncStorage({ store: 's' });
  expectTypeOf(storage).toEqualTypeOf<AsyncStorage>();
  expectTypeOf(storage.getItem).toEqualTypeOf<(key: string) => Promise<string | null>>();
  expectTypeOf(storage.length).toEqualTypeOf<Promise<number>>();
  expectTypeOf(asLocalForageDriver()).toEqualTypeOf<LocalForageDriver>();
  const manager = createTokenManager({ refresh: (tokens) => Promise.resolve({ ...tokens, expiresAt: 1 }) });
  expectTypeOf<TokenManager['getAccessToken']>().toEqualTypeOf<
    (options?: { minTtl?: number; rejected?: string }) => Promise<string | null>
  >();
  expectTypeOf<TokenManager['getTokens']>().toEqualTypeOf<() => Promise<Tokens | null>>();
  expectTypeOf<TokenManager['setTokens']>().toEqualTypeOf<(tokens: Tokens) => Promise<void>>();
  expectTypeOf(manager.logOut({ revoke: () => Promise.resolve() })).toEqualTypeOf<Promise<{ revoked: boolean }>>();
  expectTypeOf<keyof TokenManager>().toEqualTypeOf<'getAccessToken' | 'getTokens' | 'setTokens' | 'logOut'>();
  // @ts-expect-error: no way to renew
  createTokenManager({});
}

export async function accepted(): Promise<void> {
  const keys: readonly string[] = ['k'];
  const items = [
    { key: 'k', value: 'v', ttl: 60 },
    { key: 'l', value: 'w' },
  ] as const;
  await SecureStorage.getMany({ keys, store: 's' });
  await SecureStorage.setMany({ items });
  await SecureStorage.compareAndSet({ key: 'k', expected: 'v', value: null });
  await SecureStorage.update({ key: 'k' }, (value) => value);
  await SecureStorage.update({ key: 'k', ttl: 60 }, async (value) => `${value ?? ''}!`);
  await SecureStorage.setJSON({ key: 'k', value: [1, 'a', null, { b: [true] }], ttl: 60 });
  await SecureStorage.setJSON({ key: 'k', value: session });
  await SecureStorage.setJSON<Session>({ key: 'k', value: { user: 'u', scopes: [] } });
  await SecureStorage.setJSON({ key: 'k', value: items });
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
  // @ts-expect-error: no function
  await SecureStorage.update({ key: 'k' });
  // @ts-expect-error: a function that may answer nothing
  await SecureStorage.update({ key: 'k' }, (value) => value ?? undefined);
  // @ts-expect-error: a date, which would come back as a string
  await SecureStorage.setJSON({ key: 'k', value: new Date() });
  // @ts-expect-error: a map within, which would come back empty
  await SecureStorage.setJSON({ key: 'k', value: { map: new Map() } });
  // @ts-expect-error: a function within
  await SecureStorage.setJSON({ key: 'k', value: [() => 0] });
  // @ts-expect-error: no value at all
  await SecureStorage.setJSON({ key: 'k', value: undefined });
  // @ts-expect-error: a big integer
  await SecureStorage.setJSON({ key: 'k', value: 1n });
  // @ts-expect-error: something else than was promised
  await SecureStorage.setJSON<Session>({ key: 'k', value: { user: 7, scopes: [] } });
  // @ts-expect-error: no such event
  await SecureStorage.addListener('expire', () => undefined);
  // @ts-expect-error: no such mode
  configureWeb({ web: 'plain' });
  // @ts-expect-error: no such code
  new FakeSecureStorage().fail('NO_SUCH_CODE');
  // @ts-expect-error: no such method
  new FakeSecureStorage().fail('LOCKED', { method: 'read' });
}

interface Session {
  user: string;
  scopes: readonly string[];
  refreshedAt?: number;
  device?: { name: string } | null;
}

const session: Session = { user: 'u', scopes: ['a'], device: null };

const config: CapacitorConfig = {
  plugins: {
    SecureStorage: {
      onKeyLoss: 'error',
      strongBox: 'prefer',
      minSecurityLevel: 'trustedEnvironment',
      rotateAfterDays: 30,
      ios: {
        accessibility: 'whenUnlocked',
        authentication: 'biometryCurrentSet',
        accessGroup: 'TEAM.group',
        synchronizable: false,
        onReinstall: 'keep',
      },
      web: 'memory',
    },
  },
};
