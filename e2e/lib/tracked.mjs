import { execFileSync } from 'node:child_process';

import { fromRoot } from './paths.mjs';

/** The files that the repository keeps in a folder. @param {string} folder */
export function tracked(folder) {
  const files = execFileSync('git', ['ls-files', folder], { cwd: fromRoot('.'), encoding: 'utf8' });
  return files.split('\n').filter(Boolean);
}
