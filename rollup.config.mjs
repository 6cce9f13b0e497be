const common = {
  input: 'dist/esm/index.js',
  external: ['@capacitor/core'],
};

const output = { sourcemap: true, inlineDynamicImports: true };

export default {
  ...common,
  output: [
    {
      ...output,
      file: 'dist/plugin.js',
      format: 'iife',
      name: 'capacitorStrongroom',
      globals: { '@capacitor/core': 'capacitorExports' },
    },
    { ...output, file: 'dist/plugin.cjs.js', format: 'cjs' },
  ],
};
