import { createContext, runInContext } from 'node:vm';

const PATIENCE = 300_000;

/**
 * A page of an iPhone that only sends messages and runs what the bridge evaluates in it.
 */
export class MessagePage {
  #simulator;
  #lastId = 0;
  /** @type {Map<string, (answer: any) => void>} */
  #waiting = new Map();
  /** @type {Map<string, (event: any) => void>} */
  #listeners = new Map();
  /** The events that Capacitor gave to the document, such as `pause`. @type {string[]} */
  events = [];

  /** @param {import('./simulator.mjs').Simulator} simulator */
  constructor(simulator) {
    this.#simulator = simulator;
    const fromNative = (/** @type {any} */ answer) => void this.#receive(answer);
    const triggerEvent = (/** @type {string} */ name) => void this.events.push(name);
    const context = createContext({ window: { Capacitor: { fromNative, triggerEvent } } });
    simulator.onScript = (script) => void runInContext(script, context);
  }

  /**
   * @param {string} method
   * @param {unknown} [options]
   * @returns {Promise<any>} the result, or `{ code, retryable, message }` of the error
   */
  call(method, options = {}) {
    const id = this.send(method, options);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${method} got no answer`)), PATIENCE);
      this.#waiting.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
    });
  }

  /** @param {string} event @param {(event: any) => void} listener @returns {string} the id of the call */
  listen(event, listener) {
    const id = this.send('addListener', { eventName: event });
    this.#listeners.set(id, listener);
    return id;
  }

  /** Makes a call without waiting for its answer. @param {string} methodName @param {unknown} [options] @returns {string} its id */
  send(methodName, options = {}) {
    const callbackId = String(++this.#lastId);
    const message = { type: 'message', pluginId: 'SecureStorage', methodName, callbackId, options };
    this.#simulator.message(message, { origin: 'capacitor://localhost', mainFrame: true });
    return callbackId;
  }

  /** The answer is of another context, whose objects have other prototypes. @param {any} answer */
  #receive(answer) {
    const { callbackId, success, data, error } = structuredClone(answer);
    const waiting = this.#waiting.get(callbackId);
    this.#waiting.delete(callbackId);
    if (waiting) waiting(success ? data : { code: error.code, message: error.message, ...error.data });
    else if (success) this.#listeners.get(callbackId)?.(data);
  }
}
