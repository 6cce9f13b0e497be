import { readFileSync } from 'node:fs';

import { fromRoot } from '../../scripts/paths.mjs';

/**
 * The names of the rows of docs/guide/moving-in.md, in its order: the last column of the tables that have a column `row`.
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

/** Rows without a test, tests without a row, and rows that occur twice. @param {string[]} rows @param {Iterable<string>} tests */
export function compareRows(rows, tests) {
  const tested = new Set(tests);
  return {
    withoutTest: rows.filter((row) => !tested.has(row)),
    withoutRow: [...tested].filter((test) => !rows.includes(test)),
    twice: rows.filter((row, index) => rows.indexOf(row) !== index),
  };
}
