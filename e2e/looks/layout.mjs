/** The smallest width and height of a touch target, in CSS pixels, as Apple requires it. */
const LEAST_TARGET = 44;

/**
 * Elements that stick out of the screen to the side, are cut off, or are too small to be touched.
 *
 * @param {import('playwright-core').Page} page
 * @returns {Promise<string[]>}
 */
export function findLayoutFlaws(page) {
  return page.evaluate((least) => {
    const shown = [...document.querySelectorAll('body *')].filter((element) => element.checkVisibility());
    const controls = shown.filter((element) => element.matches('button, input, textarea, select, a'));
    return [
      ...shown.filter(sticksOut).map((element) => `sticks out: ${name(element)}`),
      ...controls.filter(isCutOff).map((element) => `is cut off: ${name(element)}`),
      ...controls.filter(isSmall).map((element) => `is too small: ${name(element)}`),
    ];

    function sticksOut(/** @type {Element} */ element) {
      const { left, right } = element.getBoundingClientRect();
      return left < -0.5 || right > document.documentElement.clientWidth + 0.5;
    }

    function isCutOff(/** @type {Element} */ element) {
      return element.matches('button') && element.scrollWidth > element.clientWidth;
    }

    function isSmall(/** @type {Element} */ element) {
      const { width, height } = element.getBoundingClientRect();
      return Math.min(width, height) < least - 0.5;
    }

    function name(/** @type {Element} */ element) {
      return `${element.tagName} ${element.id || element.className}`;
    }
  }, LEAST_TARGET);
}

/**
 * Runs something while only the texts are larger or smaller, as Android's WebView does with the font size of the system.
 *
 * @template T
 * @param {import('playwright-core').Page} page
 * @param {number} factor
 * @param {() => Promise<T>} run
 */
export async function withTextSize(page, factor, run) {
  await page.evaluate((times) => {
    const all = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('body, body *'));
    const sizes = [...all].map((element) => parseFloat(getComputedStyle(element).fontSize));
    all.forEach((element, index) => {
      element.style.fontSize = `${(sizes[index] ?? 0) * times}px`;
    });
  }, factor);
  try {
    return await run();
  } finally {
    await page.evaluate(() => {
      const all = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('body, body *'));
      all.forEach((element) => element.style.removeProperty('font-size'));
    });
  }
}
