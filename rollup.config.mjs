import { readdirSync } from 'node:fs';

const external = ['@capacitor/core'];

/** Modules with types only. Their compiled output is empty. */
const TYPES_ALONE = ['definitions.js', 'testing/options.js'];

// Every module, not only the entries of package.json's exports: two entries must share a module at run time. Otherwise a fake that one entry
// installs would not reach the other.
const entries = readdirSync('dist/esm', { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.js') && !TYPES_ALONE.includes(file),
);

export default [
  {
    input: 'dist/esm/index.js',
    external,
    output: {
      file: 'dist/plugin.js',
      format: 'iife',
      name: 'capacitorStrongroom',
      globals: { '@capacitor/core': 'capacitorExports' },
      sourcemap: true,
      inlineDynamicImports: true,
    },
  },
  {
    input: entries.map((file) => `dist/esm/${file}`),
    external,
    output: { dir: 'dist/cjs', format: 'cjs', preserveModules: true, preserveModulesRoot: 'dist/esm', sourcemap: true },
  },
];
