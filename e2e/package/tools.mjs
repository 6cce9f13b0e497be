import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { fromRoot } from '../../scripts/paths.mjs';

const PACKAGES = fromRoot('e2e/package/app/node_modules');

/** What is missing for the tests with other compilers and test runners, or `undefined`. */
export function missingForPackage() {
  return existsSync(PACKAGES) ? undefined : 'the packages of e2e/package/app are not installed';
}

/** The path of a package's program. @param {string} file within `node_modules` of the tests of the package */
export function packageTool(file) {
  return join(PACKAGES, file);
}
