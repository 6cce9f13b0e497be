import type { KeyOptions, SecureStorageApi } from '../definitions.js';

/** The value, or `null` where it is certain that there is none. `get` would reject, which had to be told from other rejections. */
export async function readOrNull(
  { getMany }: Pick<SecureStorageApi, 'getMany'>,
  { key, ...options }: KeyOptions,
): Promise<string | null> {
  return (await getMany({ ...options, keys: [key] })).value[0] ?? null;
}
