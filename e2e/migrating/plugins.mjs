import { existsSync, readFileSync } from 'node:fs';

import { build } from 'vite';

import { codeBlocks } from '../../scripts/package/code-blocks.mjs';
import { fromRoot } from '../../scripts/paths.mjs';

/** A plugin, or our adapter. @typedef {'mk' | 'ap' | 'ours' | 'storage'} PluginName */

const FOLDER = fromRoot('e2e/migrating/app');
const ENTRY = 'virtual:entry.ts';

/** The packages of the other plugins. */
export const PACKAGES = {
  mk: 'capacitor-secure-storage-plugin',
  ap: '@aparajita/capacitor-secure-storage',
};

/** What replaces our package in a bundle. */
export const OURS = fromRoot('dist/esm/index.js');

/** An app of capacitor-secure-storage-plugin, as a module that runs it. */
export const APP = `export { runApp as run } from '${FOLDER}/app.ts';`;

/** What is missing for the tests with other plugins, or `undefined`. */
export function missingForPlugins() {
  return existsSync(`${FOLDER}/node_modules`) ? undefined : 'the packages of e2e/migrating/app are not installed';
}

/** The folder in which a plugin is installed. @param {keyof typeof PACKAGES} plugin */
export function pluginFolder(plugin) {
  return `${FOLDER}/node_modules/${PACKAGES[plugin]}`;
}

/** @param {keyof typeof PACKAGES} plugin @param {string} file */
export function pluginFile(plugin, file) {
  return readFileSync(`${pluginFolder(plugin)}/${file}`, 'utf8');
}

const IMPORTS = {
  mk: `import { SecureStoragePlugin as mk } from '${PACKAGES.mk}';`,
  ap: `import { SecureStorage as ap } from '${PACKAGES.ap}';`,
  ours: "import { SecureStorage as ours } from 'capacitor-strongroom';",
  storage: "import { asAsyncStorage } from 'capacitor-strongroom';\nconst storage = asAsyncStorage();",
};

/**
 * A script for a page with the plugins' own code, imported in this order, with one copy of Capacitor's core, as an app's bundler
 * makes it. The plugins become `sides`.
 *
 * @param {readonly PluginName[]} sides
 * @param {Record<string, string>} [alias]
 */
export function sidesScript(sides, alias) {
  const source = [...sides.map((side) => IMPORTS[side]), `globalThis.sides = { ${sides.join()} };`];
  return bundle(source.join('\n'), alias);
}

/** The code of a block of docs/guide/moving-in.md that begins with the name of a file. @param {string} name */
export function documented(name) {
  const block = codeBlocks('docs/guide/moving-in.md').find(({ code }) => code.startsWith(`// ${name}`));
  if (!block) throw new Error(`docs/guide/moving-in.md has no block ${name}`);
  return block.code;
}

/**
 * A script for {@link runProgram}.
 *
 * @param {string} source a module that exports `run`
 * @param {Record<string, string>} [alias]
 */
export function runnable(source, alias) {
  return bundle(source, alias, 'program');
}

/**
 * Loads a program that {@link runnable} made, and runs it.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} script
 * @returns {Promise<string[]>}
 */
export async function runProgram(page, script) {
  await page.evaluate(script);
  return page.evaluate(() =>
    /** @type {any} */ (globalThis).program.run().catch((/** @type {any} */ error) => {
      throw new Error(error.code ?? error.message);
    }),
  );
}

/**
 * One script from a TypeScript module and everything that it imports.
 *
 * @param {string} source
 * @param {Record<string, string>} [alias] what to import in place of a package
 * @param {string} [name] the name of its exports in the page
 * @returns {Promise<string>}
 */
async function bundle(source, alias = {}, name) {
  const { output } = /** @type {import('vite').Rolldown.RolldownOutput} */ (
    await build({
      root: FOLDER,
      configFile: false,
      logLevel: 'error',
      publicDir: false,
      resolve: {
        alias: { 'capacitor-strongroom': OURS, ...alias },
        dedupe: ['@capacitor/core'],
      },
      plugins: [
        {
          name: 'entry',
          resolveId: (id) => (id === ENTRY ? `${FOLDER}/${ENTRY}` : undefined),
          load: (id) => (id.endsWith(ENTRY) ? source : undefined),
        },
      ],
      build: {
        write: false,
        minify: false,
        // One script, lazy imports included.
        rollupOptions: {
          input: ENTRY,
          preserveEntrySignatures: 'strict',
          output: { format: 'iife', codeSplitting: false, name },
        },
      },
    })
  );
  const [script, ...others] = output;
  if (others.length > 0) throw new Error('The bundle is more than one script');
  return script.code;
}

/**
 * Calls a plugin of a page that has `sides`. An argument that Playwright cannot pass on unchanged, such as half a surrogate pair, is
 * written as `{ $js: source }`.
 *
 * @param {import('playwright-core').Page} page
 * @param {PluginName} side
 * @param {string} method
 * @param {unknown[]} args
 * @returns {Promise<{ resolved: any } | { rejected: any }>} the fields of an error, or any other value unchanged
 */
export function callSide(page, side, method, args) {
  return page.evaluate(
    async ({ side, method, args }) => {
      const plugin = /** @type {any} */ (globalThis).sides[side];
      try {
        return { resolved: await plugin[method](...args.map(unpack)) };
      } catch (error) {
        if (typeof error !== 'object') return { rejected: error };
        const { name, message, code, retryable } = /** @type {any} */ (error);
        const isError = error instanceof Error || error instanceof DOMException;
        return { rejected: { isError, name, message, code, retryable } };
      }

      function unpack(/** @type {any} */ value) {
        return value?.$js === undefined ? value : (0, eval)(`(${value.$js})`);
      }
    },
    { side, method, args },
  );
}
