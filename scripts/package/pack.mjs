// pack.mjs FOLDER RUST [--without=PLATFORM|ABI]...: makes the npm package from the build, with SBOMs and checksums, which are not in the
// repository. Fails if a file would be missing, except the libraries of the platforms and ABIs that `--without` names, and if a library
// contains the fake Keychain.

import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { SUMS, isBinary, sumProblems, sums } from './checksums.mjs';
import { hasFake } from './fake.mjs';
import { ABIS, expectedFiles, packedFiles } from './files.mjs';

const SBOMS = ['sbom/crates.cdx.json', 'sbom/npm.cdx.json'];

const [home = '', rust = '', ...options] = process.argv.slice(2);
if (!home || !rust) throw new Error('usage: pack.mjs FOLDER RUST [--without=PLATFORM|ABI]...');
const staged = resolve(home, 'package');
const without = options.map((option) => option.replace(/^--without=/, ''));

rmSync(home, { recursive: true, force: true });
const files = stage();
run('node', 'scripts/package/sbom.mjs', join(staged, 'sbom'), rust);
writeFileSync(join(staged, SUMS), sums(staged, files.filter(isBinary)));
for (const path of [SUMS, ...SBOMS]) chmodSync(join(staged, path), 0o644);

const tarball = pack(home);
const problems = [
  ...differences(contents(tarball)),
  ...sumProblems(staged),
  ...fakes(staged, files.filter(isBinary)),
  ...(packsTheSame(tarball) ? [] : ['packed again, the tarball differs']),
];
for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  rmSync(join(home, tarball));
  process.exit(1);
}

for (const path of SBOMS) copyFileSync(join(staged, path), join(home, path.replace('sbom/', '')));
rmSync(staged, { recursive: true });
writeFileSync(join(home, SUMS), sums(home, [tarball, ...SBOMS.map((path) => path.replace('sbom/', ''))]));
console.log(`${home}/${tarball}`);

/** Copies the files that npm would pack, and sets their modes, which otherwise depend on the umask of the clone. */
function stage() {
  const executable = new Set(
    run('git', 'ls-files', '--stage')
      .split('\n')
      .flatMap((line) => /^100755 .*\t(.*)$/.exec(line)?.[1] ?? []),
  );
  const paths = packedFiles().map(({ path }) => path);
  for (const path of paths) {
    mkdirSync(dirname(join(staged, path)), { recursive: true });
    copyFileSync(path, join(staged, path));
    chmodSync(join(staged, path), executable.has(path) ? 0o755 : 0o644);
  }
  return paths;
}

/** @param {string} folder of the tarball @returns its name */
function pack(folder) {
  const args = ['pack', staged, '--json', '--ignore-scripts', '--pack-destination', folder];
  return JSON.parse(run('npm', ...args))[0].filename;
}

/** @param {string} tarball */
function packsTheSame(tarball) {
  const again = join(home, 'again');
  mkdirSync(again);
  const same = readFileSync(join(again, pack(again))).equals(readFileSync(join(home, tarball)));
  rmSync(again, { recursive: true });
  return same;
}

/** @param {string} tarball */
function contents(tarball) {
  return run('tar', '-tzf', join(home, tarball))
    .split('\n')
    .filter(Boolean)
    .map((path) => path.replace(/^package\//, ''));
}

/** Files that are missing in the tarball, or unexpected. @param {string[]} paths */
function differences(paths) {
  const abis = ABIS.filter((abi) => !without.includes('android') && !without.includes(abi));
  const built = { android: abis, ios: !without.includes('ios') };
  const expected = expectedFiles({ ...built, supply: true });
  return [
    ...expected.filter((path) => !paths.includes(path)).map((path) => `missing from the package: ${path}`),
    ...paths.filter((path) => !expected.includes(path)).map((path) => `should not be in the package: ${path}`),
  ];
}

/** @param {string} folder @param {string[]} paths */
function fakes(folder, paths) {
  return paths
    .filter((path) => hasFake(readFileSync(join(folder, path))))
    .map((path) => `contains the fake Keychain of the simulator: ${path}`);
}

/** @param {string} program @param {string[]} args */
function run(program, ...args) {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
