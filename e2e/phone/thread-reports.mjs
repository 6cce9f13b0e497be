import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What ThreadSanitizer reports about Capacitor alone: each window sets the variable `CAPLog.enableLogging`, to the same value, while
 * calls of an earlier window read it. A phone has the same race.
 */
const OF_CAPACITOR = '$s9Capacitor23CAPBridgeViewControllerC04loadC0yyF';

/**
 * The reports about other code, in few lines. They name functions, and no data.
 *
 * @param {string} folder with the files that ThreadSanitizer has written
 * @param {string} program started by a loader, so the reports name the loader instead and no functions
 * @returns {string[]}
 */
export function threadReports(folder, program) {
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const reports = texts.flatMap((text) => text.split(/^={10,}$/m)).filter((text) => text.includes('WARNING'));
  if (reports.length === 0) return [];
  const functions = functionsOf(program);
  return reports
    .map((report) =>
      report.replace(/<null> <null> \(ld-linux[^+]*\+(0x[0-9a-f]+)\)/g, (_, at) => nameAt(functions, Number(at))),
    )
    .filter((report) => !report.includes(`#0 ${OF_CAPACITOR}\n`))
    .map((report) => report.split('\n').slice(0, 30).join('\n'));
}

/** @param {string} program @returns {[address: number, name: string][]} in the order of their addresses */
function functionsOf(program) {
  const listed = execFileSync('nm', ['--defined-only', '--numeric-sort', program], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return [...listed.matchAll(/^([0-9a-f]+) [tT] (.+)$/gm)].map(([, address = '', name = '']) => [
    parseInt(address, 16),
    name,
  ]);
}

/** @param {[address: number, name: string][]} functions @param {number} address */
function nameAt(functions, address) {
  return functions.filter(([start]) => start <= address).at(-1)?.[1] ?? 'unknown';
}
