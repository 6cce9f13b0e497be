import type { KeyOptions, SecureStorageApi } from '../definitions.js';

/** Reads a value; `null` if the item certainly does not exist. `get` would reject then, as it does for other reasons. */
export async function readOrNull(
  { getMany }: Pick<SecureStorageApi, 'getMany'>,
  { key, ...options }: KeyOptions,
): Promise<string | null> {
  return (await getMany({ ...options, keys: [key] })).value[0] ?? null;
}
