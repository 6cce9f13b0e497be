import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { parse } from '@capacitor/docgen';
import { describe, expect, test } from 'vitest';

import contract from '../../contract/bridge.json';
import { configOptions } from '../../scripts/build/config-options.mjs';
import {
  ITEM,
  MAX_BATCH_BYTES,
  MAX_BATCH_ITEMS,
  MAX_KEY_BYTES,
  MAX_STORE_BYTES,
  MAX_VALUE_BYTES,
  OPTIONS,
} from '../engine/checks.js';
import { RETRYABLE } from '../errors.js';
import { EVENTS, METHODS } from '../protocol.js';

describe('the contract with the Rust bridge', () => {
  test('has the same methods', () => {
    expect([...METHODS].sort()).toEqual([...contract.methods].sort());
  });

  test('has the same options of each method', () => {
    expect(OPTIONS).toEqual(contract.options);
    expect(ITEM).toEqual(contract.item);
  });

  test('has the declared options of the configuration', () => {
    const { ios, ...others } = configOptions(CONFIG);
    expect([...Object.keys(others), 'ios'].sort()).toEqual([...contract.config].sort());
    expect(Object.keys(ios as object).sort()).toEqual([...contract.configIos].sort());
  }, 60_000);

  test('has the same events', () => {
    expect([...EVENTS].sort()).toEqual([...contract.events].sort());
  });

  test('has the same codes, each as retryable', () => {
    expect(RETRYABLE).toEqual(Object.fromEntries(contract.codes.map(({ code, retryable }) => [code, retryable])));
  });

  test('has the same caps', () => {
    expect({
      batchBytes: MAX_BATCH_BYTES,
      batchItems: MAX_BATCH_ITEMS,
      keyBytes: MAX_KEY_BYTES,
      valueBytes: MAX_VALUE_BYTES,
      storeNameBytes: MAX_STORE_BYTES,
    }).toEqual(contract.caps);
  });
});

describe('the documentation', () => {
  test('lists the same codes, each as retryable', () => {
    const rows = errorRows('docs/guide/errors.md');
    expect(Object.fromEntries(rows.map(([, code, retryable]) => [code, retryable === 'yes']))).toEqual(RETRYABLE);
  });

  test('has the same rows for the five most common codes in README.md', () => {
    const lines = errorRows('README.md').map(([line]) => line);
    expect(lines).toHaveLength(5);
    expect(errorRows('docs/guide/errors.md').map(([line]) => line)).toEqual(expect.arrayContaining(lines));
  });

  test('explains every code where it is defined', () => {
    const explained = [...read('src-ts/definitions.ts').matchAll(/^ \* - `([A-Z_]+)`: ./gm)].map(([, code]) => code);
    expect(explained).toEqual(Object.keys(RETRYABLE).sort());
  });

  test('has @since for every method and option, and @default for every optional one', () => {
    const { api: plugin, interfaces, pluginConfigs } = api('SecureStorageApi');
    const options = [...interfaces, ...pluginConfigs, api('IosConfig').api].filter(
      (each) => each?.name !== 'PluginListenerHandle',
    );
    const members = [...(plugin?.methods ?? []), ...options.flatMap((each) => each?.properties ?? [])];
    expect(members.length).toBeGreaterThan(60);
    expect(members.filter(({ tags, docs }) => docs === '' || !tags.some((tag) => tag.name === 'since'))).toEqual([]);
    const source = read('src-ts/definitions.ts');
    const optional = [...source.matchAll(/^ +(\w+)\?:/gm)].filter(
      ([, name]) => name !== 'SecureStorage' && name !== 'ios',
    );
    expect([...source.matchAll(/^ +\* @default ./gm)]).toHaveLength(optional.length);
  });

  test('lists the options for iOS with their values and defaults', () => {
    const rows = [
      ...read('docs/guide/configuration.md').matchAll(/^\| `(\w+)` \| (`.*?`|a Keychain.*?)[:,] [^`]*? \| (.*?) \|$/gm),
    ];
    const listed = rows.map(([, name, values = '', otherwise = '']) => [name, names(values).sort(), bare(otherwise)]);
    const defined = api('IosConfig').api?.properties.map(({ name, type, tags }) => [
      name,
      type === 'boolean' ? ['false', 'true'] : names(type).sort(),
      bare(tags.find((tag) => tag.name === 'default')?.text ?? ''),
    ]);
    expect(listed).toEqual(defined);
  });
});

const ROOT = new URL('../../', import.meta.url);

const CONFIG = fileURLToPath(new URL('tsconfig.docgen.json', ROOT));

/** An interface as docgen reads it. */
const api = parse({ tsconfigPath: CONFIG });

function read(file: string): string {
  return readFileSync(new URL(file, ROOT), 'utf8');
}

/** The rows of a page's table of errors: each with its code, and whether it is retryable. */
function errorRows(page: string) {
  return [...read(page).matchAll(/^\| `([A-Z_]+)` \| (yes|no) \|.*$/gm)];
}

/** The words in quotes or backticks. */
function names(text: string): string[] {
  return [...text.matchAll(/[`'](\w+)[`']/g)].map(([, name = '']) => name);
}

function bare(text: string): string {
  return text.replace(/[`']/g, '');
}
