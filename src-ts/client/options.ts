import { SecureStorageError } from '../errors.js';

/**
 * Returns a plain copy of a call's options for the bridge.
 *
 * The other side checks the options. This function checks only what the other side cannot see: the bridge replaces half a surrogate pair
 * without an error, and a value that JSON cannot hold leaves the promise pending for ever.
 */
export function plainOptions(options: unknown): Record<string, unknown> {
  if (options === undefined) return {};
  if (!isObject(options)) throw invalid('The options must be an object');
  return copyFields(options, (option) => (Array.isArray(option) ? copyList(option) : checkScalar(option)));
}

/** Copies a list of scalars, or of objects with scalars. A gap in the list becomes an element, which JSON writes as null. */
function copyList(list: unknown[]): unknown[] {
  return Array.from(list, (entry) => (isObject(entry) ? copyFields(entry, checkScalar) : checkScalar(entry)));
}

/** Without fields that are undefined: JSON leaves them out, and so does WebKit. */
function copyFields(object: object, copy: (field: unknown) => unknown): Record<string, unknown> {
  const fields = Object.entries(object).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([name, field]) => [name, copy(field)]));
}

function checkScalar(option: unknown): unknown {
  if (!isScalar(option)) throw invalid('An option has the wrong type');
  if (typeof option === 'string' && LONE_SURROGATE.test(option))
    throw invalid('A string contains half a surrogate pair');
  return option;
}

// With the flag `u`, a complete pair is one code point, so only a lone half is in this range.
const LONE_SURROGATE = /[\uD800-\uDFFF]/u;

function isObject(option: unknown): option is object {
  return typeof option === 'object' && option !== null && !Array.isArray(option);
}

function isScalar(option: unknown): boolean {
  return option === undefined || option === null || ['string', 'number', 'boolean'].includes(typeof option);
}

function invalid(message: string): SecureStorageError {
  return new SecureStorageError('INVALID_ARGUMENT', message);
}
