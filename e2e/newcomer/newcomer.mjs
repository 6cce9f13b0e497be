import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { codeBlocks } from '../../scripts/package/code-blocks.mjs';
import { fromRoot } from '../../scripts/paths.mjs';
import { NpmRegistry } from '../app/npm-registry.mjs';
import { SCRATCH_PACKAGES, ScratchApp } from '../app/scratch-app.mjs';
import { keychainLibraryPath } from '../phone/requirements.mjs';

/** Plugins of the template that this app does not use. */
const TEMPLATE_PLUGINS = ['@capacitor/camera', '@capacitor/splash-screen'];

/**
 * An app made by somebody who has read only the README. Each step is a command of npm or of Capacitor's CLI, except that
 * the plugin comes from its tarball, and all other packages come from a registry on this machine.
 */
export class Newcomer {
  app = new ScratchApp();
  #registry;

  /** @param {NpmRegistry} registry */
  constructor(registry) {
    this.#registry = registry;
  }

  static async arrive() {
    return new Newcomer(await NpmRegistry.start(SCRATCH_PACKAGES));
  }

  /** Makes the app from Capacitor's template, with both platforms' packages. */
  async createApp() {
    await this.#npm('init', '@capacitor/app', 'app', '--', '--name', 'First', '--app-id', 'com.example.first');
    await this.#npm('install');
    await this.#npm('install', '@capacitor/android', '@capacitor/ios');
  }

  /** Installs the plugin. @returns the lock file before and after */
  async installPlugin() {
    const before = this.#locked();
    await this.#npm('install', this.app.tarball);
    return { before, after: this.#locked() };
  }

  /** Replaces the template's page with one that has the README's first lines, and builds it. @param {string} page */
  async writePage(page) {
    await this.#npm('uninstall', ...TEMPLATE_PLUGINS);
    const readme = codeBlocks('README.md').find(({ language }) => language === 'ts');
    this.app.write('src/readme.ts', `${readme?.code}export { value };\n`);
    this.app.write('src/index.html', page);
    await this.buildPage();
  }

  async buildPage() {
    await this.#npm('run', 'build');
  }

  /**
   * Compiles a simulator with the sources of plugin and Capacitor in the app.
   *
   * @param {import('../phone/web-views.mjs').Platform} platform
   * @returns {Promise<string>} the folder of its build
   */
  async compile(platform) {
    const target = join(this.app.root, `simulator-${platform}`);
    await (platform === 'android' ? this.#compileForAndroid(target) : this.#compileForIos(target));
    return target;
  }

  /** @param {string} target */
  async #compileForAndroid(target) {
    const sources = {
      'simulator.target': target,
      'shim.sources': join(this.app.plugin, 'android/src/main/kotlin'),
      'capacitor.sources': join(this.app.folder, 'node_modules/@capacitor/android/capacitor/src/main/java'),
    };
    const options = Object.entries(sources).map(([name, value]) => `-D${name}=${value}`);
    await promisify(execFile)('mvn', ['--batch-mode', '--quiet', '--offline', ...options, 'compile'], {
      cwd: fromRoot('simulator/android'),
    });
  }

  /** @param {string} target */
  async #compileForIos(target) {
    const options = ['--app', this.app.folder, '--into', target, '--library-path', keychainLibraryPath()];
    await promisify(execFile)(fromRoot('simulator/ios/build'), options);
  }

  async leave() {
    await this.#registry.close();
    this.app.remove();
  }

  /** @param {string[]} args */
  #npm(...args) {
    return this.app.npm(this.#registry, ...args);
  }

  /** @returns {Record<string, object>} */
  #locked() {
    const { packages } = this.app.readJson('package-lock.json');
    // The app itself.
    delete packages[''];
    return packages;
  }
}
