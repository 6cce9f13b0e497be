/**
 * Calls the API in a page that has it as `capacitorStrongroom`.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} method
 * @param {unknown} [options]
 * @returns {Promise<any>} the result, or `{ code, retryable, message }` of the error
 */
export async function call(page, method, options) {
  const [answer] = await callAll(page, [[method, options]]);
  return answer;
}

/**
 * Makes all calls at once, and resolves after the last answer.
 *
 * @param {import('playwright-core').Page} page
 * @param {[method: string, options?: unknown][]} calls
 * @returns {Promise<any[]>}
 */
export function callAll(page, calls) {
  return page.evaluate(async (/** @type {any[]} */ calls) => {
    const { SecureStorage, SecureStorageError } = /** @type {any} */ (globalThis).capacitorStrongroom;
    return Promise.all(
      calls.map(async ([method, options]) => {
        try {
          return await SecureStorage[method](options);
        } catch (error) {
          if (!(error instanceof SecureStorageError)) throw error;
          const { code, retryable, message } = /** @type {any} */ (error);
          return { code, retryable, message };
        }
      }),
    );
  }, calls);
}
