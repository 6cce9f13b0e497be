// How many tests passed in each layer, and which failed. Reads what the test programs wrote: JSON of Vitest, XML of Surefire, the log of
// cargo and of `./dev targets`, which have no other report.
//
// report.mjs FAILED EARLIER LAYER...: files with the names of the steps that failed, and of the parts that passed in an earlier run, one
// in each line. Fails if a step or a test did, or if a layer ran no test.
import { existsSync, readFileSync, readdirSync } from 'node:fs';

import { fromRoot } from '../paths.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number, failures: string[] }} Report */

/** @type {Record<string, [string, () => Report]>} */
const layers = {
  rust: ['Rust', () => cargo('rust')],
  schedules: ['schedules', () => cargo('schedules')],
  jvm: ['JVM', surefire],
  typescript: ['TypeScript, pages, doctor', () => vitest('typescript')],
  web: ['browser, web fallback', () => vitest('web')],
  page: ['browser, page to Keystore', () => vitest('page')],
  swift: ['Swift', () => sum(xctest(), cargo('device'))],
  iphone: ['iOS, page to Keychain', () => vitest('iphone')],
  phones: ['targets, types and lints', targets],
  shrink: ['shrunk classes', () => vitest('shrink')],
  newcomer: ['newcomer', () => vitest('newcomer')],
  ios: ['iOS package', () => vitest('ios')],
  android: ['Android libraries, manifests', () => vitest('android')],
};

const [failedSteps = '', passedBefore = '', ...names] = process.argv.slice(2);
const problems = linesOf(failedSteps);
const earlier = linesOf(passedBefore);
const total = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const failures = [];

for (const name of names) {
  const layer = layers[name];
  if (!layer) continue;
  const report = layer[1]();
  const { passed, failed, skipped } = report;
  console.log(
    `   ${layer[0].padEnd(28)} ${column(passed)} passed ${column(failed)} failed ${column(skipped)} skipped${earlier.includes(name) ? '  (earlier)' : ''}`,
  );
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  failures.push(...report.failures.map((failure) => `   ${layer[0]}: ${failure}`));
  if (passed === 0) problems.push(`${layer[0]}: no test ran`);
}

// At the very end: who sees only the last lines of a log has to learn what failed.
console.log('');
for (const problem of problems) console.log(`FAILED: ${problem}`);
for (const failure of failures.slice(0, 20)) console.log(failure);
if (failures.length > 20) console.log(`   and ${failures.length - 20} more`);
// A step can fail without a failing test, and must not look passed in the count.
const failed = Math.max(total.failed, problems.length);
console.log(`${total.passed} passed, ${failed} failed, ${total.skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;

/**
 * @param {string} name
 * @returns {Report}
 */
function vitest(name) {
  const path = fromRoot(`build/reports/${name}.json`);
  if (!existsSync(path)) return none();
  const report = JSON.parse(readFileSync(path, 'utf8'));
  /** @type {{ name: string, message?: string, assertionResults: { status: string, fullName: string, failureMessages: string[] }[] }[]} */
  const files = report.testResults;
  const failures = files.flatMap((file) =>
    file.assertionResults
      .filter(({ status }) => status === 'failed')
      .map(
        ({ fullName, failureMessages }) => `${short(file.name)} > ${fullName}\n${excerpt(failureMessages.join('\n'))}`,
      ),
  );
  // A file that could not be loaded has no tests at all.
  const unloaded = files.filter(({ message, assertionResults }) => message && assertionResults.length === 0);
  failures.push(...unloaded.map(({ name, message }) => `${short(name)}\n${excerpt(message ?? '')}`));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
    failures,
  };
}

/** @returns {Report} */
function surefire() {
  const folder = fromRoot('build/reports/jvm');
  if (!existsSync(folder)) return none();
  const report = none();
  for (const file of readdirSync(folder).filter((name) => /^TEST-.*\.xml$/.test(name))) {
    const xml = readFileSync(`${folder}/${file}`, 'utf8');
    const suite = /<testsuite\b[^>]*>/.exec(xml)?.[0] ?? '';
    const [tests = 0, errors = 0, failed = 0, skipped = 0] = ['tests', 'errors', 'failures', 'skipped'].map((name) =>
      Number(new RegExp(`\\s${name}="(\\d+)"`).exec(suite)?.[1]),
    );
    report.passed += tests - errors - failed - skipped;
    report.failed += errors + failed;
    report.skipped += skipped;
    for (const [, attributes = '', message = ''] of xml.matchAll(
      /<testcase\b([^>]*[^/])>\s*(?:<(?:error|failure)\b([^>]*)>)/g,
    )) {
      report.failures.push(
        `${attribute(attributes, 'classname')}.${attribute(attributes, 'name')}\n${excerpt(attribute(message, 'message'))}`,
      );
    }
  }
  return report;
}

/** @returns {Report} */
function xctest() {
  const report = none();
  for (const line of lines('swift')) {
    if (/^Test Case '.*' passed/.test(line)) report.passed++;
    if (/^Test Case '.*' skipped/.test(line)) report.skipped++;
    const name = /^Test Case '(.*)' failed/.exec(line)?.[1];
    if (name) {
      report.failed++;
      report.failures.push(name);
    }
  }
  return report;
}

/** @param {Report} one @param {Report} other @returns {Report} */
function sum(one, other) {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
    failures: [...one.failures, ...other.failures],
  };
}

/**
 * @param {string} part
 * @returns {Report}
 */
function cargo(part) {
  const report = none();
  for (const line of lines(part)) {
    const counts = /^test result: .* (\d+) passed; (\d+) failed; (\d+) ignored/.exec(line);
    if (counts) {
      report.passed += Number(counts[1]);
      report.failed += Number(counts[2]);
      report.skipped += Number(counts[3]);
    }
    const name = /^test (.*) \.\.\. FAILED$/.exec(line)?.[1];
    if (name) report.failures.push(name);
  }
  return report;
}

/** @returns {Report} */
function targets() {
  const report = none();
  for (const line of lines('phones')) {
    if (line.startsWith('ok: ')) report.passed++;
    if (line.startsWith('SKIPPED: ')) report.skipped++;
    if (line.startsWith('FAILED: ')) {
      report.failed++;
      report.failures.push(line.slice('FAILED: '.length));
    }
  }
  return report;
}

/** @returns {Report} */
function none() {
  return { passed: 0, failed: 0, skipped: 0, failures: [] };
}

/** @param {string} part */
function lines(part) {
  return linesOf(fromRoot(`build/reports/${part}.log`));
}

/** @param {string} path */
function linesOf(path) {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
}

/** @param {string} text */
function excerpt(text) {
  // eslint-disable-next-line no-control-regex
  const plain = text.replace(/\x1b\[[0-9;]*m/g, '');
  return plain
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, 4)
    .map((line) => `      ${line.trim().slice(0, 200)}`)
    .join('\n');
}

/**
 * @param {string} attributes
 * @param {string} name
 */
function attribute(attributes, name) {
  const text = new RegExp(`\\s${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

/** @param {string} path */
function short(path) {
  return path.replace(fromRoot(''), '');
}

/** @param {number} count */
function column(count) {
  return String(count).padStart(5);
}
