import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

import { fromRoot } from '../paths.mjs';

/** A folder with the package as npm would install it. */
export class Consumer {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-package-'));
  modules = join(this.folder, 'node_modules');

  constructor() {
    this.tarball = join(this.folder, pack(this.folder));
    this.plugin = join(this.modules, 'capacitor-strongroom');
    mkdirSync(this.plugin, { recursive: true });
    execFileSync('tar', ['-xzf', this.tarball, '-C', this.plugin, '--strip-components=1']);
    for (const name of ['@capacitor/core', '@capacitor/cli', 'expect-type', 'vitest'])
      this.link(name, fromRoot(`node_modules/${name}`));
  }

  /** @param {string} name @param {string} folder */
  link(name, folder) {
    const link = join(this.modules, name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(folder, link);
  }

  /** @param {string} file @param {string} content */
  write(file, content) {
    const path = join(this.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  /** @param {string} file */
  read(file) {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  /** Copies a file of the project. @param {string} from @param {string} to */
  copy(from, to) {
    cpSync(fromRoot(from), join(this.folder, to));
  }

  /** Runs Node in the folder. @param {string[]} args @returns its output and its status */
  node(...args) {
    const { stdout, stderr, status } = spawnSync(process.execPath, args, {
      cwd: this.folder,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    });
    return { output: stdout + stderr, status };
  }

  remove() {
    rmSync(this.folder, { recursive: true });
  }
}

/**
 * Makes the tarball that npm would publish, or takes the one that `STRONGROOM_TARBALL` names.
 *
 * @param {string} folder where to
 * @returns its name
 */
export function pack(folder) {
  const { STRONGROOM_TARBALL: made } = process.env;
  if (made) {
    copyFileSync(resolve(fromRoot('.'), made), join(folder, basename(made)));
    return basename(made);
  }
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const output = execFileSync('npm', args, {
    cwd: fromRoot('.'),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(output)[0].filename;
}
