// The tables of docs/internals/sizes.md, and their comparison with the build.

import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { differences, readTable, writeTable } from '../../scripts/package/size-tables.mjs';
import { fromRoot } from '../../scripts/paths.mjs';

const page = `# Sizes

<!-- sizes: one -->
| | bytes |
| --- | ---: |
| a | 1,000 |
| b | 20 |
<!-- end -->

<!-- sizes: two -->
| | bytes | files |
| --- | ---: | ---: |
<!-- end -->
`;

test('the page has the tables, and the one of JavaScript is not empty', () => {
  const text = readFileSync(fromRoot('docs/internals/sizes.md'), 'utf8');
  for (const name of ['package', 'binaries']) expect(readTable(text, name)).toBeTypeOf('object');
  expect(Object.keys(readTable(text, 'scripts')).length).toBeGreaterThan(3);
  expect(() => readTable(text, 'others')).toThrow("there is no table 'others'");
});

test('a figure may be off by a twentieth, and no more', () => {
  expect(readTable(page, 'one')).toEqual({ a: [1000], b: [20] });
  expect(differences(page, 'one', { a: [1000], b: [21] })).toEqual([]);
  expect(differences(page, 'one', { a: [1050] })).toEqual([]);
  expect(differences(page, 'one', { a: [1051] })).toEqual(['one: | a | 1,051 | differs from the page']);
  expect(differences(page, 'one', { a: [949] })).toHaveLength(1);
});

test('a row that is missing or has too few figures is noticed', () => {
  expect(differences(page, 'two', { a: [1, 2] })).toHaveLength(1);
  expect(differences(page, 'one', { a: [1000, 1] })).toHaveLength(1);
});

test('new figures replace the old ones, in their table only', () => {
  const written = writeTable(writeTable(page, 'two', { c: [3, 4] }), 'one', { a: [5] });
  expect([readTable(written, 'one'), readTable(written, 'two')]).toEqual([{ a: [5], b: [20] }, { c: [3, 4] }]);
  expect(writeTable(written, 'one', { a: [1000] })).toBe(writeTable(page, 'two', { c: [3, 4] }));
});
