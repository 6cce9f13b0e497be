// Makes the output of tsc and rollup right for Node, which goes by the nearest package.json: dist/esm holds ES modules. Beside the
// modules in dist/cjs lie the same type declarations, for those who call require(). The doctor gets the options it knows.

import { cp, writeFile } from 'node:fs/promises';

import { configOptions } from './config-options.mjs';

await writeFile('dist/esm/package.json', '{ "type": "module" }\n');
await cp('dist/esm', 'dist/cjs', {
  recursive: true,
  filter: (file) => !/\.(js|map|json)$/.test(file),
});
await writeFile('dist/options.json', `${JSON.stringify(configOptions('tsconfig.docgen.json'))}\n`);
