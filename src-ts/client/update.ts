import type { SecureStorageApi, UpdateOptions, UpdateResult, UpdateFunction } from '../definitions.js';
import { SecureStorageError } from '../errors.js';

import { plainOptions } from './options.js';
import { readOrNull } from './read.js';

type Calls = Pick<SecureStorageApi, 'getMany' | 'compareAndSet'>;

/**
 * Reads, changes and writes an item, and starts again if the item was changed in between.
 *
 * In one page, updates of the same item wait for each other, so that a change with a side effect, such as renewing a token, runs once at a
 * time. Between pages and processes, `compareAndSet` decides, and the one that comes second starts again.
 */
export function createUpdate(calls: Calls): SecureStorageApi['update'] {
  const last = new Map<string, Promise<unknown>>();

  return async (options, change) => {
    const copy = plainOptions(options) as unknown as UpdateOptions;
    if (typeof change !== 'function') {
      throw new SecureStorageError('INVALID_ARGUMENT', 'update needs a function that returns the new value');
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
    // This passes unknown options on, so that they are refused before the function runs: it may have side effects.
    const expected = await readOrNull(calls, item);
    const value = await change(expected);
    // A removal cannot have an expiry.
    const written = await calls.compareAndSet({
      ...item,
      expected,
      value,
      ...(value === null ? {} : { expiresAt, ttl }),
    });
    if (written.value) return { value };
  }
  throw new SecureStorageError('UNAVAILABLE', 'The item keeps changing: try again later');
}

/** An attempt fails only if another call has changed the item, or if the function itself changes it. */
const MOST_ATTEMPTS = 100;
