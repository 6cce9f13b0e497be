/**
 * The tables of docs/internals/sizes.md: a name and figures in each row, between two marks.
 *
 * @typedef {Record<string, number[]>} Rows
 */

/** How much a figure may differ from the page, because compilers differ. */
const TOLERANCE = 0.05;

/** @param {string} page @param {string} name @returns {Rows} */
export function readTable(page, name) {
  const { start, end } = extent(page, name);
  const rows = page.slice(start, end).matchAll(/^\| (.+?) \| ([\d,]+(?: \| [\d,]+)*) \|$/gm);
  return Object.fromEntries(
    [...rows].map(([, row, figures = '']) => [
      row,
      figures.split(' | ').map((figure) => Number(figure.replaceAll(',', ''))),
    ]),
  );
}

/** Writes the measured figures. Rows without new figures do not change. @param {string} page @param {string} name @param {Rows} rows */
export function writeTable(page, name, rows) {
  const { start, end } = extent(page, name);
  const head = /^\|.*\|\n\| ---.*\|$/m.exec(page.slice(start, end))?.[0] ?? '';
  const all = lines({ ...readTable(page, name), ...rows }).map((line) => `${line}\n`);
  return `${page.slice(0, start)}\n${head}\n${all.join('')}${page.slice(end)}`;
}

/** The differences between the page and the figures. @param {string} page @param {string} name @param {Rows} rows @returns {string[]} */
export function differences(page, name, rows) {
  const written = readTable(page, name);
  return Object.entries(rows)
    .filter(([row, figures]) => !alike(written[row] ?? [], figures))
    .map(([row, figures]) => `${name}: ${lines({ [row]: figures })[0]} differs from the page`);
}

/** @param {Rows} rows @returns {string[]} as in the page */
export function lines(rows) {
  return Object.entries(rows).map(
    ([row, figures]) => `| ${[row, ...figures.map((figure) => figure.toLocaleString('en-US'))].join(' | ')} |`,
  );
}

/** @param {number[]} written @param {number[]} measured */
function alike(written, measured) {
  return (
    written.length === measured.length &&
    written.every((figure, index) => Math.abs(figure - Number(measured[index])) <= TOLERANCE * figure)
  );
}

/** The text between the marks of a table. @param {string} page @param {string} name */
function extent(page, name) {
  const mark = `<!-- sizes: ${name} -->`;
  const start = page.indexOf(mark) + mark.length;
  const end = page.indexOf('<!-- end -->', start);
  if (!page.includes(mark) || end < 0) throw new Error(`there is no table '${name}'`);
  return { start, end };
}
