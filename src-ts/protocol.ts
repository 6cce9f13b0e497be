import type { ListenerCallback, PluginListenerHandle } from '@capacitor/core';

/** What Capacitor's proxy, or the web fallback behind it, offers. */
export interface BridgePlugin extends Record<Method, (options: Record<string, unknown>) => Promise<unknown>> {
  addListener(eventName: string, listener: ListenerCallback): Promise<PluginListenerHandle>;
  removeAllListeners(): Promise<void>;
}

/** The methods that change a store and answer `true` whenever they succeed. */
export const CHANGES = ['clear', 'remove', 'reset', 'rotateKeys', 'set', 'setMany'] as const;

/** The methods of the bridge protocol. */
export const METHODS = [
  ...CHANGES,
  'compareAndSet',
  'get',
  'getMany',
  'getOrCreate',
  'getPlatform',
  'getStatus',
  'has',
  'keys',
  'recover',
  'removeMany',
] as const;

export type Method = (typeof METHODS)[number];

/** The events of the bridge protocol. */
export const EVENTS = ['expired', 'storeReset'] as const;
