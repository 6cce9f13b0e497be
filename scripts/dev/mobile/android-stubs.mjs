// Writes stubs of the libraries that every Android has, with exactly the symbols of android-imports.json: LINKER TARGET FOLDER

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const EMULATIONS = new Map([
  ['aarch64-linux-android', 'aarch64linux'],
  ['armv7-linux-androideabi', 'armelf_linux_eabi'],
  ['x86_64-linux-android', 'elf_x86_64'],
  ['i686-linux-android', 'elf_i386'],
]);

const [linker = '', target = '', folder = ''] = process.argv.slice(2);
const emulation = EMULATIONS.get(target);
if (!emulation) throw new Error(`there is no such target: ${target}`);

/** @type {Record<string, string[]>} */
const imports = JSON.parse(readFileSync('scripts/dev/mobile/android-imports.json', 'utf8'));
// The compiler names these, too, although we use no symbol of them.
const libraries = { 'liblog.so': [], 'libm.so': [], ...imports };

mkdirSync(folder, { recursive: true });
for (const [name, symbols] of Object.entries(libraries)) {
  if (!name.endsWith('.so')) continue;
  // The linker accepts a script that defines symbols as an object.
  const script = join(folder, `${name}.ld`);
  writeFileSync(
    script,
    `stub_of_${name.replace('.so', '')} = 0;\n${symbols.map((symbol) => `${symbol} = 0;\n`).join('')}`,
  );
  execFileSync(linker, ['-shared', '-m', emulation, '-soname', name, script, '-o', join(folder, name)]);
}
