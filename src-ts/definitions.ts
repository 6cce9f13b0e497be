/// <reference types="@capacitor/cli" />

import type { PluginListenerHandle } from '@capacitor/core';

declare module '@capacitor/cli' {
  export interface PluginsConfig {
    /**
     * How Strongroom stores the app's secrets. Every option is optional.
     */
    SecureStorage?: {
      /**
       * What to do when a store can no longer be opened because its key is gone, changed or invalidated, or because the header of its
       * file is damaged. `quarantine` renames the file, starts an empty store and fires `storeReset`. With `error`, every call on the
       * store rejects until `reset()`.
       *
       * @since 0.1.0
       * @default 'quarantine'
       * @example "quarantine"
       */
      onKeyLoss?: 'quarantine' | 'error';

      /**
       * Whether the Android key is created in StrongBox. Where StrongBox is missing, `prefer` uses the ordinary secure hardware and
       * `require` rejects. With `require`, the next call on a store replaces a key that is not in StrongBox.
       *
       * @since 0.1.0
       * @default 'off'
       * @example "off"
       */
      strongBox?: 'off' | 'prefer' | 'require';

      /**
       * The weakest protection of the Android key that the app accepts. If the key of an existing store is weaker, the next call
       * replaces it. If the device cannot make a better key, calls that read or write reject with `INSUFFICIENT_SECURITY`, and nothing
       * is lost.
       *
       * @since 0.1.0
       * @default any level
       * @example "trustedEnvironment"
       */
      minSecurityLevel?: SecurityLevel;

      /**
       * Renew the data key, which encrypts the values, when it is older than this number of days. With any number but 0, the
       * Keystore key is renewed too when it is older than 180 days. 0 turns both off.
       *
       * On Android, keys are renewed in the background, after a call. If that fails, the plugin tries again later; no call fails because
       * of it.
       *
       * @since 0.1.0
       * @default 90
       * @example 90
       */
      rotateAfterDays?: number;

      /**
       * How items are stored in the Keychain of an iPhone or iPad. Android and browsers ignore it.
       *
       * @since 0.1.0
       * @example { "accessibility": "afterFirstUnlockThisDeviceOnly" }
       */
      ios?: IosConfig;

      /**
       * What to do in a browser, which has no secure storage. A browser cannot read the Capacitor configuration, so pass this object to
       * `configureWeb` as well. See `WebMode` for the values.
       *
       * @since 0.1.0
       * @default 'debug' on localhost, 'memory' elsewhere
       * @example "memory"
       */
      web?: 'debug' | 'memory' | 'deny';
    };
  }
}

/**
 * How items are stored in the Keychain. Every option is optional.
 *
 * @since 0.1.0
 */
export interface IosConfig {
  /**
   * When the system allows the app to read items: after the first unlock since the device started; only while the device is unlocked; or
   * only while it is unlocked and has a passcode. Items of a class that ends in `ThisDeviceOnly` never leave the device; the others move
   * to a new device with an encrypted backup. While an item cannot be read, calls reject with `LOCKED`.
   *
   * The class that needs a passcode rejects with `INSUFFICIENT_SECURITY` on a device without one. When the user removes the passcode,
   * the system deletes the items of this class: the plugin then starts an empty store and fires `storeReset` with the reason `KEY_LOST`.
   *
   * After a change of this option, existing items get the new class at the next start.
   *
   * @since 0.1.0
   * @default 'afterFirstUnlockThisDeviceOnly'
   */
  accessibility?:
    | 'afterFirstUnlockThisDeviceOnly'
    | 'afterFirstUnlock'
    | 'whenUnlockedThisDeviceOnly'
    | 'whenUnlocked'
    | 'whenPasscodeSetThisDeviceOnly';

  /**
   * Ask the user each time a value is read or replaced: for biometry or the passcode, for any enrolled biometry, for the biometry that
   * was enrolled when the item was written, or for the passcode. Items of an earlier enrolment reject with `KEY_INVALIDATED`. The app
   * needs `NSFaceIDUsageDescription`.
   *
   * @since 0.1.0
   * @default nobody is asked
   */
  authentication?: 'userPresence' | 'biometryAny' | 'biometryCurrentSet' | 'devicePasscode';

  /**
   * The Keychain access group, with its prefix, to share items with an extension or with another app of the same team. Without the
   * entitlement for the group, calls reject with `MISSING_ENTITLEMENT`.
   *
   * When a later version of the app names a group for the first time, existing items move into it. When it names another group, or none
   * any more, items stay in the old group for the others that share it: the plugin starts an empty store and fires `storeReset` with the
   * reason `KEY_LOST`.
   *
   * @since 0.1.0
   * @default the app's default group
   */
  accessGroup?: string;

  /**
   * Whether iCloud Keychain copies items to the user's other devices. This needs an `accessibility` without `ThisDeviceOnly`, and no
   * `authentication`.
   *
   * Without an `accessGroup`, a later version of the app can turn it on or off. On: existing items are synchronised from then on. Off:
   * they are copied to this device, and the originals stay in iCloud for the other devices. With an `accessGroup`, the plugin starts an
   * empty store, as after a change of the group.
   *
   * @since 0.1.0
   * @default false
   */
  synchronizable?: boolean;

  /**
   * What to do with items of an earlier installation on this device. The Keychain keeps them when the user deletes the app. Items that a
   * backup brought to a new device are kept; a backup that is restored to the same device counts as a new installation.
   *
   * `clear` together with `accessGroup` or `synchronizable` rejects with `INVALID_ARGUMENT`, because other apps or devices would lose
   * their items.
   *
   * @since 0.1.0
   * @default 'keep'
   */
  onReinstall?: 'keep' | 'clear';
}

/**
 * Stores an app's secrets.
 *
 * Every method rejects with a `SecureStorageError`. Branch on its `code`, and try again later if it is `retryable`.
 */
export interface SecureStorageApi {
  /**
   * Read a value.
   *
   * Rejects with `NOT_FOUND` if no item has the given key.
   *
   * @since 0.1.0
   */
  get(options: KeyOptions): Promise<GetResult>;

  /**
   * Read several values as they were at one moment. `null` means that the item certainly does not exist. The same key may occur twice.
   *
   * Rejects with `CORRUPT_RECORD` if one of the items is damaged, and with `TOO_LARGE` if the values together are larger than 4 MiB.
   *
   * @since 0.1.0
   */
  getMany(options: KeyListOptions): Promise<GetManyResult>;

  /**
   * Read a value, or write the given one if the item certainly does not exist. Concurrent calls are safe: one creates the value, all
   * return it.
   *
   * Rejects with `CORRUPT_RECORD` if the item is damaged. A damaged item is not replaced.
   *
   * @since 0.1.0
   */
  getOrCreate(options: SetOptions): Promise<GetOrCreateResult>;

  /**
   * Write a value and replace an existing one. The promise resolves when the value is on the disk.
   *
   * @since 0.1.0
   */
  set(options: SetOptions): Promise<TrueResult>;

  /**
   * Write several values, all or none, and replace existing ones. The promise resolves when all values are on the disk.
   *
   * Rejects with `INVALID_ARGUMENT` if a key occurs twice, and with `TOO_LARGE` if keys and values together are larger than 4 MiB.
   *
   * @since 0.1.0
   */
  setMany(options: SetManyOptions): Promise<TrueResult>;

  /**
   * Replace a value if it is the expected one, and return whether it was. The comparison and the write are atomic: no other call, thread
   * or process can change the item between them.
   *
   * Rejects with `CORRUPT_RECORD` if the item is damaged.
   *
   * @since 0.1.0
   */
  compareAndSet(options: CompareAndSetOptions): Promise<CompareAndSetResult>;

  /**
   * Read a value, call a function that returns the next value, and write that. If the item was changed in between, start again with the
   * new value. `null` means that the item does not exist, both as argument and as result.
   *
   * In one page, updates of the same item wait for each other, so the function runs once at a time. If another process changes the item
   * during the call, the function runs again. If the function throws, the call rejects with that error and writes nothing. Calling
   * `update` on the same key inside the callback deadlocks.
   *
   * Without `ttl` and `expiresAt`, the item no longer expires, as after `set`.
   *
   * @since 0.1.0
   */
  update(options: UpdateOptions, change: UpdateFunction): Promise<UpdateResult>;

  /**
   * Read a value that `setJSON` wrote. The result equals what was written: a string that looks like a date stays a string. Nothing
   * checks that the value is a `T`; an older version of the app may have written something else.
   *
   * Rejects with `NOT_FOUND` if no item has the given key, and with `INVALID_ARGUMENT` if its value is not JSON.
   *
   * @since 0.1.0
   */
  getJSON<T = unknown>(options: KeyOptions): Promise<GetJSONResult<T>>;

  /**
   * Write a value as JSON and replace an existing one. Properties that are `undefined` are left out.
   *
   * Rejects with `INVALID_ARGUMENT` if reading would not return the same value: for a date, a map, an object of a class, a number that
   * is not finite, `undefined` in a list, or a cycle.
   *
   * @since 0.1.0
   */
  setJSON<T>(options: SetJSONOptions<T>): Promise<TrueResult>;

  /**
   * Remove an item.
   *
   * Rejects with `NOT_FOUND` if no item has the given key.
   *
   * On Android, the item is gone at once. Its encrypted bytes are erased from the file about 2 seconds later (10 minutes later, if the
   * file is larger than 256 KiB), or when the app next runs. Older copies of the file can still be opened with the Keystore key, until
   * `rotateKeys` replaces that key or `clear` destroys it.
   *
   * @since 0.1.0
   */
  remove(options: KeyOptions): Promise<TrueResult>;

  /**
   * Remove several items, all or none, and return how many of them existed. Keys without an item are not an error.
   *
   * @since 0.1.0
   */
  removeMany(options: KeyListOptions): Promise<RemoveManyResult>;

  /**
   * Remove every item of the store, with its files in quarantine, and nothing else. This also works for a store that can no longer be
   * opened.
   *
   * @since 0.1.0
   */
  clear(options?: StoreOptions): Promise<TrueResult>;

  /**
   * List the keys of the store, sorted. The list is always complete.
   *
   * Rejects with `TOO_LARGE` if the keys together are larger than 4 MiB. Reading, writing and removing by key, and `clear`, still work.
   *
   * @since 0.1.0
   */
  keys(options?: StoreOptions): Promise<KeysResult>;

  /**
   * Return whether the store has an item with the given key.
   *
   * @since 0.1.0
   */
  has(options: KeyOptions): Promise<HasResult>;

  /**
   * Return the platform that the code runs on.
   *
   * @since 0.1.0
   */
  getPlatform(): Promise<PlatformResult>;

  /**
   * Describe the store: how it is protected, where it is stored, and what happened to it. The result never contains a key or a value.
   *
   * @since 0.1.0
   */
  getStatus(options?: StoreOptions): Promise<StoreStatus>;

  /**
   * Put the store into quarantine, readable or not, and start an empty one. This is for apps that set `onKeyLoss: 'error'`, when a store
   * can no longer be opened. In a browser, nothing goes into quarantine: the items are deleted.
   *
   * @since 0.1.0
   */
  reset(options?: StoreOptions): Promise<TrueResult>;

  /**
   * Try to open the files in quarantine again, and restore each item that the store does not have now. A system update can repair a key
   * that looked lost.
   *
   * @since 0.1.0
   */
  recover(options?: StoreOptions): Promise<RecoverResult>;

  /**
   * Rewrite the store under new keys. On Android, older copies of its file can no longer be opened after the old key is destroyed. In a
   * browser there is no key, and the call does nothing.
   *
   * @since 0.1.0
   */
  rotateKeys(options?: StoreOptions): Promise<TrueResult>;

  /**
   * Fires when a store was put into quarantine and an empty one was started.
   *
   * @since 0.1.0
   */
  addListener(eventName: 'storeReset', listener: (event: StoreResetEvent) => void): Promise<PluginListenerHandle>;

  /**
   * Fires when an expired item is removed. Removal happens on next access, not at the exact expiry time.
   *
   * @since 0.1.0
   */
  addListener(eventName: 'expired', listener: (event: ExpiredEvent) => void): Promise<PluginListenerHandle>;

  /**
   * Remove all listeners of this plugin.
   *
   * @since 0.1.0
   */
  removeAllListeners(): Promise<void>;
}

export interface StoreOptions {
  /**
   * The name of the store: 1 to 64 characters of `a-z`, `0-9`, `.`, `_` and `-`. Each store is independent of the others.
   *
   * @since 0.1.0
   * @default 'default'
   */
  store?: string;
}

/**
 * The item. `StoreOptions` name its store.
 */
export interface KeyOptions extends StoreOptions {
  /**
   * The key of the item: 1 to 1,024 bytes of UTF-8.
   *
   * @since 0.1.0
   */
  key: string;
}

/**
 * The items. `StoreOptions` name their store.
 */
export interface KeyListOptions extends StoreOptions {
  /**
   * The keys of the items: at most 1,000, each of 1 to 1,024 bytes of UTF-8. With an empty list the call does nothing.
   *
   * @since 0.1.0
   */
  keys: readonly string[];
}

/**
 * When the item expires. Without these options, it never does.
 */
export interface ExpiryOptions {
  /**
   * When the item expires, in milliseconds since 1970. Not together with `ttl`.
   *
   * @since 0.1.0
   * @default never
   */
  expiresAt?: number;

  /**
   * After how many seconds the item expires, at least 0.001. Not together with `expiresAt`.
   *
   * @since 0.1.0
   * @default never
   */
  ttl?: number;
}

/**
 * The value to write. `KeyOptions` name the item, and `ExpiryOptions` say when it expires.
 */
export interface SetOptions extends KeyOptions, ExpiryOptions {
  /**
   * The value: at most 1 MiB of UTF-8. It may be empty.
   *
   * @since 0.1.0
   */
  value: string;
}

/**
 * The items to write. `StoreOptions` name their store.
 */
export interface SetManyOptions extends StoreOptions {
  /**
   * The items: at most 1,000, each with a different key, and at most 4 MiB of keys and values. With an empty list the call does nothing.
   *
   * @since 0.1.0
   */
  items: readonly Item[];
}

/**
 * An item to write. `ExpiryOptions` say when it expires.
 */
export interface Item extends ExpiryOptions {
  /**
   * The key of the item: 1 to 1,024 bytes of UTF-8.
   *
   * @since 0.1.0
   */
  key: string;

  /**
   * The value: at most 1 MiB of UTF-8. It may be empty.
   *
   * @since 0.1.0
   */
  value: string;
}

/**
 * The expected value and the new one. `KeyOptions` name the item, and `ExpiryOptions` say when the new value expires.
 */
export interface CompareAndSetOptions extends KeyOptions, ExpiryOptions {
  /**
   * The value that the item must have; `null` if the item must not exist. Required.
   *
   * @since 0.1.0
   */
  expected: string | null;

  /**
   * The new value, at most 1 MiB of UTF-8; `null` to remove the item, without `ExpiryOptions`. Required.
   *
   * @since 0.1.0
   */
  value: string | null;
}

/**
 * The item, and when its new value expires.
 */
export type UpdateOptions = KeyOptions & ExpiryOptions;

/**
 * Returns the next value of an item, given the current one, or `null` if the item does not exist. If it returns `null`, the item is
 * removed.
 */
export type UpdateFunction = (value: string | null) => string | null | Promise<string | null>;

export interface UpdateResult {
  /**
   * The value that is stored now; `null` if the item does not exist.
   *
   * @since 0.1.0
   */
  value: string | null;
}

/**
 * The value to write. `KeyOptions` name the item, and `ExpiryOptions` say when it expires.
 */
export interface SetJSONOptions<T> extends KeyOptions, ExpiryOptions {
  /**
   * The value. As JSON it may have at most 1 MiB of UTF-8.
   *
   * @since 0.1.0
   */
  value: T & JSONValue<T>;
}

/**
 * `T` if JSON can hold it without a change: strings, numbers, booleans, `null`, and lists and plain objects of these. Properties may be
 * optional.
 */
export type JSONValue<T> = T extends string | number | boolean | null
  ? T
  : T extends undefined | bigint | symbol | ((...args: never[]) => unknown)
    ? never
    : { [K in keyof T]: JSONValue<T[K]> | (undefined extends T[K] ? undefined : never) };

export interface GetJSONResult<T> {
  /**
   * The value of the item.
   *
   * @since 0.1.0
   */
  value: T;
}

export interface GetResult {
  /**
   * The value of the item.
   *
   * @since 0.1.0
   */
  value: string;
}

export interface GetManyResult {
  /**
   * The values in the order of the keys; `null` for an item that does not exist.
   *
   * @since 0.1.0
   */
  value: (string | null)[];
}

export interface GetOrCreateResult {
  /**
   * The value that is stored now.
   *
   * @since 0.1.0
   */
  value: string;

  /**
   * Whether this call stored it.
   *
   * @since 0.1.0
   */
  created: boolean;
}

export interface CompareAndSetResult {
  /**
   * Whether the value was the expected one and was replaced.
   *
   * @since 0.1.0
   */
  value: boolean;
}

export interface RemoveManyResult {
  /**
   * How many of the items existed.
   *
   * @since 0.1.0
   */
  value: number;
}

export interface TrueResult {
  /**
   * Always `true`: a failure rejects.
   *
   * @since 0.1.0
   */
  value: true;
}

export interface KeysResult {
  /**
   * The keys, sorted by their UTF-8 bytes.
   *
   * @since 0.1.0
   */
  value: string[];

  /**
   * Which of these keys belong to damaged items: reading such an item rejects with `CORRUPT_RECORD` until it is set or removed. Absent if
   * there is none. If nothing of an item is intact, its key is unknown and not listed; `damagedRecords` in the status counts it.
   *
   * @since 0.1.0
   * @default absent
   */
  damaged?: string[];
}

export interface HasResult {
  /**
   * Whether the item exists.
   *
   * @since 0.1.0
   */
  value: boolean;
}

export interface PlatformResult {
  /**
   * The platform.
   *
   * @since 0.1.0
   */
  value: Platform;
}

export interface RecoverResult {
  /**
   * How many items were restored.
   *
   * @since 0.1.0
   */
  recovered: number;

  /**
   * How many files are still in quarantine.
   *
   * @since 0.1.0
   */
  remaining: number;
}

export interface StoreStatus {
  /**
   * The platform.
   *
   * @since 0.1.0
   */
  platform: Platform;

  /**
   * The name of the store.
   *
   * @since 0.1.0
   */
  store: string;

  /**
   * Whether the operating system protects the values. Always `false` in a browser, and on Android if the key is kept in software only.
   *
   * @since 0.1.0
   */
  secure: boolean;

  /**
   * `fresh` if nothing has been written yet, otherwise `ready`.
   *
   * @since 0.1.0
   */
  state: 'ready' | 'fresh';

  /**
   * How many items the store has, without the damaged ones.
   *
   * @since 0.1.0
   */
  records: number;

  /**
   * How the Android key is protected. `null` if the platform does not report it, or if there is no key.
   *
   * @since 0.1.0
   */
  securityLevel: SecurityLevel | null;

  /**
   * When the Keystore key of the store was created, in milliseconds since 1970.
   *
   * @since 0.1.0
   */
  keyCreatedAt: number | null;

  /**
   * When the data key, which encrypts the values, was created, in milliseconds since 1970.
   *
   * @since 0.1.0
   */
  dataKeyCreatedAt: number | null;

  /**
   * Where the store is kept.
   *
   * @since 0.1.0
   */
  location: StorageLocation;

  /**
   * How many bytes the store occupies.
   *
   * @since 0.1.0
   */
  fileBytes: number;

  /**
   * How many items cannot be read because they are damaged.
   *
   * @since 0.1.0
   */
  damagedRecords: number;

  /**
   * How many files of this store are in quarantine.
   *
   * @since 0.1.0
   */
  quarantined: number;

  /**
   * When an empty store was last started in place of an old one, and why.
   *
   * @since 0.1.0
   */
  lastReset: LastReset | null;

  /**
   * Whether Capacitor's own logging is on. It prints secrets: on Android the options of every call to the system's log, on iOS the
   * results to the app's console. In the Capacitor configuration of an app that you release, set `loggingBehavior` to `none` or `debug`.
   *
   * @since 0.1.0
   */
  bridgeLogging: boolean;
}

export interface LastReset {
  /**
   * Why the empty store was started.
   *
   * @since 0.1.0
   */
  reason: ResetReason;

  /**
   * When, in milliseconds since 1970.
   *
   * @since 0.1.0
   */
  at: number;
}

/**
 * The store. `LastReset` says why and when it was reset.
 */
export interface StoreResetEvent extends LastReset {
  /**
   * The store that is empty now.
   *
   * @since 0.1.0
   */
  store: string;
}

export interface ExpiredEvent {
  /**
   * The store that the item was in.
   *
   * @since 0.1.0
   */
  store: string;

  /**
   * The key of the item.
   *
   * @since 0.1.0
   */
  key: string;
}

/**
 * The platform that the code runs on.
 */
export type Platform = 'web' | 'ios' | 'android';

/**
 * Why an empty store was started: the code of the error that made the old one unusable, or `REQUESTED` after a call of `reset()`.
 */
export type ResetReason = 'KEY_LOST' | 'KEY_MISMATCH' | 'KEY_INVALIDATED' | 'CORRUPT' | 'REQUESTED';

/**
 * How the Android key is protected, according to the system.
 */
export type SecurityLevel = 'unknown' | 'software' | 'unknownSecure' | 'trustedEnvironment' | 'strongBox';

/**
 * Where a store is kept.
 */
export type StorageLocation = 'noBackupFilesDir' | 'keychain' | 'localStorage' | 'memory' | 'file';

/**
 * What the plugin does in a browser.
 *
 * - `debug`: values are stored unencrypted in `localStorage`, on localhost, and in a private network if configured
 * - `memory`: values are stored in memory until the page is closed
 * - `deny`: every call except `getPlatform` rejects with `UNSUPPORTED`
 */
export type WebMode = 'debug' | 'memory' | 'deny';

/**
 * The stable code of a `SecureStorageError`, since 0.1.0:
 *
 * - `AUTH_CANCELLED`: the user dismissed the prompt
 * - `AUTH_FAILED`: the user was not recognised
 * - `AUTH_REQUIRED`: the store is locked, and the user has to authenticate first
 * - `BIOMETRY_LOCKOUT`: there were too many failed attempts
 * - `BIOMETRY_NOT_ENROLLED`: no fingerprint or face is set up
 * - `BIOMETRY_UNAVAILABLE`: the sensor cannot be used at the moment
 * - `CORRUPT`: the store cannot be read at all
 * - `CORRUPT_RECORD`: this item is damaged; the others can be read
 * - `INSUFFICIENT_SECURITY`: the device does not offer the protection that the configuration requires
 * - `INTERNAL`: there is a defect in the plugin
 * - `INVALID_ARGUMENT`: an option is missing, unknown, of the wrong type or out of range
 * - `IO`: the file system reported an error
 * - `KEY_INVALIDATED`: the system has invalidated the key of the store, or of the item
 * - `KEY_LOST`: the key of the store is gone
 * - `KEY_MISMATCH`: the key of the store is not the one that the store was written with
 * - `LOCKED`: the device is locked, or has not been unlocked since it started
 * - `MISSING_ENTITLEMENT`: the app lacks an entitlement
 * - `NEWER_FORMAT`: a newer version of the app has written the store
 * - `NOT_FOUND`: there is no item with the given key; this is certain
 * - `NOT_INITIALISED`: the native part could not start
 * - `STORAGE_FULL`: the disk is full; `clear` still works, and `remove` works for as many items as space is reserved for
 * - `TOO_LARGE`: a value is larger than 1 MiB, or one call carries more than 4 MiB
 * - `UNAVAILABLE`: the Keystore or the Keychain did not answer as it should, or another process kept the store busy
 * - `UNSUPPORTED`: the platform cannot do this, or the native part of the plugin is missing
 */
export type ErrorCode =
  | 'AUTH_CANCELLED'
  | 'AUTH_FAILED'
  | 'AUTH_REQUIRED'
  | 'BIOMETRY_LOCKOUT'
  | 'BIOMETRY_NOT_ENROLLED'
  | 'BIOMETRY_UNAVAILABLE'
  | 'CORRUPT'
  | 'CORRUPT_RECORD'
  | 'INSUFFICIENT_SECURITY'
  | 'INTERNAL'
  | 'INVALID_ARGUMENT'
  | 'IO'
  | 'KEY_INVALIDATED'
  | 'KEY_LOST'
  | 'KEY_MISMATCH'
  | 'LOCKED'
  | 'MISSING_ENTITLEMENT'
  | 'NEWER_FORMAT'
  | 'NOT_FOUND'
  | 'NOT_INITIALISED'
  | 'STORAGE_FULL'
  | 'TOO_LARGE'
  | 'UNAVAILABLE'
  | 'UNSUPPORTED';
