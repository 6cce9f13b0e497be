/**
 * @typedef {object} Sources
 * @property {{ version: string, repository?: { url?: string } | string }} manifest package.json
 * @property {{ version: string }} lock package-lock.json
 * @property {string} cargo Cargo.toml
 * @property {string} changelog
 */

/**
 * Reasons why this tag is not a release.
 *
 * @param {string} tag
 * @param {string} repository
 * @param {Sources} sources
 */
export function releaseProblems(tag, repository, { manifest, lock, cargo, changelog }) {
  if (!/^v\d+\.\d+\.\d+(-[a-z]+\.\d+)?$/.test(tag)) return [`${tag} is not a tag like v1.2.3 or v1.2.3-rc.1`];
  const version = tag.slice(1);
  const problems = [];
  const crates = /^\[workspace\.package\]\nversion = "(.*)"/m.exec(cargo)?.[1];
  for (const [file, found] of Object.entries({
    'package.json': manifest.version,
    'package-lock.json': lock.version,
    'Cargo.toml': crates,
  }))
    if (found !== version) problems.push(`${file} has version ${found}`);
  if (releaseNotes(tag, changelog) === '') problems.push(`CHANGELOG.md has no section [${version}]`);
  // npm refuses provenance for a package that does not name its repository.
  const url = typeof manifest.repository === 'string' ? manifest.repository : manifest.repository?.url;
  if (!url?.replace(/\.git$/, '').endsWith(`/${repository}`))
    problems.push(`repository in package.json is ${url ?? 'missing'}, not that of ${repository}`);
  return problems;
}

/**
 * The section of a version, without its heading.
 *
 * @param {string} tag
 * @param {string} changelog
 */
export function releaseNotes(tag, changelog) {
  const sections = changelog.split(/^## /m);
  const section = sections.find((section) => section.startsWith(`[${tag.slice(1)}]`)) ?? '';
  return section
    .split('\n')
    .slice(1)
    .join('\n')
    .replace(/^\[.*\]: .*$/gm, '')
    .trim();
}
