import { readdirSync } from 'node:fs';

const external = ['@capacitor/core'];

// The entries of package.json's exports, and every module behind them: what two entries share must be one module at run time, too,
// or a fake that is installed through one of them would not be seen by the other.
const entries = readdirSync('dist/esm', { recursive: true, encoding: 'utf8' }).filter(
  // It holds types alone.
  (file) => file.endsWith('.js') && file !== 'definitions.js',
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
