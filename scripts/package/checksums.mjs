import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The file with the sums of the package's native binaries, for `sha256sum -c`. */
export const SUMS = 'SHA256SUMS';

/** @param {string} path within the package @returns whether it is a native binary */
export function isBinary(path) {
  return /\.so$/.test(path) || /^ios\/Frameworks\/.*\/(\w+)\.framework\/\1$/.test(path);
}

/**
 * Lines for `sha256sum -c`.
 *
 * @param {string} folder the folder that the paths are relative to
 * @param {string[]} paths
 */
export function sums(folder, paths) {
  return [...paths]
    .sort()
    .map((path) => `${sha256(readFileSync(join(folder, path)))}  ${path}\n`)
    .join('');
}

/**
 * The mistakes in the sums of an unpacked package.
 *
 * @param {string} folder
 * @returns {string[]}
 */
export function sumProblems(folder) {
  if (!existsSync(join(folder, SUMS))) return [`there is no ${SUMS}`];
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const binaries = new Set(files.filter((path) => !path.startsWith('node_modules/') && isBinary(path)));
  const problems = [];
  const lines = readFileSync(join(folder, SUMS), 'utf8').split('\n').filter(Boolean);
  for (const line of lines) {
    const [, sum, path = ''] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    if (!sum) problems.push(`no sum: ${line}`);
    else if (!binaries.delete(path)) problems.push(`${path} is not a binary of the package, or is listed twice`);
    else if (sha256(readFileSync(join(folder, path))) !== sum) problems.push(`${path} does not match its sum`);
  }
  return [...problems, ...[...binaries].map((path) => `${path} is not listed`)];
}

/** @param {Buffer} content */
export function sha256(content) {
  return createHash('sha256').update(content).digest('hex');
}
