import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  {
    ignores: [
      '**/dist/',
      '.cache/',
      'build/',
      '**/target/',
      '**/node_modules/',
      '{,example-app/}{android,ios}/',
      'rust/fuzz/',
    ],
  },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      // A method of a plugin returns a promise even if it does not wait for anything.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // The compiler checks these files, unknown globals included, with the types in their JSDoc comments.
    files: ['**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-undef': 'off' },
  },
);
