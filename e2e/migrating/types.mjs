// What the compiler notices when an app moves from capacitor-secure-storage-plugin, by the row of docs/guide/moving-in.md.

import { readFileSync } from 'node:fs';

import { expect } from 'vitest';

import { Consumer } from '../../scripts/package/consumer.mjs';
import { fromRoot } from '../../scripts/paths.mjs';

import { PACKAGES, pluginFolder } from './plugins.mjs';

/** @type {Record<string, () => void>} */
export const ROWS = {
  'mk-types': () => {
    const consumer = new Consumer();
    try {
      consumer.link(PACKAGES.mk, pluginFolder('mk'));
      const app = readFileSync(fromRoot('e2e/migrating/app/app.ts'), 'utf8');
      const ours = app.replaceAll(PACKAGES.mk, 'capacitor-strongroom');
      expect(ours).not.toBe(app);
      consumer.write('theirs.ts', app);
      consumer.write('ours.ts', ours);
      consumer.write('interface.ts', INTERFACE);
      consumer.write(
        'name.ts',
        "import type { SecureStoragePluginPlugin } from 'capacitor-strongroom';\nexport type Name = SecureStoragePluginPlugin;\n",
      );
      consumer.write('wrong.ts', ours.replace("value: 'hellokitty2'", 'value: 7'));
      expect(compile(consumer, 'theirs.ts', 'ours.ts', 'interface.ts')).toBe('');
      expect(compile(consumer, 'name.ts')).toContain('has no exported member named');
      expect(compile(consumer, 'wrong.ts')).toContain('TS2322');
    } finally {
      consumer.remove();
    }
  },
};

const INTERFACE = `
import type { SecureStoragePluginPlugin } from '${PACKAGES.mk}';
import { SecureStoragePlugin, type SecureStorageApi } from 'capacitor-strongroom';
export const used: SecureStoragePluginPlugin = SecureStoragePlugin;
export const asked = (storage: SecureStorageApi): SecureStoragePluginPlugin => storage;
`;

/** @param {Consumer} consumer @param {...string} files */
function compile(consumer, ...files) {
  const options = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2022,dom', '--skipLibCheck'];
  const compiler = fromRoot('node_modules/typescript/bin/tsc');
  return consumer.node(compiler, ...options, '--module', 'esnext', '--moduleResolution', 'bundler', ...files).output;
}
