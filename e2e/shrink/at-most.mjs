/**
 * Limits how many pieces of work run at once; the others wait.
 *
 * @param {number} count
 */
export function atMost(count) {
  let free = count;
  /** @type {(() => void)[]} */
  const waiting = [];
  return async function run(/** @type {() => Promise<void>} */ work) {
    if (free > 0) free -= 1;
    else await new Promise((resolve) => waiting.push(() => resolve(undefined)));
    try {
      await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
