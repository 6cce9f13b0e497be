import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { fromRoot } from '../../scripts/paths.mjs';

/** See `e2e/shrink/Shrinker.java`. */
const SOURCE = fromRoot('e2e/shrink/Shrinker.java');
const JVM = ['-Xmx2g', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** A run takes ten seconds on a machine that does nothing else. */
const PATIENCE = 600_000;

/** R8 in a JVM of its own, for one run after the other. */
export class R8 {
  #process;
  #lines;
  #folder;
  #runs = 0;
  /** The run before. @type {Promise<unknown>} */
  #before = Promise.resolve();

  /** @param {string} jar @param {string} folder for the options of the runs */
  constructor(jar, folder) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    // It ends with its input, also when this process is killed.
    this.#process = spawn('java', [...JVM, '-cp', jar, SOURCE], { stdio: ['pipe', 'pipe', 'inherit'] });
    // The next answer is missing then, which `run` reports.
    for (const part of [this.#process, this.#process.stdin]) part.on('error', () => undefined);
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** @param {string[]} options @returns {Promise<void>} rejects with what R8 reports */
  run(options) {
    const run = this.#before.then(() => this.#run(options));
    this.#before = run.catch(() => undefined);
    return run;
  }

  end() {
    this.#process.stdin.end();
  }

  /** @param {string[]} options */
  async #run(options) {
    const file = join(this.#folder, `${this.#runs++}.txt`);
    writeFileSync(file, options.join('\n'));
    this.#process.stdin.write(`${file}\n`);
    const limit = setTimeout(() => this.#process.kill('SIGKILL'), PATIENCE);
    try {
      await this.#answer();
    } finally {
      clearTimeout(limit);
    }
  }

  async #answer() {
    const reports = [];
    for (;;) {
      const { value: line, done } = await this.#lines.next();
      if (done) throw new Error(`R8 has ended with ${this.#process.exitCode}:\n${reports.join('\n')}`);
      if (line === 'ok') return;
      if (line === 'failed') throw new Error(`R8 failed:\n${reports.join('\n')}`);
      reports.push(line);
    }
  }
}
