// Prints the sizes of the package and its parts. With `write`, writes them into docs/internals/sizes.md; with `check`, fails if the page
// differs.

import { readFileSync, writeFileSync } from 'node:fs';

import { Consumer } from './consumer.mjs';
import { ABIS } from './files.mjs';
import { binarySizes, scriptSizes, tarballSize } from './measure.mjs';
import { differences, lines, writeTable } from './size-tables.mjs';

/** @import { Rows } from './size-tables.mjs' */

const PAGE = 'docs/internals/sizes.md';
/** The number of binaries in a complete package. */
const BINARIES = ABIS.length + 2;

/** @type {Record<string, string>} */
const HEADS = {
  package: 'package: bytes packed, bytes unpacked, files',
  binaries: 'native binaries: bytes, bytes with gzip',
  scripts: 'JavaScript: bytes minified, bytes with gzip',
};

const [command] = process.argv.slice(2);
const { complete, ...tables } = await measure();
if (command === undefined) {
  for (const [name, rows] of Object.entries(tables))
    console.log(`\n   ${HEADS[name]}\n   ${lines(rows).join('\n   ')}`);
} else {
  if (!complete)
    console.log('the size of the package does not change: it needs all libraries, as ./dev pack makes them');
  const { package: whole, ...parts } = tables;
  const measured = Object.entries(complete ? { package: whole, ...parts } : parts);
  const page = readFileSync(PAGE, 'utf8');
  if (command === 'write') {
    writeFileSync(
      PAGE,
      measured.reduce((text, [name, rows]) => writeTable(text, name, rows), page),
    );
  } else {
    const problems = measured.flatMap(([name, rows]) => differences(page, name, rows));
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) console.error(`node scripts/package/sizes.mjs write updates ${PAGE}`);
    process.exitCode = problems.length > 0 ? 1 : 0;
  }
}

async function measure() {
  const consumer = new Consumer();
  try {
    const binaries = binarySizes(consumer.plugin);
    const { packed, unpacked, files } = tarballSize(consumer.tarball);
    return {
      complete: binaries.length === BINARIES,
      package: { 'capacitor-strongroom': [packed, unpacked, files] },
      binaries: rows(binaries),
      scripts: rows(await scriptSizes(consumer.folder)),
    };
  } finally {
    consumer.remove();
  }
}

/** @param {{ name: string, raw: number, packed: number }[]} sizes @returns {Rows} */
function rows(sizes) {
  return Object.fromEntries(sizes.map(({ name, raw, packed }) => [name, [raw, packed]]));
}
