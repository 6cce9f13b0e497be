import { SecureStorageError } from '../errors.js';

/** Writes a value as JSON that reads back as the same value. Throws if JSON would drop or change something. */
export function toJSON(value: unknown): string {
  try {
    return write(value, []);
  } catch (error) {
    // The value is too deep for the stack.
    if (error instanceof RangeError) throw notJSON();
    throw error;
  }
}

export function fromJSON(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own error quotes the value, so it is not passed on.
    throw new SecureStorageError('INVALID_ARGUMENT', 'The value is not JSON: read it with get()');
  }
}

function write(value: unknown, above: readonly object[]): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  // JSON has a negative zero, but JSON.stringify does not write it.
  if (typeof value === 'number' && Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value !== 'object' || above.includes(value)) throw notJSON();
  const inside = [...above, value];
  if (Array.isArray(value)) return `[${Array.from(value, (entry) => write(entry, inside)).join()}]`;
  if (!isPlain(value)) throw notJSON();
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${write(field, inside)}`).join()}}`;
}

/** True for an object literal, of any frame. A date, a map or an object of a class would not read back as the same value. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function notJSON(): SecureStorageError {
  return new SecureStorageError(
    'INVALID_ARGUMENT',
    'The value must consist of strings, finite numbers, booleans, null, lists and plain objects, without a cycle',
  );
}
