import { describe, expect, test, vi } from 'vitest';

import { redactBridgeLog } from '../redact.js';

describe("Capacitor's log", () => {
  test('shows neither options nor result of this plugin, and leaves the call itself alone', () => {
    const printed = vi.fn();
    const log = { logToNative: printed, logFromNative: printed };
    redactBridgeLog(log, 'SecureStorage');
    const call = { pluginId: 'SecureStorage', methodName: 'set', options: { value: 'top secret' } };
    const result = { pluginId: 'SecureStorage', success: true, data: { value: 'top secret' } };
    log.logToNative(call);
    log.logFromNative(result);
    expect(printed).toHaveBeenCalledTimes(2);
    expect(printed).toHaveBeenNthCalledWith(1, { ...call, options: '[redacted]' });
    expect(printed).toHaveBeenNthCalledWith(2, { ...result, data: '[redacted]' });
    expect(call.options.value).toBe('top secret');
  });

  test('shows what other plugins do', () => {
    const logToNative = vi.fn();
    const log = { logToNative };
    redactBridgeLog(log, 'SecureStorage');
    const call = { pluginId: 'Preferences', options: { value: 'no secret' } };
    log.logToNative(call);
    expect(logToNative).toHaveBeenCalledExactlyOnceWith(call);
  });

  test('is left alone where there is none', () => {
    const log = {};
    redactBridgeLog(log, 'SecureStorage');
    expect(log).toEqual({});
  });
});
