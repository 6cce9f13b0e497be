/**
 * The texts of a page whose contrast is lower than WCAG AA requires for text of normal size.
 *
 * @param {import('playwright-core').Page} page
 * @returns {Promise<string[]>}
 */
export function findLowContrast(page) {
  return page.evaluate(() => {
    const LEAST = 4.5;
    const texts = [...document.querySelectorAll('body *')].filter(
      (element) =>
        element.checkVisibility() &&
        !element.matches(':disabled') &&
        [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim()),
    );
    return texts
      .map((element) => ({ element, ratio: contrast(color(getComputedStyle(element).color), backdrop(element)) }))
      .filter(({ ratio }) => ratio < LEAST)
      .map(({ element, ratio }) => `${element.tagName} ${element.id || element.className}: ${ratio.toFixed(2)}`);

    /** The visible background of an element: the colours of its ancestors, laid over each other. */
    function backdrop(/** @type {Element} */ element) {
      const layers = [];
      for (let at = /** @type {Element | null} */ (element); at; at = at.parentElement) {
        layers.push(color(getComputedStyle(at).backgroundColor));
      }
      return layers.reverse().reduce(over, [255, 255, 255, 1]);
    }

    function over(/** @type {number[]} */ below, /** @type {number[]} */ [r = 0, g = 0, b = 0, alpha = 1]) {
      return [r, g, b].map((part, index) => part * alpha + (below[index] ?? 0) * (1 - alpha)).concat(1);
    }

    function color(/** @type {string} */ text) {
      const [r = 0, g = 0, b = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
      return [r, g, b, alpha];
    }

    function contrast(/** @type {number[]} */ a, /** @type {number[]} */ b) {
      const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((left, right) => left - right);
      return (light + 0.05) / (dark + 0.05);
    }

    function luminance(/** @type {number[]} */ parts) {
      const [r = 0, g = 0, b = 0] = parts.map((part) => {
        const share = part / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    }
  });
}
