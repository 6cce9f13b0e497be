import { readFileSync } from 'node:fs';

import { fromRoot } from '../../scripts/paths.mjs';

/**
 * The names of the rows of docs/guide/moving-in.md, in its order: what stands in the last column of the tables that have such a column.
 *
 * @param {string} [page]
 */
export function tableRows(page = readFileSync(fromRoot('docs/guide/moving-in.md'), 'utf8')) {
  /** @type {string[]} */
  const names = [];
  let inside = false;
  for (const line of page.split('\n')) {
    if (!line.startsWith('|')) inside = false;
    else if (/\| row \|$/.test(line)) inside = true;
    else if (inside && !/^[\s|-]*$/.test(line))
      names.push(/\| `([a-z-]+)` \|$/.exec(line)?.[1] ?? `a row without a name: ${line}`);
  }
  return names;
}

/** Which rows lack a test, which tests lack a row, and which rows come twice. @param {string[]} rows @param {Iterable<string>} tests */
export function compareRows(rows, tests) {
  const tested = new Set(tests);
  return {
    withoutTest: rows.filter((row) => !tested.has(row)),
    withoutRow: [...tested].filter((test) => !rows.includes(test)),
    twice: rows.filter((row, index) => rows.indexOf(row) !== index),
  };
}
