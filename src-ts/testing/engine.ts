import type { PlatformResult, RecoverResult, ResetReason, StoreStatus, TrueResult } from '../definitions.js';
import { MemoryBackend } from '../engine/backend.js';
import { checkNames, OPTIONS, storeOf } from '../engine/checks.js';
import { Engine } from '../engine/engine.js';
import { prefixOf } from '../engine/records.js';
import { SecureStorageError } from '../errors.js';

import type { FakeOptions, KeyLoss } from './options.js';

type Options = Readonly<Record<string, unknown>>;

/** The engine over memory, with what only a phone has: keys that can be lost, and quarantine. */
export class FakeEngine extends Engine {
  private readonly memory = new MemoryBackend();
  private readonly storeKeys = new Map<string, Key>();
  private readonly quarantine = new Map<string, QuarantinedStore[]>();

  constructor(private readonly options: Required<FakeOptions>) {
    super();
  }

  loseKey(store: string, reason: KeyLoss): void {
    this.key(store).lost = reason;
  }

  restoreKey(store: string): void {
    for (const { key } of [{ key: this.key(store) }, ...this.quarantineOf(store)]) delete key.lost;
  }

  damage(store: string, key: string): void {
    const name = prefixOf(store) + key;
    if (this.memory.read(name) === null) throw new Error('There is no such item: set it before you damage it');
    this.memory.write(name, '');
  }

  override async getPlatform(options: Options): Promise<PlatformResult> {
    checkNames(options, OPTIONS.getPlatform);
    return { value: this.options.platform };
  }

  override async getStatus(options: Options): Promise<StoreStatus> {
    const status = await super.getStatus(options);
    const { platform } = this.options;
    return { ...status, ...FACTS[platform], platform, quarantined: this.quarantineOf(status.store).length };
  }

  override async clear(options: Options): Promise<TrueResult> {
    checkNames(options, OPTIONS.clear);
    const store = storeOf(options);
    this.storeKeys.delete(store);
    this.quarantine.delete(store);
    return super.clear(options);
  }

  override async reset(options: Options): Promise<TrueResult> {
    checkNames(options, OPTIONS.reset);
    const store = storeOf(options);
    if (!this.key(store).lost) return super.reset(options);
    this.startEmpty(store, 'REQUESTED');
    return { value: true };
  }

  override async recover(options: Options): Promise<RecoverResult> {
    const { store } = this.open('recover', options);
    const [unreadable, readable] = [true, false].map((lost) =>
      this.quarantineOf(store).filter(({ key }) => (key.lost !== undefined) === lost),
    ) as [QuarantinedStore[], QuarantinedStore[]];
    let recovered = 0;
    // The newest copy first, because an existing item is not replaced.
    for (const [name, content] of readable.reverse().flatMap((copy) => copy.content)) {
      if (this.memory.read(name) !== null) continue;
      this.memory.write(name, content);
      recovered++;
    }
    this.quarantine.set(store, unreadable);
    return { recovered, remaining: unreadable.length };
  }

  protected createBackend(): MemoryBackend {
    return this.memory;
  }

  protected guard(store: string): void {
    const { lost } = this.key(store);
    if (lost === undefined || this.memory.names(prefixOf(store)).length === 0) return;
    if (this.options.onKeyLoss === 'error')
      throw new SecureStorageError(lost, 'The store can no longer be opened: call `reset()` to start an empty store');
    this.startEmpty(store, lost);
  }

  protected override startEmpty(store: string, reason: ResetReason): void {
    const names = this.memory.names(prefixOf(store));
    const content = names.map((name): [string, string] => [name, this.memory.read(name) ?? '']);
    this.quarantine.set(store, [...this.quarantineOf(store), { key: this.key(store), content }]);
    this.storeKeys.delete(store);
    super.startEmpty(store, reason);
  }

  private key(store: string): Key {
    const key = this.storeKeys.get(store) ?? {};
    this.storeKeys.set(store, key);
    return key;
  }

  private quarantineOf(store: string): QuarantinedStore[] {
    return this.quarantine.get(store) ?? [];
  }
}

interface Key {
  lost?: KeyLoss;
}

/** A store in quarantine, and the key that it was sealed with. */
interface QuarantinedStore {
  key: Key;
  content: [name: string, content: string][];
}

/** The status fields that depend on the platform. */
const FACTS = {
  android: { secure: true, securityLevel: 'trustedEnvironment', location: 'noBackupFilesDir' },
  ios: { secure: true, securityLevel: null, location: 'keychain' },
  web: { secure: false, securityLevel: null, location: 'memory' },
} as const;
