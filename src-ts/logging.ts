/**
 * Keeps secrets out of the page's console.
 *
 * While its logging is on, as in debug builds, Capacitor prints the options and the result of every call. This function cannot change what
 * the native side prints.
 */
export function redactBridgeLog(capacitor: object, pluginId: string): void {
  const log: BridgeLog = capacitor;
  const { logToNative, logFromNative } = log;
  if (logToNative) {
    log.logToNative = (call) => {
      logToNative(call.pluginId === pluginId ? { ...call, ...{ options: REDACTED } } : call);
    };
  }
  if (logFromNative) {
    log.logFromNative = (result) => {
      logFromNative(result.pluginId === pluginId ? { ...result, ...{ data: REDACTED } } : result);
    };
  }
}

/** Warns once if a release build has logging on. */
export function warnOfBridgeLog(capacitor: object): void {
  const { DEBUG, isLoggingEnabled }: BridgeLog = capacitor;
  if (!isLoggingEnabled || DEBUG !== false) return;
  console.warn(
    "Strongroom: Capacitor's logging is on in this release build. It writes secrets to the system's log. " +
      "Set loggingBehavior to 'debug' or 'none' in the Capacitor configuration.",
  );
}

const REDACTED = '[redacted]';

/** The part of Capacitor's script in a page on a phone that prints calls and results. */
interface BridgeLog {
  /** Whether the app is a debug build. */
  DEBUG?: boolean;
  isLoggingEnabled?: boolean;
  logToNative?: (call: LogEntry) => void;
  logFromNative?: (result: LogEntry) => void;
}

interface LogEntry {
  pluginId?: string;
}
