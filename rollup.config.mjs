import { readdirSync } from 'node:fs';

const external = ['@capacitor/core'];

/** Modules that hold types alone, of which nothing is left to require(). */
const TYPES_ALONE = ['definitions.js', 'testing/options.js'];

// The entries of package.json's exports, and every module behind them: what two entries share must be one module at run time, too,
// or a fake that is installed through one of them would not be seen by the other.
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
