import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { keychainLibraryPath } from './requirements.mjs';
import { Simulator } from './simulator.mjs';

const PAGE = '<!doctype html><title>A page</title>';
const CONFIG = { packageClassList: ['StrongroomPlugin'], loggingBehavior: 'none' };

/**
 * An app on a simulated iPhone without a browser: a test sends the messages of its page.
 */
export class SimulatedApp {
  static ORIGIN = 'capacitor://localhost';
  /** What is in the file `index.html`. */
  static PAGE = PAGE;

  /** @type {Simulator} */
  simulator;
  #folder;
  #target;
  #env;

  /**
   * @param {Simulator} simulator
   * @param {string} folder
   * @param {Options} options
   *
   * @typedef {object} Options
   * @property {string} [target] the folder of the simulator's build, if not its own
   * @property {NodeJS.ProcessEnv} [env] what the process gets beside the environment of this one
   */
  constructor(simulator, folder, { target, env }) {
    this.simulator = simulator;
    this.#folder = folder;
    this.#target = target;
    this.#env = env;
  }

  /** @param {Options} [options] */
  static async start(options = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'strongroom-'));
    const assets = join(folder, 'assets');
    mkdirSync(join(assets, 'public'), { recursive: true });
    writeFileSync(join(assets, 'public/index.html'), PAGE);
    writeFileSync(join(assets, 'capacitor.config.json'), JSON.stringify(CONFIG));
    return new SimulatedApp(await run(folder, options), folder, options);
  }

  /** Kills the process, and starts another one on the same device. */
  async restart() {
    await this.simulator.kill();
    this.simulator = await run(this.#folder, { target: this.#target, env: this.#env });
  }

  async remove() {
    await this.simulator.kill();
    rmSync(this.#folder, { recursive: true });
  }
}

/** @param {string} folder @param {Options} options */
async function run(folder, { target, env }) {
  const [data, assets] = [join(folder, 'data'), join(folder, 'assets')];
  const libraryPath = keychainLibraryPath();
  const simulator = await Simulator.start({ data, assets, libraryPath, target, env, platform: 'ios' });
  await simulator.command('pageStarted', { url: `${SimulatedApp.ORIGIN}/` });
  return simulator;
}
