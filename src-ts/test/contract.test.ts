import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import contract from '../../contract/bridge.json';
import { EVENTS, METHODS } from '../client.js';
import { RETRYABLE } from '../errors.js';
import { MAX_BATCH_BYTES, MAX_BATCH_ITEMS, MAX_KEY_BYTES, MAX_STORE_BYTES, MAX_VALUE_BYTES } from '../web/checks.js';

describe('the contract with the Rust bridge', () => {
  test('has the same methods', () => {
    expect([...METHODS].sort()).toEqual([...contract.methods].sort());
  });

  test('has the same events', () => {
    expect([...EVENTS].sort()).toEqual([...contract.events].sort());
  });

  test('has the same codes, retryable alike', () => {
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

test('the documentation lists the same codes, retryable alike', () => {
  const page = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (yes|no) \|/gm)];
  expect(Object.fromEntries(rows.map(([, code, retryable]) => [code, retryable === 'yes']))).toEqual(RETRYABLE);
});
