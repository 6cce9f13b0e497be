import { readdirSync, readFileSync } from 'node:fs';

import { fromRoot } from '../paths.mjs';

/**
 * @typedef {object} CodeBlock
 * @property {string} file
 * @property {number} line where it begins
 * @property {string} language
 * @property {string} code
 */

export function pages() {
  const docs = readdirSync(fromRoot('docs'), { recursive: true, encoding: 'utf8' });
  return [
    'CONTRIBUTING.md',
    'README.md',
    'SECURITY.md',
    'TESTING.md',
    ...docs.filter((path) => path.endsWith('.md')).map((path) => `docs/${path}`),
  ].sort();
}

/**
 * The code blocks of a page, without the signatures that docgen copies from the source.
 *
 * @param {string} file
 * @param {string} [text]
 * @returns {CodeBlock[]}
 */
export function codeBlocks(file, text = readFileSync(fromRoot(file), 'utf8')) {
  const lines = text.split('\n');
  /** @type {CodeBlock[]} */
  const blocks = [];
  /** @type {{ line: number, language: string } | undefined} */
  let open;
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith('```')) continue;
    if (!open) {
      open = { line: index + 1, language: line.slice(3).trim() };
      continue;
    }
    const code = lines.slice(open.line, index).join('\n');
    if (open.language !== 'typescript') blocks.push({ file, ...open, code: `${code}\n` });
    open = undefined;
  }
  if (open) throw new Error(`${file}: the code block of line ${open.line} has no end`);
  return blocks;
}
