import { execFileSync } from 'node:child_process';

import { fromRoot } from '../paths.mjs';

/** The files that the repository keeps in a folder. @param {string} folder */
export function tracked(folder) {
  return listed(fromRoot('.'), [folder]);
}

/**
 * The files that a repository keeps although it ignores them. What is built over them makes every checkout differ.
 *
 * @param {string} [repository]
 */
export function trackedThoughIgnored(repository = fromRoot('.')) {
  return listed(repository, ['-ci', '--exclude-standard']);
}

/** @param {string} repository @param {string[]} options */
function listed(repository, options) {
  const files = execFileSync('git', ['ls-files', ...options], { cwd: repository, encoding: 'utf8' });
  return files.split('\n').filter(Boolean);
}
