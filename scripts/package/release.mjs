// release.mjs check TAG OWNER/REPOSITORY: fails if the tag, the versions, the changelog and the repository do not agree.
// release.mjs notes TAG: prints the section of that version in the changelog.
import { readFileSync } from 'node:fs';

import { releaseNotes, releaseProblems } from './release-checks.mjs';

const [command = '', tag = '', repository = ''] = process.argv.slice(2);
const changelog = readFileSync('CHANGELOG.md', 'utf8');

if (command === 'notes') {
  console.log(releaseNotes(tag, changelog));
} else {
  const problems = releaseProblems(tag, repository, {
    manifest: JSON.parse(readFileSync('package.json', 'utf8')),
    lock: JSON.parse(readFileSync('package-lock.json', 'utf8')),
    cargo: readFileSync('Cargo.toml', 'utf8'),
    changelog,
  });
  for (const problem of problems) console.error(problem);
  console.log(`${tag} ${problems.length === 0 ? 'can be released' : 'cannot be released'}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
