const ORIGIN = 'https://localhost';
const PATIENCE = 120_000;

/** @typedef {{ resolve: (answer: any) => void, reject: (error: Error) => void }} Waiting */

/**
 * Calls plugins without a page, with the messages that a page would send.
 */
export class BridgeCaller {
  #simulator;
  #lastId = 0;
  /** @type {Map<string, Waiting>} */
  #waiting = new Map();
  /** @type {Map<string, (event: any) => void>} */
  #listeners = new Map();

  /** @param {import('./simulator.mjs').Simulator} simulator */
  constructor(simulator) {
    this.#simulator = simulator;
    simulator.onReply = (data) => this.#receive(JSON.parse(data));
    // Capacitor answers in this way if it was called before the page had its channel.
    simulator.onScript = (script) => {
      const answer = /fromNative\((\{.*\})\)/.exec(script)?.[1];
      if (answer) this.#receive(JSON.parse(answer));
    };
    simulator.onGone = () => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`The app has ended:\n${simulator.output}`));
    };
  }

  /** @param {import('./simulator.mjs').Simulator} simulator */
  static async open(simulator) {
    const caller = new BridgeCaller(simulator);
    await simulator.command('pageStarted', { url: `${ORIGIN}/` });
    return caller;
  }

  /**
   * @param {string} plugin
   * @param {string} method
   * @param {Record<string, unknown>} [options]
   * @returns {Promise<any>} the result, or `{ code, retryable, message }` of the error
   */
  call(plugin, method, options = {}) {
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const answered = new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`${plugin}.${method} got no answer`)), PATIENCE);
      this.#waiting.set(this.#send(plugin, method, options), { resolve, reject });
    });
    return answered.finally(() => clearTimeout(timer));
  }

  /** @param {string} plugin @param {string} event @param {(event: any) => void} listener */
  listen(plugin, event, listener) {
    this.#listeners.set(this.#send(plugin, 'addListener', { eventName: event }), listener);
  }

  /** @param {string} pluginId @param {string} methodName @param {Record<string, unknown>} options */
  #send(pluginId, methodName, options) {
    const callbackId = String(++this.#lastId);
    const message = { type: 'message', callbackId, pluginId, methodName, options };
    this.#simulator.message(JSON.stringify(message), { origin: ORIGIN, mainFrame: true });
    return callbackId;
  }

  /** @param {any} answer */
  #receive({ callbackId, success, data, error }) {
    const waiting = this.#waiting.get(callbackId);
    this.#waiting.delete(callbackId);
    if (waiting) waiting.resolve(success ? data : { code: error.code, message: error.message, ...error.data });
    else if (success) this.#listeners.get(callbackId)?.(data);
  }
}
