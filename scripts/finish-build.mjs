// Makes the output of tsc and rollup right for Node, which goes by the nearest package.json: dist/esm holds ES modules, while
// dist/cjs holds the same type declarations for those who call require().

import { cp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

await writeFile('dist/esm/package.json', '{ "type": "module" }\n');
await cp('dist/esm', 'dist/cjs', { recursive: true });
for (const entry of await readdir('dist/cjs', { recursive: true, withFileTypes: true })) {
  if (entry.isFile() && !entry.name.endsWith('.d.ts')) await rm(join(entry.parentPath, entry.name));
}
