import type { ListenerCallback, PluginListenerHandle } from '@capacitor/core';

/** The methods of Capacitor's proxy, and of the web fallback behind it. */
export interface BridgePlugin extends Record<Method, (options: Record<string, unknown>) => Promise<unknown>> {
  addListener(eventName: string, listener: ListenerCallback): Promise<PluginListenerHandle>;
  removeAllListeners(): Promise<void>;
}

/** The methods of the bridge protocol, and whether a method changes a store and answers `true` whenever it succeeds. */
export const ANSWERS_TRUE = {
  clear: true,
  compareAndSet: false,
  get: false,
  getMany: false,
  getOrCreate: false,
  getPlatform: false,
  getStatus: false,
  has: false,
  keys: false,
  recover: false,
  remove: true,
  removeMany: false,
  reset: true,
  rotateKeys: true,
  set: true,
  setMany: true,
};

export type Method = keyof typeof ANSWERS_TRUE;

export const METHODS = Object.keys(ANSWERS_TRUE) as Method[];

/** The events of the bridge protocol. */
export const EVENTS = ['expired', 'storeReset'] as const;
