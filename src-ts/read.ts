import type { KeyOptions, SecureStorageApi } from './definitions.js';

/** The value, or `null` where it is certain that there is none. `get` would reject, which had to be told from other rejections. */
export async function readOrNull(
  { getMany }: Pick<SecureStorageApi, 'getMany'>,
  { key, store }: KeyOptions,
): Promise<string | null> {
  return (await getMany({ keys: [key], store })).value[0] ?? null;
}
