// Writes THIRD-PARTY-NOTICES.md: the crates in the published libraries, and their licences. With `check`, fails if it is out of date.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { isThirdParty, linkedCrates } from './crates.mjs';

/** @import { Crate } from './crates.mjs' */

const FILE = 'THIRD-PARTY-NOTICES.md';

const notices = write(linkedCrates().filter(isThirdParty));
if (process.argv[2] === 'check') {
  const current = readFileSync(FILE, 'utf8') === notices;
  if (!current) console.error(`${FILE} is out of date: ./dev notices writes it`);
  process.exitCode = current ? 0 : 1;
} else {
  writeFileSync(FILE, notices);
}

/** @param {Crate[]} crates */
function write(crates) {
  const texts = new Map();
  for (const crate of crates) {
    const text = licenseText(crate);
    texts.set(text, [...(texts.get(text) ?? []), `${crate.name} ${crate.version}`]);
  }
  return [
    '# Third-party notices',
    '',
    'The native libraries of this package contain the crates below, and the standard library of Rust (MIT or Apache-2.0, <https://github.com/rust-lang/rust>). Where a crate leaves the choice,',
    'it is used under the MIT licence. The source of the crates under MPL-2.0 is unchanged, and is found where the table says. An Android app also gets JNA from its own build',
    '(<https://github.com/java-native-access/jna>, Apache-2.0 or LGPL-2.1).',
    '',
    '| crate | licence | source |',
    '| --- | --- | --- |',
    ...crates.map(({ name, version, license, repository }) => `| ${name} ${version} | ${license} | <${repository}> |`),
    '',
    '## The texts',
    '',
    ...[...texts].flatMap(([text, names]) => [`### ${names.join(', ')}`, '', '```', text, '```', '']),
  ].join('\n');
}

/** The text of the MIT licence, if the crate offers it, or of its only licence. @param {Crate} crate */
function licenseText({ name, license, folder }) {
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|unlicense)/i.test(file));
  const wanted = /\bMIT\b/.test(license) ? /mit/i : /./;
  const file = files.find((each) => wanted.test(each)) ?? files.find((each) => /^licen[cs]e(\.\w+)?$/i.test(each));
  if (file)
    return readFileSync(join(folder, file), 'utf8')
      .replaceAll('\r', '')
      .replace(/[ \t]+$/gm, '')
      .trim();
  if (license === 'MPL-2.0') return 'Mozilla Public License 2.0: <https://www.mozilla.org/MPL/2.0/>';
  // Some crates do not contain the text. The licence in their manifest applies nevertheless.
  if (/\bMIT\b/.test(license))
    return 'MIT licence: <https://opensource.org/license/mit>. The crate names no holder of the copyright but its authors.';
  throw new Error(`${name} has no text of its licence, ${license}`);
}
