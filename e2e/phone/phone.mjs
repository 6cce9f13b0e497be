import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Scanner } from '../scan/scanner.mjs';

import { call, callAll } from './api.mjs';
import { AppPage } from './app-page.mjs';
import { writeAssets, writeAssetsOf } from './assets.mjs';
import { keychainLibraryPath, libraryPath } from './requirements.mjs';
import { Simulator } from './simulator.mjs';

/** @typedef {import('./assets.mjs').Config} Config */

/**
 * @typedef {object} Build
 * @property {import('./web-views.mjs').Platform} [platform]
 * @property {string} [target] the folder of the simulator's build, if not its own folder
 * @property {string} [classPath] the classes of other plugins
 */

/**
 * The app on a simulated phone: a data directory that lasts, and a process and a page that end and restart.
 */
export class Phone {
  /** @type {Simulator | undefined} */
  #simulator;
  /** @type {AppPage | undefined} */
  #app;

  #browser;
  /** @type {Build} */
  #build;
  /** Whether the tests call the API themselves, beside the app. */
  #withApi = true;
  #folder = mkdtempSync(join(tmpdir(), 'strongroom-'));
  #scanner = new Scanner();
  /** The output of processes and pages that have ended. */
  #written = '';
  /** Errors and warnings of pages that have closed. @type {string[]} */
  #complaints = [];

  /** @param {import('playwright-core').Browser} browser @param {Build} build */
  constructor(browser, { platform = 'android', ...build }) {
    this.#browser = browser;
    this.#build = build;
    this.platform = platform;
    this.data = join(this.#folder, 'data');
    mkdirSync(this.data);
  }

  /**
   * A phone with the app installed and running.
   *
   * @param {import('playwright-core').Browser} browser
   * @param {Build & import('./assets.mjs').Contents} [options]
   */
  static async create(browser, { config, web, plugins, ...build } = {}) {
    const phone = new Phone(browser, build);
    await writeAssets(phone.#assets, phone.platform, { config, web, plugins });
    await phone.start();
    return phone;
  }

  /**
   * A phone with another app than the example app, installed and running.
   *
   * @param {import('playwright-core').Browser} browser
   * @param {Build & { app: string }} what `app` is the app's folder; the simulator was built with the app's plugins
   */
  static async withApp(browser, { app, ...build }) {
    const phone = new Phone(browser, build);
    phone.#withApi = false;
    writeAssetsOf(phone.#assets, phone.platform, app);
    await phone.start();
    return phone;
  }

  /** The app's process. */
  get simulator() {
    if (!this.#simulator) throw new Error('The app is not running');
    return this.#simulator;
  }

  /** The app's page. */
  get app() {
    if (!this.#app) throw new Error('The app is not running');
    return this.#app;
  }

  /**
   * Starts the app.
   *
   * @param {{ before?: (simulator: Simulator) => Promise<void> }} [options] `before` runs after the start of the process and
   *   before that of the page
   */
  async start({ before } = {}) {
    this.#simulator = await Simulator.start({
      data: this.data,
      assets: this.#assets,
      libraryPath: this.platform === 'android' ? libraryPath() : keychainLibraryPath(),
      platform: this.platform,
      ...this.#build,
    });
    await before?.(this.#simulator);
    this.#app = await AppPage.open(this.#browser, this.#simulator);
    if (this.#withApi) await this.#app.loadApi();
  }

  /** Kills the app's process, as the system does, and closes the page. */
  async kill() {
    await this.#simulator?.kill();
    await this.#app?.close();
    this.#complaints.push(...(this.#app?.takeComplaints() ?? []));
    this.#written += `${this.#simulator?.output ?? ''}\n${this.#app?.log.join('\n') ?? ''}\n`;
    this.#simulator = undefined;
    this.#app = undefined;
  }

  /** Kills the app and starts it again. @param {Parameters<Phone['start']>[0]} [options] */
  async restart(options) {
    await this.kill();
    await this.start(options);
  }

  /** Switches the phone off for good. */
  async dispose() {
    await this.kill();
    rmSync(this.#folder, { recursive: true });
  }

  /**
   * @param {string} method
   * @param {unknown} [options]
   */
  call(method, options) {
    return call(this.app.page, method, options);
  }

  /** @param {[method: string, options?: unknown][]} calls */
  callAll(calls) {
    return callAll(this.app.page, calls);
  }

  /**
   * A text that occurs nowhere else, which {@link findLeaks} looks for from now on.
   *
   * @param {string} label what a leak is reported as
   * @param {string} [prefix]
   */
  secret(label, prefix = '') {
    const unique = randomBytes(6).toString('base64url');
    this.#scanner.add(label, unique);
    return prefix + unique;
  }

  /**
   * A value of exactly this many bytes. {@link findLeaks} looks for its beginning, middle and end.
   *
   * @param {string} label
   * @param {number} length
   */
  longSecret(label, length) {
    const value = randomBytes(length).toString('base64url').slice(0, length);
    for (const start of [0, Math.floor(length / 2), length - 48])
      this.#scanner.add(label, value.slice(start, start + 48));
    return value;
  }

  /** What the app's processes have printed so far: on Android into the system's log, on iOS into their console. */
  get console() {
    return join(this.data, this.platform === 'android' ? 'logcat.txt' : 'console.txt');
  }

  /** Errors and warnings on the consoles of all pages, earlier ones included, since the last call of this method. */
  takeComplaints() {
    return [...this.#complaints.splice(0), ...(this.#app?.takeComplaints() ?? [])];
  }

  /** Looks for the secrets in the whole data directory and in everything that was printed, also by processes that have ended. */
  findLeaks() {
    const { files, hits } = this.#scanner.scanFolder(this.data);
    const texts = Object.entries({
      output: this.#simulator?.output ?? '',
      console: this.#app?.log.join('\n') ?? '',
      'output of earlier processes': this.#written,
    });
    return { files, hits: [...hits, ...texts.flatMap(([place, text]) => this.#scanner.scan(place, text))] };
  }

  get #assets() {
    return join(this.#folder, 'assets.zip');
  }
}
