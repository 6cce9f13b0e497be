/**
 * Keeps secrets out of the page's console.
 *
 * Capacitor prints the options and the result of every call while its logging is on, which it is in debug builds. What its native
 * side prints cannot be reached from here.
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

/** Warns once if an app that is released was built with logging on. */
export function warnOfBridgeLog(capacitor: object): void {
  const { DEBUG, isLoggingEnabled }: BridgeLog = capacitor;
  if (!isLoggingEnabled || DEBUG !== false) return;
  console.warn(
    "Strongroom: Capacitor's logging is on in this release build. It writes secrets to the system's log. " +
      "Set loggingBehavior to 'debug' or 'none' in the Capacitor configuration.",
  );
}

const REDACTED = '[redacted]';

/** What Capacitor's script puts into a page on a phone: two flags, and the functions that print calls and results. */
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
