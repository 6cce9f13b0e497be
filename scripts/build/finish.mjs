// Completes the output of tsc and rollup for Node, which reads the nearest package.json: dist/esm contains ES modules. The same type
// declarations are beside the modules in dist/cjs, for require(). Also writes the list of options for the doctor.

import { cp, writeFile } from 'node:fs/promises';

import { configOptions } from './config-options.mjs';

await writeFile('dist/esm/package.json', '{ "type": "module" }\n');
await cp('dist/esm', 'dist/cjs', {
  recursive: true,
  filter: (file) => !/\.(js|map|json)$/.test(file),
});
await writeFile('dist/options.json', `${JSON.stringify(configOptions('tsconfig.docgen.json'))}\n`);
