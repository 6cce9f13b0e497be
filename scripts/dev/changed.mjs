// Which checks of `./dev check` some files need.
//
// changed.mjs FILE...: prints one line for each check, its name and its arguments.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

import { fromRoot } from '../paths.mjs';

/** Each crate, with those whose types a change in it can break. */
const CRATES = [
  {
    folder: 'rust/core/',
    tests: ['strongroom-core'],
    lints: ['strongroom-core', 'strongroom-testkit', 'strongroom-battery', 'strongroom-ffi', 'strongroom-apple'],
  },
  {
    folder: 'rust/testkit/',
    tests: ['strongroom-testkit'],
    lints: ['strongroom-testkit', 'strongroom-core', 'strongroom-battery', 'strongroom-ffi', 'strongroom-apple'],
  },
  { folder: 'rust/battery/', tests: ['strongroom-battery'], lints: ['strongroom-battery'] },
  { folder: 'rust/ffi/', tests: ['strongroom-ffi'], lints: ['strongroom-ffi'] },
  { folder: 'rust/apple/', tests: ['strongroom-apple', 'strongroom-apple-fake'], lints: ['strongroom-apple'] },
  { folder: 'rust/ios-simulator/', tests: [], lints: ['strongroom-ios-simulator'] },
  { folder: 'rust/android/', tests: ['strongroom-android'], lints: ['strongroom-android'] },
];

/**
 * @param {string[]} files paths in the repository, of deleted files, too: what used them can break
 * @returns {string[][]} each check with its arguments, the fast ones first
 */
export function checksOf(files) {
  /** @type {string[][]} */
  const checks = [];
  /** @param {RegExp} pattern */
  const like = (pattern) => files.filter((file) => pattern.test(file));
  /**
   * @param {string[]} needed by these files
   * @param {string} name
   * @param {string[]} args
   */
  const add = (needed, name, args = []) => {
    if (needed.length > 0) checks.push([name, ...args]);
  };
  /** A check that reads these files one by one. @param {string[]} needed @param {string} name */
  const addEach = (needed, name) => {
    const there = needed.filter(isThere);
    add(there, name, there);
  };

  const rust = like(/\.rs$/);
  const scripts = like(/\.(?:ts|mts|mjs)$/);
  const formatted = like(/\.(?:ts|mts|mjs|json|md|yml|css|html)$/);
  const pages = like(/\.md$/);
  const kotlin = like(/\.kts?$/);
  const bash = like(/(?:\.sh|^dev|^\.ci\/run)$/);
  const unit = like(/^(?:src-ts|contract)\//);
  const touched = CRATES.filter(({ folder }) => files.some((file) => file.startsWith(folder)));

  add(rust, 'rustfmt');
  addEach(bash, 'bash');
  add(pages, 'prose');
  add(like(/^SECURITY\.md$|\.(?:rs|kt)$/), 'claims');
  addEach(formatted, 'prettier');
  addEach(scripts, 'eslint');
  add(scripts, 'types');
  // No test says that it used a file that is gone: then all run.
  add(unit, 'unit_tests', unit.every(isThere) ? unit : []);
  add(like(/^doctor\//), 'doctor');
  add(pages, 'pages');
  add(like(/^\.github\//), 'workflows');
  add(like(/\.swift$/), 'swiftlint');
  add(like(/^(?:ios|simulator\/ios|example-app\/ios)\/.*\.swift$/), 'swift');
  add(kotlin, 'ktlint');
  add(like(/^(?:android|simulator\/android)\/.*\.(?:kts?|java|xml)$/), 'kotlin');
  add(
    touched.flatMap(({ lints }) => lints),
    'clippy',
    unique(touched.flatMap(({ lints }) => lints)),
  );
  add(
    touched.flatMap(({ tests }) => tests),
    'rust_tests',
    unique(touched.flatMap(({ tests }) => tests)),
  );
  return checks;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const check of checksOf(process.argv.slice(2))) console.log(check.join(' '));
}

/** @param {string} file */
function isThere(file) {
  return existsSync(fromRoot(file));
}

/** @param {string[]} names */
function unique(names) {
  return [...new Set(names)];
}
