// LIBRARY...: fails for a library with the fake Keychain of the simulator of iOS, which protects nothing.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The names of its functions, and its own in its texts. */
const MARKS = ['strongroom_fake_', 'strongroom-apple-fake'];

/** @param {Buffer} library */
export function hasFake(library) {
  return MARKS.some((mark) => library.includes(mark));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const libraries = process.argv.slice(2);
  if (libraries.length === 0) throw new Error('which libraries?');
  for (const library of libraries.filter((path) => hasFake(readFileSync(path)))) {
    console.log(`${library}: it has the fake Keychain, so it must not be published`);
    process.exitCode = 1;
  }
}
