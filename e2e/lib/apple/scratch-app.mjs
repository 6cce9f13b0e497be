import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

import { fromRoot } from '../paths.mjs';
import { readPodspec, readSwiftPackage } from './manifests.mjs';

const PLUGIN = 'capacitor-strongroom';
const PACKAGES = fromRoot('e2e/ios/app/node_modules');

/** Capacitor's CLI wants Node 22. Where that is not what runs this, there is one among the packages of the scratch app. */
function node22() {
  if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath;
  return join(PACKAGES, `node-${process.platform}-${process.arch}`, 'bin', 'node');
}

/** What these tests lack on this machine, or `undefined`. */
export function missingForCapacitorCli() {
  if (!existsSync(join(PACKAGES, '@capacitor', 'ios'))) return 'the packages of e2e/ios/app are not installed';
  return existsSync(node22()) ? undefined : "Capacitor's CLI wants Node 22, and no package has it for this machine";
}

/** An app that has this plugin from the tarball that npm would publish, and its platforms from Capacitor's CLI. */
export class ScratchApp {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-app-'));
  plugin = join(this.folder, 'node_modules', PLUGIN);
  /** What the CLI finds in its environment, beside the least it needs. @type {Record<string, string>} */
  environment = {};

  constructor() {
    const modules = join(this.folder, 'node_modules');
    // The binaries of Node are large, and run from where they are.
    cpSync(PACKAGES, modules, { recursive: true, filter: (path) => !/node-linux-/.test(path), verbatimSymlinks: true });
    const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', this.folder];
    const [{ filename }] = JSON.parse(
      execFileSync('npm', pack, { cwd: fromRoot('.'), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
    mkdirSync(this.plugin);
    execFileSync('tar', ['-xzf', join(this.folder, filename), '-C', this.plugin, '--strip-components=1']);
    const description = JSON.parse(readFileSync(fromRoot('e2e/ios/app/package.json'), 'utf8'));
    description.dependencies[PLUGIN] = `file:${filename}`;
    write(join(this.folder, 'package.json'), description);
    write(join(this.folder, 'capacitor.config.json'), {
      appId: 'dev.strongroom.scratch',
      appName: 'Scratch',
      webDir: 'www',
    });
    // For the scripts of plugins.
    mkdirSync(join(this.folder, 'bin'));
    symlinkSync(node22(), join(this.folder, 'bin', 'node'));
    mkdirSync(join(this.folder, 'www'));
    writeFileSync(join(this.folder, 'www', 'index.html'), '<!doctype html><title>Scratch</title>');
  }

  /**
   * What Capacitor's CLI prints; an error if it fails.
   *
   * @param {string[]} args
   */
  cap(...args) {
    const { status, stdout, stderr } = spawnSync(node22(), ['node_modules/@capacitor/cli/bin/capacitor', ...args], {
      cwd: this.folder,
      encoding: 'utf8',
      // Nothing of whoever runs this: no settings, and no CocoaPods, which would start to download.
      env: {
        HOME: this.folder,
        PATH: [join(this.folder, 'bin'), '/usr/bin', '/bin'].join(delimiter),
        CI: '1',
        NO_COLOR: '1',
        ...this.environment,
      },
    });
    if (status !== 0) throw new Error(`cap ${args.join(' ')} failed:\n${stdout}${stderr}`);
    return stdout + stderr;
  }

  /** Installs a package that the repository itself has. @param {string} name */
  install(name) {
    cpSync(fromRoot(`node_modules/${name}`), join(this.folder, 'node_modules', name), { recursive: true });
    this.edit('package.json', (description) => Object.assign(description.dependencies, { [name]: '*' }));
  }

  /**
   * Changes a JSON file of the app.
   *
   * @param {string} path
   * @param {(content: any) => void} change
   */
  edit(path, change) {
    const content = JSON.parse(this.read(path));
    change(content);
    write(join(this.folder, path), content);
  }

  /** @param {string} path */
  read(path) {
    return readFileSync(join(this.folder, path), 'utf8');
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

  /** What would keep Xcode from finding the plugin through the Swift package that the CLI wrote. */
  swiftPackageProblems() {
    const text = this.read('ios/App/CapApp-SPM/Package.swift');
    const packages = [...text.matchAll(/\.package\(name: "([^"]+)", path: "([^"]+)"\)/g)];
    const products = [...text.matchAll(/\.product\(name: "([^"]+)", package: "([^"]+)"\)/g)]
      .map(([, product, from]) => `${product} of ${from}`)
      .filter((product) => !product.endsWith(' of capacitor-swift-pm'));
    if (packages.length !== 1) return [`the app names ${packages.length} plugins, not one`];
    const [, name = '', path = ''] = packages[0] ?? [];
    const folder = resolve(this.folder, 'ios/App/CapApp-SPM', path);
    const found = readSwiftPackage(folder);
    return [
      ...(products.join() === `${name} of ${name}` ? [] : [`the app links ${products.join() || 'nothing'}`]),
      ...(folder === this.plugin ? [] : ['the app looks for the plugin elsewhere']),
      ...(found.package === name ? [] : [`the package is ${found.package}, the app wants ${name}`]),
      ...(found.libraries[name] ? [] : [`the package has no library ${name}`]),
      ...this.classProblems(),
    ];
  }

  /** What would keep CocoaPods from finding the plugin through the Podfile that the CLI wrote. */
  podProblems() {
    const pods = [...this.read('ios/App/Podfile').matchAll(/^ *pod '([^']+)', :path => '([^']+)'/gm)].filter(
      ([, name]) => name !== 'Capacitor' && name !== 'CapacitorCordova',
    );
    if (pods.length !== 1) return [`the app names ${pods.length} plugins, not one`];
    const [, name = '', path = ''] = pods[0] ?? [];
    const podspec = resolve(this.folder, 'ios/App', path, `${name}.podspec`);
    if (!existsSync(podspec)) return [`there is no ${name}.podspec where the app looks for it`];
    const [found] = readPodspec(podspec)('name');
    return [...(found === name ? [] : [`the pod is ${found}, the app wants ${name}`]), ...this.classProblems()];
  }

  /** Capacitor starts the classes on this list. */
  classProblems() {
    const { packageClassList } = JSON.parse(this.read('ios/App/App/capacitor.config.json'));
    const classes = String(packageClassList);
    return classes === 'StrongroomPlugin' ? [] : [`the app starts ${classes || 'no class'}`];
  }

  remove() {
    rmSync(this.folder, { recursive: true });
  }
}

/**
 * @param {string} path
 * @param {unknown} content
 */
function write(path, content) {
  writeFileSync(path, JSON.stringify(content, null, 2));
}
