import type { ListenerCallback, PluginListenerHandle } from '@capacitor/core';

export class Listeners {
  private readonly entries = new Set<{ eventName: string; listener: ListenerCallback }>();

  add(eventName: string, listener: ListenerCallback): PluginListenerHandle {
    const entry = { eventName, listener };
    this.entries.add(entry);
    return { remove: async () => void this.entries.delete(entry) };
  }

  clear(): void {
    this.entries.clear();
  }

  /** Calls each listener in a microtask of its own: a listener that throws must not fail the call that raised the event. */
  notify(eventName: string, event: object): void {
    for (const entry of this.entries) {
      if (entry.eventName !== eventName) continue;
      queueMicrotask(() => {
        if (this.entries.has(entry)) entry.listener({ ...event });
      });
    }
  }
}
