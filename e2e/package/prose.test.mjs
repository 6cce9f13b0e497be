// How prose is wrapped.

import { expect, test } from 'vitest';

import { wrapped } from '../../scripts/dev/prose.mjs';

const LONG = Array.from({ length: 40 }, (_, word) => `word${word}`).join(' ');

/** @param {string} text */
const longest = (text) => Math.max(...text.split('\n').map((line) => line.length));

test('a paragraph is wrapped again, wherever its lines broke', () => {
  const text = wrapped(`${LONG}\n`);
  expect(longest(text)).toBeLessThanOrEqual(120);
  expect(text.split('\n').length).toBeLessThan(6);
  expect(wrapped(LONG.replaceAll(' ', '\n') + '\n')).toBe(text);
  expect(wrapped(text)).toBe(text);
});

test.each(['* ', '- ', '12. ', '> '])('the lines of "%s" stay together', (mark) => {
  const lines = wrapped(`${mark}${LONG}\n${mark}${LONG}\n`).split('\n').slice(0, -1);
  const next = mark === '> ' ? mark : ' '.repeat(mark.length);
  expect(lines.filter((line) => line.startsWith(`${mark}word0 `))).toHaveLength(mark === '> ' ? 1 : 2);
  expect(lines.filter((line) => !line.startsWith(mark) && !line.startsWith(next))).toEqual([]);
});

test.each([
  ['a table', `| ${LONG} | ${LONG} |`],
  ['code', `\`\`\`sh\n${LONG}\n\nx\n\`\`\``],
  ['a heading', `## ${LONG}`],
  ['HTML', `<img alt="${LONG}">`],
  ['what docgen writes', `<docgen-api>\n${LONG}\n\n${LONG}\n</docgen-api>`],
])('%s does not change', (_, text) => {
  expect(wrapped(`${text}\n`)).toBe(`${text}\n`);
});

test('no line breaks inside of code, and no line starts with a mark by accident', () => {
  const code = `\`${'a b '.repeat(20)}\``;
  expect(wrapped(`${LONG.slice(0, 100)} ${code} end\n`)).toContain(code);
  expect(wrapped(`${'x'.repeat(119)} - y\n`)).toBe(`${'x'.repeat(119)} -\ny\n`);
});
