import { SecureStorageError } from './errors.js';

/**
 * A plain copy of a call's options, safe to hand to the bridge.
 *
 * Whether the options make sense is decided on the other side. Checked here is only what cannot be seen from there: half a
 * surrogate pair is silently replaced on the way, and a value that JSON cannot hold leaves the promise pending for ever.
 */
export function plainOptions(options: unknown): Record<string, unknown> {
  if (options === undefined) return {};
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw invalid('The options must be an object');
  const plain: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options)) {
    if (!isScalar(option)) throw invalid('An option is of the wrong type');
    if (typeof option === 'string' && LONE_SURROGATE.test(option))
      throw invalid('A string holds half a surrogate pair');
    plain[name] = option;
  }
  return plain;
}

// With the flag `u` a proper pair is one code point, so that only a lone half is in this range.
const LONE_SURROGATE = /[\uD800-\uDFFF]/u;

function isScalar(option: unknown): boolean {
  return option === undefined || option === null || ['string', 'number', 'boolean'].includes(typeof option);
}

function invalid(message: string): SecureStorageError {
  return new SecureStorageError('INVALID_ARGUMENT', message);
}
