import { execFileSync } from 'node:child_process';

import { fromRoot } from '../paths.mjs';

/** The tracked files in a folder of the repository. @param {string} folder */
export function tracked(folder) {
  return listed(fromRoot('.'), [folder]);
}

/**
 * Files that are tracked although they are ignored. A build that overwrites them changes every checkout.
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
