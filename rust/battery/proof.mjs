// Checks the account of a battery against what it has to show, and writes it down.
//
// proof.mjs quick LINES: prints one line for each row. proof.mjs long LINES: writes docs/internals/proof.md, too.
import { readFileSync, writeFileSync } from 'node:fs';

/** @typedef {{ row: string, cases: number, failures: number, seconds: number, notes?: string[] }} Said */
/** @typedef {{ row: string, what: string, least: number, quick: number, test?: string, command?: string }} Known */
/** @typedef {Said & { what: string, test?: string, command?: string }} Shown */

const [form = '', lines = ''] = process.argv.slice(2);
/** @type {Known[]} */
const rows = JSON.parse(readFileSync(new URL('rows.json', import.meta.url), 'utf8'));
/** @type {Said[]} */
const said = readFileSync(lines, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line));

const problems = said
  .filter(({ row }) => !rows.some((known) => known.row === row))
  .map(({ row }) => `${row}: nothing is known of this row`);

/** @type {Shown[]} */
const account = [];
for (const { row, least, quick, ...about } of rows) {
  const mine = said.filter((line) => line.row === row);
  /** @param {'cases' | 'failures' | 'seconds'} field */
  const sum = (field) => mine.reduce((total, line) => total + line[field], 0);
  const needed = form === 'long' ? least : quick;
  // What not every machine can do, or what takes long, need not be part of the quick form.
  if (needed === 0 && mine.length === 0) continue;
  const notes = mine.flatMap((line) => line.notes ?? []);
  const result = { row, ...about, cases: sum('cases'), failures: sum('failures'), seconds: sum('seconds'), notes };
  account.push(result);
  if (mine.length === 0) problems.push(`${row}: was not run`);
  else if (result.cases < needed) problems.push(`${row}: ${result.cases} cases, ${needed} are needed`);
  if (result.failures > 0) problems.push(`${row}: ${result.failures} failures`);
}

/** @param {number} value */
const number = (value) => value.toLocaleString('en-US');
for (const { row, cases, failures, seconds } of account) {
  console.log(
    `${row.padEnd(22)} ${number(cases).padStart(11)} cases ${failures} failures ${seconds.toFixed(1).padStart(8)} s`,
  );
}

if (form === 'long') writeFileSync('docs/internals/proof.md', page());
for (const problem of problems) console.error(`PROBLEM ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;

function page() {
  const missing =
    problems.length === 0 ? '' : `\n**This run does not show everything:**\n\n- ${problems.join('\n- ')}\n`;
  /** @param {Shown} row */
  const command = ({ test, command }) => (test ? `\`battery ${test}\`` : `\`${command}\``);
  return `# What the battery shows

Written by \`./dev prove\`, which runs it all: every row is tried so often, with so many failures, in so many seconds of one machine
(two cores, shared by rows that run at once). A quick form of every row but the last two is part of \`./dev test\`.

\`battery NAME\` stands for \`STRONGROOM_BATTERY=long cargo test -p strongroom-battery NAME\`.

| what | cases | failures | seconds | command |
| --- | --: | --: | --: | --- |
${account
  .map(
    (row) =>
      `| ${[row.what, ...(row.notes ?? [])].join(' · ')} | ${number(row.cases)} | ${row.failures} | ${row.seconds.toFixed(1)} | ${command(row)} |`,
  )
  .join('\n')}
${missing}
What none of this shows is in [TESTING.md](../../TESTING.md).
`;
}
