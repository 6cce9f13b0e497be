import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { STRONGROOM } from '../phone/assets.mjs';
import { Phone } from '../phone/phone.mjs';

import { ANDROID_PLUGINS, compileForAndroid, renameAparajita } from './android-plugins.mjs';
import { callSide, PACKAGES, pluginFolder, runnable, runProgram, sidesScript } from './plugins.mjs';

/** @typedef {import('./plugins.mjs').PluginName} PluginName */

/** What the test of a row of docs/guide/moving-in.md uses. @typedef {{ phone: PhoneWithPlugins, mk: PhoneSide, ap: PhoneSide, ours: PhoneSide }} PhoneSides */

/** The plugins compiled for the simulator, one of them both with and without the changed id. */
export class CompiledPlugins {
  #folder = mkdtempSync(join(tmpdir(), 'strongroom-plugins-'));

  constructor() {
    this.renamed = renameAparajita(this.#subfolder('renamed'));
    this.mk = compileForAndroid(pluginFolder('mk'), this.#subfolder('mk'));
    this.ap = compileForAndroid(pluginFolder('ap'), this.#subfolder('ap'));
    this.apRenamed = compileForAndroid(this.renamed, this.#subfolder('ap-renamed'));
  }

  /** @param {string} name */
  #subfolder(name) {
    const folder = join(this.#folder, name);
    mkdirSync(folder);
    return folder;
  }

  remove() {
    rmSync(this.#folder, { recursive: true });
  }
}

/** An app with several plugins on a simulated phone. */
export class PhoneWithPlugins {
  #phone;
  #script;

  /** @param {Phone} phone @param {string} script */
  constructor(phone, script) {
    this.#phone = phone;
    this.#script = script;
  }

  /**
   * With all three plugins, as docs/guide/moving-in.md describes.
   *
   * @param {import('playwright-core').Browser} browser
   * @param {CompiledPlugins} build
   * @param {import('../phone/phone.mjs').Config} [config]
   */
  static async create(browser, build, config) {
    const plugins = [ANDROID_PLUGINS.mk, ANDROID_PLUGINS.ap, STRONGROOM];
    const script = await sidesScript(['mk', 'ap', 'ours'], { [PACKAGES.ap]: join(build.renamed, 'dist/esm/index.js') });
    return PhoneWithPlugins.#start(browser, { plugins, classPath: `${build.mk}:${build.apRenamed}` }, script, config);
  }

  /**
   * With the two plugins that have the same id.
   *
   * @param {import('playwright-core').Browser} browser
   * @param {CompiledPlugins} build
   * @param {{ native: ('ap' | 'ours')[], imports: PluginName[] }} order
   */
  static async withClash(browser, build, { native, imports }) {
    const plugins = native.map((side) => (side === 'ap' ? ANDROID_PLUGINS.ap : STRONGROOM));
    return PhoneWithPlugins.#start(browser, { plugins, classPath: build.ap }, await sidesScript(imports));
  }

  /**
   * @param {import('playwright-core').Browser} browser
   * @param {import('../phone/phone.mjs').Build & import('../phone/assets.mjs').Contents} plugins
   * @param {string} script
   * @param {import('../phone/phone.mjs').Config} [config]
   */
  static async #start(browser, plugins, script, config) {
    const phone = new PhoneWithPlugins(await Phone.create(browser, { config, ...plugins }), script);
    await phone.load();
    return phone;
  }

  /** Loads the plugins into the page. @param {string} [script] */
  async load(script = this.#script) {
    await this.#phone.app.page.evaluate(script);
  }

  /** @param {() => void} [meanwhile] runs while the app is stopped @param {Parameters<Phone['start']>[0]} [options] */
  async restart(meanwhile, options) {
    await this.#phone.kill();
    meanwhile?.();
    await this.#phone.start(options);
    await this.load();
  }

  /** Runs a module that exports `run`. @param {string} source @param {Record<string, string>} [alias] */
  async run(source, alias) {
    return runProgram(this.page, await runnable(source, alias));
  }

  get page() {
    return this.#phone.app.page;
  }

  get log() {
    return this.#phone.app.log;
  }

  /** A file of the app. @param {string} path */
  file(path) {
    return join(this.#phone.data, 'app', path);
  }

  get keystoreFolder() {
    return join(this.#phone.data, 'keystore');
  }

  /** @param {string} name @param {Record<string, unknown>} [args] */
  keystore(name, args) {
    return this.#phone.simulator.command(`keystore.${name}`, args);
  }

  /** @param {PluginName} side */
  side(side) {
    return new PhoneSide(this, side);
  }

  dispose() {
    return this.#phone.dispose();
  }
}

/** One plugin of the app. */
export class PhoneSide {
  #phone;
  #side;

  /** @param {PhoneWithPlugins} phone @param {PluginName} side */
  constructor(phone, side) {
    this.#phone = phone;
    this.#side = side;
  }

  /** @param {string} method @param {...unknown} args */
  call(method, ...args) {
    return callSide(this.#phone.page, this.#side, method, args);
  }

  /** The result of a call that resolves. @param {string} method @param {...unknown} args @returns {Promise<any>} */
  async resolve(method, ...args) {
    const outcome = await this.call(method, ...args);
    if ('rejected' in outcome) throw new Error(`${method} rejected: ${JSON.stringify(outcome.rejected)}`);
    return outcome.resolved;
  }
}
