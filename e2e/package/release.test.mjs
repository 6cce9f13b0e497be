// What must agree with a tag before anything is built for it.

import { expect, test } from 'vitest';

import { releaseNotes, releaseProblems } from '../../scripts/package/release-checks.mjs';

const REPOSITORY = 'someone/strongroom';
const CHANGELOG = `# Changelog

## [Unreleased]

## [1.2.0] - 2030-01-02

### Added

- Something.

## [1.2.0-rc.1] - 2030-01-01

- Less.

[1.2.0]: https://example.com/compare/v1.1.0...v1.2.0
`;

/** @param {string} version */
function sources(version) {
  return {
    manifest: { version, repository: { url: `git+https://github.com/${REPOSITORY}.git` } },
    lock: { version },
    cargo: `[workspace]\n\n[workspace.package]\nversion = "${version}"\nedition = "2024"\n`,
    changelog: CHANGELOG,
  };
}

test.each(['1.2.0', '1.2.0-rc.1'])('%s can be released', (version) => {
  expect(releaseProblems(`v${version}`, REPOSITORY, sources(version))).toEqual([]);
});

test.each(['1.2.0', 'v1.2', 'v1.2.0-', 'v1.2.0-rc', 'v1.2.0; ls'])('%s is not the tag of a release', (tag) => {
  expect(releaseProblems(tag, REPOSITORY, sources('1.2.0'))).toHaveLength(1);
});

test('every file must have the version, and the changelog a section', () => {
  expect(releaseProblems('v1.3.0', REPOSITORY, sources('1.2.0'))).toEqual([
    'package.json has version 1.2.0',
    'package-lock.json has version 1.2.0',
    'Cargo.toml has version 1.2.0',
    'CHANGELOG.md has no section [1.3.0]',
  ]);
});

test('the package must name the repository that publishes it', () => {
  const right = sources('1.2.0');
  const { version } = right.manifest;
  for (const manifest of [{ version }, { version, repository: 'github:another/strongroom' }])
    expect(releaseProblems('v1.2.0', REPOSITORY, { ...right, manifest })).toHaveLength(1);
});

test('the notes are only the section of the version', () => {
  expect(releaseNotes('v1.2.0', CHANGELOG)).toBe('### Added\n\n- Something.');
  expect(releaseNotes('v1.2.0-rc.1', CHANGELOG)).toBe('- Less.');
  expect(releaseNotes('v1.2', CHANGELOG)).toBe('');
});
