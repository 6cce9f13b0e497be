import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';

import { fromRoot } from '../../scripts/paths.mjs';

/** @typedef {(text: string) => void} Receive */

/**
 * A running simulator: the process, its output, and the connection to it.
 *
 * See `simulator/android/README.md` and `simulator/ios/README.md` for the protocol.
 */
export class Simulator {
  /** The standard output and error of the process. */
  output = '';
  /** Called with each answer of the bridge, a text for the page's `androidBridge.onmessage`. @type {Receive | undefined} */
  onReply;
  /** Called with each script that the bridge runs in the page. @type {Receive | undefined} */
  onScript;
  /** Called when the process has ended or closed the connection. @type {(() => void) | undefined} */
  onGone;
  /** Resolves when the process has ended. @type {Promise<void>} */
  ended;

  /** Whether the connection is closed, with whatever was under way. */
  hasEnded = false;

  #process;
  /** @type {import('node:net').Socket | undefined} */
  #socket;
  #lastId = 0;
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  #commands = new Map();

  /**
   * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} process
   * @param {import('./web-views.mjs').Platform} platform
   */
  constructor(process, platform) {
    this.#process = process;
    this.platform = platform;
    this.ended = once(process, 'exit').then(() => undefined);
    for (const stream of [process.stdout, process.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (this.output += text));
    }
  }

  /**
   * Starts a process on a data directory, which remains after it ends, and connects.
   *
   * @param {object} options
   * @param {string} options.data
   * @param {string} options.assets
   * @param {string} options.libraryPath
   * @param {string} [options.target] the folder of the simulator's build, if not its own folder
   * @param {string} [options.classPath] the classes of other plugins
   * @param {import('./web-views.mjs').Platform} [options.platform]
   * @param {NodeJS.ProcessEnv} [options.env] what the process gets beside the environment of this one
   */
  static async start({ data, assets, libraryPath, target, classPath, env, platform = 'android' }) {
    const options = ['--data', data, '--assets', assets, '--library-path', libraryPath, '--port', '0'];
    if (target) options.push('--target', target);
    if (classPath) options.push('--class-path', classPath);
    const child = spawn(fromRoot(`simulator/${platform}/run`), options, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const simulator = new Simulator(child, platform);
    await simulator.#connect(await simulator.#port());
    return simulator;
  }

  /**
   * A message of the page to the bridge: a text on Android, any value on iOS.
   *
   * @param {unknown} data
   * @param {{ origin: string, mainFrame: boolean }} sender
   */
  message(data, { origin, mainFrame }) {
    this.#send({ type: 'message', data, origin, mainFrame });
  }

  /**
   * A command to the simulator itself.
   *
   * @param {string} name
   * @param {Record<string, unknown>} [args]
   * @returns {Promise<any>}
   */
  command(name, args = {}) {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#commands.set(id, { resolve, reject });
      this.#send({ type: 'command', id, name, args });
    });
  }

  get pid() {
    return this.#process.pid ?? 0;
  }

  /** Hides all keys of the Keystore. @returns {Promise<string[]>} their aliases, to restore them */
  async hideKeys() {
    const aliases = await this.command('keystore.aliases');
    for (const alias of aliases) await this.command('keystore.hideAlias', { alias });
    return aliases;
  }

  /** Ends the process as the system ends an app: at once, without clean-up. */
  async kill() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
    this.#socket?.destroy();
  }

  /** The port that the process prints when it is ready. @returns {Promise<number>} */
  #port() {
    return new Promise((resolve, reject) => {
      this.#process.stdout.on('data', () => {
        const line = /^\{"port":(\d+)\}$/m.exec(this.output);
        if (line) resolve(Number(line[1]));
      });
      this.#process.once('error', reject);
      this.#process.once('exit', () => {
        reject(new Error(`The simulator did not start:\n${this.output}`));
      });
    });
  }

  /** @param {number} port */
  async #connect(port) {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.setNoDelay(true);
    this.#socket = socket;
    let rest = '';
    socket.setEncoding('utf8').on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#receive(JSON.parse(line));
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.hasEnded = true;
      for (const { reject } of this.#commands.values()) reject(new Error('The simulator has ended'));
      this.#commands.clear();
      this.onGone?.();
    });
  }

  /** @param {any} message */
  #receive(message) {
    if (message.type === 'reply') this.onReply?.(message.data);
    else if (message.type === 'eval') this.onScript?.(message.script);
    else {
      const command = this.#commands.get(message.id);
      this.#commands.delete(message.id);
      if (message.ok) command?.resolve(message.value);
      else command?.reject(new Error(message.error));
    }
  }

  /** @param {unknown} message */
  #send(message) {
    if (!this.#socket || this.#socket.destroyed) throw new Error('The simulator has ended');
    this.#socket.write(`${JSON.stringify(message)}\n`);
  }
}
