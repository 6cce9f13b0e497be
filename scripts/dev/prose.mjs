// Wraps the prose of the Markdown pages at 120 columns. With `check`, fails if a page is wrapped differently.
//
// Tables, code, headings, HTML and the output of docgen do not change. No line breaks inside of `code`.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const WIDTH = 120;

/** Pages that tools write, and the changelog: each of its items is one line, because a release page breaks lines where the text does. */
const OTHERS = [':!CHANGELOG.md', ':!THIRD-PARTY-NOTICES.md', ':!docs/internals/proof.md', ':!example-app/ios'];

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv[2]);

/** @param {string | undefined} command */
function main(command) {
  const list = execFileSync('git', ['ls-files', '*.md', ...OTHERS], { encoding: 'utf8' });
  const changed = list
    .split('\n')
    .filter((page) => page !== '')
    .map((page) => ({ page, text: readFileSync(page, 'utf8') }))
    .filter(({ text }) => wrapped(text) !== text);
  if (command !== 'check') for (const { page, text } of changed) writeFileSync(page, wrapped(text));
  for (const { page } of changed) console.log(command === 'check' ? `${page} is not wrapped` : page);
  if (command !== 'check' || changed.length === 0) return;
  console.error('node scripts/dev/prose.mjs wraps them');
  process.exitCode = 1;
}

/** The text of a page, with each paragraph wrapped. @param {string} text */
export function wrapped(text) {
  /** @type {string[]} */
  const lines = [];
  /** @type {{ first: string, next: string, text: string[] } | undefined} */
  let paragraph;
  /** The end of a part that does not change. @type {RegExp | undefined} */
  let end;
  const flush = () => {
    if (paragraph) lines.push(...filled(paragraph.text.join(' '), paragraph.first, paragraph.next));
    paragraph = undefined;
  };
  for (const line of text.split('\n')) {
    if (end) {
      if (end.test(line)) end = undefined;
      lines.push(line);
      continue;
    }
    end = endOf(line);
    if (end || /^\s*($|\||#|<|---)/.test(line)) {
      flush();
      lines.push(line);
      continue;
    }
    const [, space = '', mark = '', words = ''] = /^(\s*)((?:[*-]|\d+\.|>) |)(.*)$/.exec(line) ?? [];
    const continued = mark === '' || (mark === '> ' && paragraph?.first === '> ');
    if (paragraph && continued) {
      paragraph.text.push(words);
      continue;
    }
    flush();
    const next = mark === '> ' ? mark : ' '.repeat(mark.length);
    paragraph = { first: space + mark, next: space + next, text: [words] };
  }
  flush();
  return lines.join('\n');
}

/** The end of the part that a line begins: a block of code, the output of docgen, a comment. @param {string} line */
function endOf(line) {
  if (/^\s*```/.test(line)) return /^\s*```\s*$/;
  if (/^<docgen-/.test(line)) return /^<\/docgen-/;
  return /^<!--(?!.*-->)/.test(line) ? /-->/ : undefined;
}

/** @param {string} text @param {string} first the beginning of the first line @param {string} next that of the others */
function filled(text, first, next) {
  const lines = [];
  let line = first;
  let empty = true;
  for (const part of parts(text)) {
    if (!empty && line.length + 1 + part.length > WIDTH) {
      lines.push(line);
      line = next;
      empty = true;
    }
    line += empty ? part : ` ${part}`;
    empty = false;
  }
  return [...lines, line];
}

/** Words, and parts that must stay on one line: code, and the text of a short link. @param {string} text */
function parts(text) {
  /** @type {string[]} */
  const parts = [];
  let part = '';
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    part += part === '' ? word : ` ${word}`;
    // At the beginning of a line it would be the mark of a list, a quotation or a heading.
    if (/^([*+>-]|#+|\d+[.)])$/.test(part) && parts.length > 0) {
      parts.push(`${parts.pop()} ${part}`);
      part = '';
      continue;
    }
    const inCode = (part.match(/`/g)?.length ?? 0) % 2 === 1;
    const inLink = part.lastIndexOf('[') > part.lastIndexOf(']') && part.length < 90;
    if (inCode || inLink) continue;
    parts.push(part);
    part = '';
  }
  return part === '' ? parts : [...parts, part];
}
