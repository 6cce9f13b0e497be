import { execFile, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { pack } from '../../scripts/package/consumer.mjs';
import { fromRoot } from '../../scripts/paths.mjs';

const PLUGIN = 'capacitor-strongroom';

/** The packages that scratch apps are made from. */
export const SCRATCH_PACKAGES = fromRoot('e2e/app');
const MODULES = join(SCRATCH_PACKAGES, 'node_modules');

/** Capacitor's CLI requires Node 22. If another version runs this, it uses the one among the packages of the scratch app. */
function node22() {
  if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath;
  return join(MODULES, `node-${process.platform}-${process.arch}`, 'bin', 'node');
}

/** What is missing on this machine for tests with Capacitor's CLI, or `undefined`. */
export function missingForCapacitorCli() {
  if (!existsSync(join(MODULES, '@capacitor', 'create-app'))) return 'the packages of e2e/app are not installed';
  return existsSync(node22()) ? undefined : "Capacitor's CLI requires Node 22, and no package has it for this machine";
}

const PAGE = `<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src 'self'"><title>Scratch</title>`;

/** The files of the example app in the repository. */
export function trackedExample() {
  const { stdout } = spawnSync('git', ['ls-files'], { cwd: fromRoot('example-app'), encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean);
}

/** An app in a temporary folder, and Capacitor's CLI in it. */
export class ScratchApp {
  root = mkdtempSync(join(tmpdir(), 'strongroom-app-'));
  folder = join(this.root, 'app');
  /** The folder of the installed plugin. */
  plugin = join(this.folder, 'node_modules', PLUGIN);
  /** What Capacitor's CLI gets in its environment, beside the minimum. @type {Record<string, string>} */
  environment = {};
  /** What npm would publish. */
  tarball = join(this.root, pack(this.root));

  constructor() {
    mkdirSync(join(this.root, 'bin'));
    symlinkSync(node22(), join(this.root, 'bin', 'node'));
  }

  /** The smallest app that Capacitor's CLI accepts, with the plugin from the tarball. Quick, because it does not run npm. */
  static least() {
    const app = new ScratchApp();
    const modules = join(app.folder, 'node_modules');
    // The binaries of Node are large, so they are not copied.
    cpSync(MODULES, modules, { recursive: true, filter: (path) => !/node-linux-/.test(path), verbatimSymlinks: true });
    mkdirSync(app.plugin);
    app.#unpackTo(app.plugin);
    app.write('package.json', {
      name: 'scratch',
      dependencies: {
        '@capacitor/android': '^8',
        '@capacitor/core': '^8',
        '@capacitor/ios': '^8',
        [PLUGIN]: `file:${app.tarball}`,
      },
    });
    app.write('capacitor.config.json', { appId: 'dev.strongroom.scratch', appName: 'Scratch', webDir: 'www' });
    app.write('www/index.html', PAGE);
    return app;
  }

  /** A copy of the example app in the repository, beside the package that npm would publish. */
  static example() {
    const app = new ScratchApp();
    app.#unpackTo(app.root);
    for (const path of trackedExample()) cpSync(fromRoot(`example-app/${path}`), join(app.folder, path));
    cpSync(fromRoot('example-app/node_modules'), join(app.folder, 'node_modules'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    app.write('dist/index.html', PAGE);
    app.git('init', '--quiet');
    app.git('add', '--all');
    return app;
  }

  /**
   * What Capacitor's CLI prints; an error if it fails.
   *
   * @param {string[]} args
   */
  cap(...args) {
    const { status, stdout, stderr } = spawnSync('node', ['node_modules/@capacitor/cli/bin/capacitor', ...args], {
      cwd: this.folder,
      encoding: 'utf8',
      // Without CocoaPods, which would start a download.
      env: { ...this.#leastEnvironment('/usr/bin:/bin'), ...this.environment },
    });
    if (status !== 0) throw new Error(`cap ${args.join(' ')} failed:\n${stdout}${stderr}`);
    return stdout + stderr;
  }

  /**
   * Runs npm with the packages of a registry; an error if it fails.
   *
   * @param {import('./npm-registry.mjs').NpmRegistry} registry
   * @param {string[]} args
   */
  async npm(registry, ...args) {
    await promisify(execFile)('npm', args, {
      cwd: existsSync(this.folder) ? this.folder : this.root,
      env: { ...this.#leastEnvironment(process.env.PATH), npm_config_registry: registry.url },
    });
  }

  /** @param {string[]} args @returns {string[]} the lines that git prints */
  git(...args) {
    const { status, stdout, stderr } = spawnSync('git', args, { cwd: this.folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`git ${args.join(' ')} failed:\n${stderr}`);
    return stdout.split('\n').filter(Boolean);
  }

  /** @param {string} path */
  read(path) {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  /** @param {string} path */
  readJson(path) {
    return JSON.parse(this.read(path));
  }

  /** @param {string} path @param {unknown} content a text, or a value that becomes JSON */
  write(path, content) {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  }

  /**
   * Changes a JSON file of the app.
   *
   * @param {string} path
   * @param {(content: any) => void} change
   */
  edit(path, change) {
    const content = this.readJson(path);
    change(content);
    this.write(path, content);
  }

  /**
   * Changes a file of the installed plugin.
   *
   * @param {string} path
   * @param {(text: string) => string} change
   */
  alter(path, change) {
    const file = join(this.plugin, path);
    const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const after = change(before);
    if (after === before) throw new Error(`nothing was changed in ${path}`);
    writeFileSync(file, after);
  }

  remove() {
    rmSync(this.root, { recursive: true });
  }

  /** @param {string} folder */
  #unpackTo(folder) {
    const { status } = spawnSync('tar', ['-xzf', this.tarball, '-C', folder, '--strip-components=1']);
    if (status !== 0) throw new Error('the tarball cannot be unpacked');
  }

  /** Contains nothing from the environment of the caller, and puts Node 22 first. @param {string | undefined} path */
  #leastEnvironment(path) {
    return { HOME: this.root, PATH: `${join(this.root, 'bin')}:${path}`, CI: '1', NO_COLOR: '1' };
  }
}
