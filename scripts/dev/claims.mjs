// Fails if SECURITY.md names a missing test in the column "shown by".
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const text = readFileSync('SECURITY.md', 'utf8');
const cells = text.split('\n').flatMap((line) => (line.startsWith('|') ? [line.split('|').at(-2)] : []));
const named = [...cells.join(' ').matchAll(/`([^`]+)`/g)].map(([, name]) => String(name));
const missing = named.filter((name) => !(name.includes('/') || name.includes('.') ? existsSync(name) : isTest(name)));

if (named.length === 0) throw new Error('SECURITY.md names no test');
for (const name of missing) console.error(`SECURITY.md names ${name}, which does not exist`);
console.log(`SECURITY.md names ${named.length} tests; ${missing.length} of them do not exist`);
process.exitCode = missing.length === 0 ? 0 : 1;

/** @param {string} name */
function isTest(name) {
  const pattern = `(fn|fun|class) ${name}\\b`;
  try {
    execFileSync('git', ['grep', '-qE', pattern, '--', '*.rs', '*.kt']);
    return true;
  } catch {
    return false;
  }
}
