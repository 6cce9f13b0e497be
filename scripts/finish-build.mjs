// Makes the output of tsc and rollup right for Node, which goes by the nearest package.json: dist/esm holds ES modules. Beside the
// modules in dist/cjs lie the same type declarations, for those who call require().

import { cp, writeFile } from 'node:fs/promises';

await writeFile('dist/esm/package.json', '{ "type": "module" }\n');
await cp('dist/esm', 'dist/cjs', {
  recursive: true,
  filter: (file) => !/\.(js|map|json)$/.test(file),
});
