import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['**/dist/', 'build/', '**/target/', '**/node_modules/', '{,example-app/}{android,ios}/', 'rust/fuzz/'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      // A method of a plugin answers with a promise, whether or not it has to wait for anything.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // The compiler checks these with the types of their JSDoc comments, unknown globals included.
    files: ['**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-undef': 'off' },
  },
);
