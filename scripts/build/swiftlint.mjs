// Runs SwiftLint with the arguments given: the one on the PATH, or else the binary of @expo/swiftlint.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const packaged = join(
  dirname(createRequire(import.meta.url).resolve('@expo/swiftlint')),
  'bin',
  `${process.platform}-${process.arch}`,
  'swiftlint',
);
/** @param {string} command */
const works = (command) => spawnSync(command, ['version']).status === 0;
const command = ['swiftlint', packaged].find(works);

if (!existsSync('ios') || !readdirSync('ios', { recursive: true }).some((file) => String(file).endsWith('.swift'))) {
  console.log('SKIPPED: there are no Swift files');
} else if (!command) {
  console.log('SKIPPED: SwiftLint cannot start here; on Linux it needs the libraries of a Swift toolchain');
} else {
  process.exitCode = spawnSync(command, process.argv.slice(2), { stdio: 'inherit' }).status ?? 1;
}
