/** The two functions with which Capacitor prints calls and results when its logging is on. */
interface BridgeLog {
  logToNative?: (call: LogEntry) => void;
  logFromNative?: (result: LogEntry) => void;
}

interface LogEntry {
  pluginId?: string;
}

/**
 * Keeps secrets out of the page's console.
 *
 * Capacitor prints the options and the result of every call while its logging is on, which it is in debug builds. What its native
 * side prints cannot be reached from here.
 */
export function redactBridgeLog(log: BridgeLog, pluginId: string): void {
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

const REDACTED = '[redacted]';
