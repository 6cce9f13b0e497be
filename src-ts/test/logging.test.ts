import { beforeEach, describe, expect, test, vi } from 'vitest';

import { redactBridgeLog, warnOfBridgeLog } from '../logging.js';

describe("Capacitor's log", () => {
  test('shows neither options nor result of this plugin, and does not change the call', () => {
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

  test.each([
    ['get', { key: 'top secret' }, { value: 'top secret' }],
    ['getMany', { keys: ['top secret'] }, { value: ['top secret', null] }],
    ['setMany', { items: [{ key: 'top secret', value: 'top secret' }] }, { value: true }],
    ['getOrCreate', { key: 'top secret', value: 'top secret' }, { value: 'top secret', created: false }],
    ['compareAndSet', { key: 'k', expected: 'top secret', value: 'top secret' }, { value: true }],
    ['removeMany', { keys: ['top secret'] }, { value: 1 }],
    ['keys', {}, { value: ['top secret'] }],
  ])('shows no secret of %s at any depth', (methodName, options, data) => {
    const printed: unknown[] = [];
    const print = (entry: unknown) => printed.push(entry);
    const log = { logToNative: print, logFromNative: print };
    redactBridgeLog(log, 'SecureStorage');
    const call = { pluginId: 'SecureStorage', methodName, options };
    const result = { pluginId: 'SecureStorage', methodName, success: true, data };
    log.logToNative(call);
    log.logFromNative(result);
    expect(printed).toHaveLength(2);
    expect(JSON.stringify(printed)).toContain(methodName);
    expect(JSON.stringify(printed)).not.toContain('secret');
  });

  test('shows the calls of other plugins', () => {
    const logToNative = vi.fn();
    const log = { logToNative };
    redactBridgeLog(log, 'SecureStorage');
    const call = { pluginId: 'Preferences', options: { value: 'no secret' } };
    log.logToNative(call);
    expect(logToNative).toHaveBeenCalledExactlyOnceWith(call);
  });

  test('is not changed if it does not exist', () => {
    const log = {};
    redactBridgeLog(log, 'SecureStorage');
    expect(log).toEqual({});
  });
});

describe("a release build with Capacitor's logging on", () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);

  beforeEach(() => {
    warn.mockClear();
  });

  test('causes a warning that says what to do', () => {
    warnOfBridgeLog({ DEBUG: false, isLoggingEnabled: true });
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("loggingBehavior to 'debug' or 'none'"));
  });

  test.each([{ DEBUG: true, isLoggingEnabled: true }, { DEBUG: false, isLoggingEnabled: false }, {}])(
    'is not detected in %j',
    (capacitor) => {
      warnOfBridgeLog(capacitor);
      expect(warn).not.toHaveBeenCalled();
    },
  );
});
