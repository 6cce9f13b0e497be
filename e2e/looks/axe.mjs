import axe from 'axe-core';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * The barriers that axe finds in a page: what makes it hard or impossible to use for some people. Contains no text of the page.
 *
 * @param {import('playwright-core').Page} page
 * @returns {Promise<string[]>}
 */
export async function findBarriers(page) {
  // Without a script element, which the page's content security policy would refuse.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  return page.evaluate(async (rules) => {
    const { violations } = await /** @type {typeof axe} */ (/** @type {any} */ (globalThis).axe).run({
      runOnly: rules,
      resultTypes: ['violations'],
      // Shorter selectors contain attributes, and so the keys of items.
      selectors: false,
      ancestry: true,
    });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ ancestry }) => `${id}: ${String(ancestry)}`));
  }, RULES);
}
