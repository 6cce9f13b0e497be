// What `./dev check` does with a change.

import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { checksOf } from '../../scripts/dev/changed.mjs';
import { fromRoot } from '../../scripts/paths.mjs';
import { tracked } from '../../scripts/package/tracked.mjs';

test.each([
  ['rust/core/src/vault.rs', ['rustfmt', 'claims', 'clippy', 'rust_tests']],
  ['rust/ffi/Cargo.toml', ['clippy', 'rust_tests']],
  ['src-ts/errors.ts', ['prettier', 'eslint', 'types', 'unit_tests']],
  ['doctor/index.mjs', ['prettier', 'eslint', 'types', 'doctor']],
  ['docs/guide/errors.md', ['prose', 'prettier', 'pages']],
  ['SECURITY.md', ['prose', 'claims', 'prettier', 'pages']],
  ['.github/workflows/release.yml', ['prettier', 'workflows']],
  ['android/src/main/kotlin/dev/strongroom/capacitor/Worker.kt', ['claims', 'ktlint', 'kotlin']],
  ['ios/Sources/StrongroomPlugin/StrongroomPlugin.swift', ['swiftlint', 'swift']],
  ['dev', ['bash']],
])('a change of %s', (file, checks) => {
  expect(checksOf([file]).map(([name]) => name)).toEqual(checks);
});

test('a crate is checked with the crates that are built from it, and each once', () => {
  const checks = new Map(
    checksOf(['rust/core/src/vault.rs', 'rust/ffi/src/lib.rs']).map(([name, ...args]) => [name, args]),
  );
  const built = ['strongroom-core', 'strongroom-testkit', 'strongroom-battery', 'strongroom-ffi', 'strongroom-apple'];
  expect(checks.get('clippy')).toEqual(built);
  expect(checks.get('rust_tests')).toEqual(['strongroom-core', 'strongroom-ffi']);
});

test('a deleted file is not read, but what used it is checked', () => {
  expect(checksOf(['src-ts/gone.ts'])).toEqual([['types'], ['unit_tests']]);
  expect(checksOf(['rust/ffi/src/gone.rs']).map(([name]) => name)).toEqual([
    'rustfmt',
    'claims',
    'clippy',
    'rust_tests',
  ]);
});

test('each check is a function of check.sh', () => {
  const script = readFileSync(fromRoot('scripts/dev/check.sh'), 'utf8');
  for (const [name] of checksOf(tracked('.'))) expect(script).toContain(`check_${name}()`);
});
