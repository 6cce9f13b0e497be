import type { SecureStorageApi, UpdateOptions, UpdateResult, UpdateFunction } from '../definitions.js';
import { SecureStorageError } from '../errors.js';

import { plainOptions } from './options.js';
import { readOrNull } from './read.js';

type Calls = Pick<SecureStorageApi, 'getMany' | 'compareAndSet'>;

/**
 * Reads, changes and writes one item, until nothing came in between.
 *
 * In one page the updates of an item wait for each other, so that a change with an effect of its own, such as renewing a token, runs
 * once at a time. Between pages and processes `compareAndSet` decides, and who comes second starts again.
 */
export function createUpdate(calls: Calls): SecureStorageApi['update'] {
  const last = new Map<string, Promise<unknown>>();

  return async (options, change) => {
    const copy = plainOptions(options) as unknown as UpdateOptions;
    if (typeof change !== 'function') {
      throw new SecureStorageError('INVALID_ARGUMENT', 'An update needs a function that makes the new value');
    }
    const item = JSON.stringify([copy.store ?? 'default', copy.key]);
    const update = run(calls, copy, change, last.get(item));
    last.set(item, update);
    try {
      return await update;
    } finally {
      if (last.get(item) === update) last.delete(item);
    }
  };
}

async function run(
  calls: Calls,
  { expiresAt, ttl, ...item }: UpdateOptions,
  change: UpdateFunction,
  before?: Promise<unknown>,
): Promise<UpdateResult> {
  await before?.catch(() => undefined);
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    // What is no option is handed on, to be refused before the function runs, which may renew a token.
    const expected = await readOrNull(calls, item);
    const value = await change(expected);
    // What is removed has no expiry.
    const written = await calls.compareAndSet({
      ...item,
      expected,
      value,
      ...(value === null ? {} : { expiresAt, ttl }),
    });
    if (written.value) return { value };
  }
  throw new SecureStorageError('UNAVAILABLE', 'The item changes faster than it can be updated');
}

/** Every attempt that fails is somebody else's success, unless the change itself writes the item. */
const MOST_ATTEMPTS = 100;
