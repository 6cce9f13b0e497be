import axe from 'axe-core';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * What axe finds wrong with a page that makes it hard or impossible to use for some, without any text of the page.
 *
 * @param {import('playwright-core').Page} page
 * @returns {Promise<string[]>}
 */
export async function findBarriers(page) {
  // Not by a script element, which the page's content security policy would refuse.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  return page.evaluate(async (rules) => {
    const { violations } = await /** @type {typeof axe} */ (/** @type {any} */ (globalThis).axe).run({
      runOnly: rules,
      resultTypes: ['violations'],
      // Shorter selectors hold attributes, and with them the names of keys.
      selectors: false,
      ancestry: true,
    });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ ancestry }) => `${id}: ${String(ancestry)}`));
  }, RULES);
}
