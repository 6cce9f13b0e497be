import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';

import { tracked } from '../../scripts/package/tracked.mjs';
import { fromRoot } from '../../scripts/paths.mjs';

/** `import … from`, `export … from`, `import '…'`, `import('…')`, and the types in comments. */
const IMPORT = /\b(?:from|import)\s*\(?\s*(['"`])(\.[^'"`]*)\1/g;

/** The imports of one folder's modules from another folder. @param {string} folder @param {string} other @returns {string[]} */
export function importsBetween(folder, other) {
  const modules = tracked(folder).filter((file) => /\.[cm]?[jt]s$/.test(file));
  return modules.flatMap((file) => importsOf(file, readFileSync(fromRoot(file), 'utf8'), other));
}

/** The imports of a module from a folder. @param {string} file @param {string} text @param {string} folder @returns {string[]} */
export function importsOf(file, text, folder) {
  return [...text.matchAll(IMPORT)]
    .map(([, , path = '']) => join(dirname(file), path))
    .filter((path) => path.startsWith(folder))
    .map((path) => `${file} imports ${path}`);
}
