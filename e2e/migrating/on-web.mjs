import { newContext } from '../phone/chromium.mjs';

import { callSide, runnable, runProgram, sidesScript } from './plugins.mjs';

/** @typedef {import('./plugins.mjs').PluginName} PluginName */

/**
 * What the test of a row of docs/guide/moving-in.md uses: each plugin in a page of its own, and pages with several plugins.
 *
 * @typedef {object} WebSides
 * @property {WebSide} mk
 * @property {WebSide} ap
 * @property {WebSide} ours
 * @property {(sides: PluginName[], host?: string) => Promise<PageWithPlugins>} open
 * @property {(source: string, alias?: Record<string, string>) => Promise<string[]>} run in a page of its own
 */

/** @type {Map<string, Promise<string>>} */
const scripts = new Map();

/**
 * A page with the code of one or more plugins, and an unused storage.
 */
export class PageWithPlugins {
  /** @type {string[]} */
  log = [];

  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page;
    page.on('console', (message) => this.log.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => this.log.push(`uncaught: ${error.message}`));
  }

  /**
   * @param {import('playwright-core').Browser} browser
   * @param {readonly PluginName[]} sides in the order in which they are imported
   * @param {string} [host]
   */
  static async open(browser, sides, host) {
    const name = sides.join();
    if (!scripts.has(name)) scripts.set(name, sidesScript(sides));
    return PageWithPlugins.withScript(browser, await /** @type {Promise<string>} */ (scripts.get(name)), host);
  }

  /**
   * A page with a script. Nothing leaves the machine: every request is answered here.
   *
   * @param {import('playwright-core').Browser} browser
   * @param {string} [script]
   * @param {string} [host]
   */
  static async withScript(browser, script = '', host = 'localhost') {
    const context = await newContext(browser);
    const source = script.replaceAll('</script', '<\\/script');
    const body = `<!doctype html><meta charset="utf-8"><script>${source}</script>`;
    await context.route('**/*', (route) => route.fulfill({ contentType: 'text/html', body }));
    const opened = new PageWithPlugins(await context.newPage());
    await opened.page.goto(`https://${host}/`);
    return opened;
  }

  /** @param {PluginName} side */
  side(side) {
    return new WebSide(this, side);
  }

  /** Runs a module that exports `run`. @param {string} source @param {Record<string, string>} [alias] */
  async run(source, alias) {
    return runProgram(this.page, await runnable(source, alias));
  }

  /** The content of `localStorage`. @returns {Promise<Record<string, string>>} */
  stored() {
    return this.page.evaluate(() => Object.fromEntries(Object.entries(localStorage)));
  }

  /** @param {string} name @param {string} content */
  store(name, content) {
    return this.page.evaluate(([name = '', content = '']) => localStorage.setItem(name, content), [name, content]);
  }

  /** Resets it to a page that is opened for the first time. */
  async renew() {
    await this.page.evaluate(() => {
      localStorage.clear();
    });
    await this.page.reload();
    this.log.length = 0;
  }

  close() {
    return this.page.context().close();
  }
}

/** One plugin in a page. */
export class WebSide {
  #side;

  /** @param {PageWithPlugins} place @param {PluginName} side */
  constructor(place, side) {
    this.place = place;
    this.#side = side;
  }

  /** @param {string} method @param {...unknown} args */
  call(method, ...args) {
    return callSide(this.place.page, this.#side, method, args);
  }

  /** The result of a call that resolves. @param {string} method @param {...unknown} args @returns {Promise<any>} */
  async resolve(method, ...args) {
    const outcome = await this.call(method, ...args);
    if ('rejected' in outcome) throw new Error(`${method} rejected: ${JSON.stringify(outcome.rejected)}`);
    return outcome.resolved;
  }
}
