import { fileURLToPath } from 'node:url';

/**
 * A path in the repository.
 *
 * @param {string} relative
 */
export function fromRoot(relative) {
  return fileURLToPath(new URL(`../${relative}`, import.meta.url));
}
