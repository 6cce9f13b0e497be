import { SecureStorageError } from '../errors.js';

/**
 * A plain copy of a call's options, safe to hand to the bridge.
 *
 * Whether the options make sense is decided on the other side. Checked here is only what cannot be seen from there: half a
 * surrogate pair is silently replaced on the way, and a value that JSON cannot hold leaves the promise pending for ever.
 */
export function plainOptions(options: unknown): Record<string, unknown> {
  if (options === undefined) return {};
  if (!isObject(options)) throw invalid('The options must be an object');
  return copyFields(options, (option) => (Array.isArray(option) ? copyList(option) : checkScalar(option)));
}

/** A list of scalars, or of objects that hold scalars. A gap in it counts as an entry, which JSON writes as null. */
function copyList(list: unknown[]): unknown[] {
  return Array.from(list, (entry) => (isObject(entry) ? copyFields(entry, checkScalar) : checkScalar(entry)));
}

function copyFields(object: object, copy: (field: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([name, field]) => [name, copy(field)]));
}

function checkScalar(option: unknown): unknown {
  if (!isScalar(option)) throw invalid('An option is of the wrong type');
  if (typeof option === 'string' && LONE_SURROGATE.test(option)) throw invalid('A string holds half a surrogate pair');
  return option;
}

// With the flag `u` a proper pair is one code point, so that only a lone half is in this range.
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
