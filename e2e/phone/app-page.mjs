import { newContext } from './chromium.mjs';
import { pluginScripts } from './plugin-build.mjs';
import { PAGE_ORIGIN, webViews } from './web-views.mjs';

const PHONE = { width: 390, height: 844 };

/**
 * The app's page in Chromium. The simulator replaces the other end of the WebView.
 *
 * Capacitor's script, its answers and the app's files come from the simulator. Only the message channel is made here.
 */
export class AppPage {
  /** The lines of the page's console, and its uncaught errors. @type {string[]} */
  log = [];

  /** The errors and warnings among them. @type {string[]} */
  #complaints = [];

  #simulator;
  #delivered = Promise.resolve();

  /**
   * @param {import('./simulator.mjs').Simulator} simulator
   * @param {import('playwright-core').BrowserContext} context
   * @param {import('playwright-core').Page} page
   */
  constructor(simulator, context, page) {
    this.#simulator = simulator;
    this.context = context;
    this.page = page;
  }

  /**
   * @param {import('playwright-core').Browser} browser
   * @param {import('./simulator.mjs').Simulator} simulator
   * @param {{ colorScheme?: 'light' | 'dark' }} [options]
   */
  static async open(browser, simulator, { colorScheme = 'light' } = {}) {
    const context = await newContext(browser, { viewport: PHONE, deviceScaleFactor: 2, colorScheme });
    const app = new AppPage(simulator, context, await context.newPage());
    await app.#connect();
    await app.page.goto(`${PAGE_ORIGIN}/`);
    return app;
  }

  /** Loads the API beside the app, as `capacitorStrongroom`, for tests that need more than the app's buttons. */
  async loadApi() {
    for (const script of pluginScripts()) await this.page.evaluate(script);
  }

  /** Loads the page again, as after a reload of the WebView. */
  async reload() {
    await this.page.reload();
  }

  /** Errors and warnings since the last call of this method. */
  takeComplaints() {
    return this.#complaints.splice(0);
  }

  async close() {
    this.#simulator.onReply = undefined;
    this.#simulator.onScript = undefined;
    await this.context.close();
  }

  async #connect() {
    const { page } = this;
    page.on('console', (message) => void this.#record(message));
    page.on('pageerror', (error) => this.#complain(`uncaught: ${error.message}`));
    await this.context.route('**/*', (route) => this.#serve(route).catch((error) => this.#lost(error)));
    await page.exposeBinding('simulatorPost', ({ frame }, data) => {
      const { origin } = new URL(this.#address(frame.url()));
      this.#simulator.message(this.#webView.message(data), { origin, mainFrame: frame === page.mainFrame() });
    });
    page.on('dialog', (dialog) => void this.#ask(dialog).catch((error) => this.#lost(error)));
    // One script, because the order of several is not defined, and Capacitor's script looks for the channel when it starts.
    await page.addInitScript(`${this.#webView.channel}\n${await this.#simulator.command('documentStartScript')}`);
    this.#simulator.onReply = (data) => this.#deliver(() => this.page.evaluate(REPLY, data));
    const devtools = await this.context.newCDPSession(page);
    this.#simulator.onScript = (expression) => this.#deliver(() => evaluate(devtools, expression));
  }

  /** The text of a message abbreviates objects, so their content is added. @param {import('playwright-core').ConsoleMessage} message */
  async #record(message) {
    const line = `${message.type()}: ${message.text()}`;
    if (['error', 'warning'].includes(message.type())) this.#complain(line);
    else this.log.push(line);
    try {
      const parts = await Promise.all(message.args().map((part) => part.jsonValue()));
      this.log.push(JSON.stringify(parts));
    } catch {
      // The page closed first.
    }
  }

  /** @param {import('playwright-core').Route} route */
  async #serve(route) {
    const request = route.request();
    const url = request.url();
    if (new URL(url).origin !== PAGE_ORIGIN) return route.abort();
    if (request.isNavigationRequest()) {
      // From now on, messages of the bridge are for the new document.
      const committed = this.page.waitForEvent('framenavigated');
      this.#deliver(() => committed);
      await this.#simulator.command('pageStarted', { url: this.#address(url) });
    }
    const answer = await this.#simulator.command('asset', { url: this.#address(url) });
    const { status, mimeType, headers, base64 } = answer;
    // iOS answers with an error of the network.
    if (status === 0) return route.abort('failed');
    return route.fulfill({ status, headers, contentType: mimeType, body: Buffer.from(base64, 'base64') });
  }

  /** On iOS, Capacitor's script asks the app by `prompt()`, which waits for the answer. @param {import('playwright-core').Dialog} dialog */
  async #ask(dialog) {
    if (dialog.type() !== 'prompt' || this.#simulator.platform !== 'ios') return dialog.dismiss();
    const answer = await this.#simulator.command('prompt', { text: dialog.message() });
    return answer === null ? dialog.dismiss() : dialog.accept(answer);
  }

  /** What the app calls an address of the page. @param {string} url */
  #address(url) {
    return url.startsWith(`${PAGE_ORIGIN}/`) ? this.#webView.origin + url.slice(PAGE_ORIGIN.length) : url;
  }

  get #webView() {
    return webViews[this.#simulator.platform];
  }

  /** Passes something to the page, after everything before it. @param {() => Promise<unknown>} hand */
  #deliver(hand) {
    this.#delivered = this.#delivered.then(async () => void (await hand())).catch((error) => this.#lost(error));
  }

  /** What is for a page that has closed, or from an app that has ended, is lost, as on a phone. @param {Error} error */
  #lost(error) {
    if (!this.page.isClosed() && !this.#simulator.hasEnded) this.#complain(`undelivered: ${error.message}`);
  }

  /** @param {string} line */
  #complain(line) {
    this.log.push(line);
    this.#complaints.push(line);
  }
}

const REPLY = (/** @type {string} */ data) => /** @type {any} */ (globalThis).androidBridge.onmessage({ data });

/**
 * Runs a script as the WebView does: in any form, and regardless of the page's content security policy.
 *
 * @param {import('playwright-core').CDPSession} devtools
 * @param {string} expression
 */
async function evaluate(devtools, expression) {
  const { exceptionDetails } = await devtools.send('Runtime.evaluate', { expression });
  if (exceptionDetails) throw new Error(exceptionDetails.text);
}
