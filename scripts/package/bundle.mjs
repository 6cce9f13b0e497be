import { gzipSync } from 'node:zlib';

import { build } from 'vite';

const ENTRY = 'virtual:entry.js';

/**
 * Bundles a module as an app does: minified, without Capacitor.
 *
 * @param {string} root a folder in which the package is installed
 * @param {string} source
 * @returns {Promise<{ code: string, lazy: string[] }>} the code that is loaded at once, and the code that is loaded on demand
 */
export async function bundle(root, source) {
  const { output } = /** @type {import('vite').Rolldown.RolldownOutput} */ (
    await build({
      root,
      configFile: false,
      logLevel: 'error',
      publicDir: false,
      plugins: [
        {
          name: 'entry',
          resolveId: (id) => (id === ENTRY ? `${root}/${ENTRY}` : undefined),
          load: (id) => (id.endsWith(ENTRY) ? source : undefined),
        },
      ],
      ssr: { noExternal: true },
      build: {
        write: false,
        minify: true,
        // As for a server, because Vite's code around a lazy import in a page does not belong to this package.
        ssr: true,
        rollupOptions: { input: ENTRY, external: ['@capacitor/core'], preserveEntrySignatures: 'strict' },
      },
    })
  );
  const chunks = output.flatMap((file) => (file.type === 'chunk' ? [file] : []));
  const first = chunks.find((chunk) => chunk.isEntry);
  const atOnce = new Set([first?.fileName]);
  // Iterating over a set includes what is added meanwhile.
  for (const name of atOnce)
    chunks.find(({ fileName }) => fileName === name)?.imports.forEach((other) => atOnce.add(other));
  const parts = (/** @type {boolean} */ now) =>
    chunks.filter(({ fileName }) => atOnce.has(fileName) === now).map(({ code }) => code);
  return { code: parts(true).join('\n'), lazy: parts(false) };
}

/** @param {string} code */
export function gzipped(code) {
  return gzipSync(code, { level: 9 }).length;
}
