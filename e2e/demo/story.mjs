import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';

import { fromRoot } from '../../scripts/paths.mjs';
import { AppScreen } from '../phone/app-screen.mjs';
import { callInParallel } from '../scenarios/parallel-calls.mjs';
import { readBack, renewed, replaceAndKill, saveThroughForm, tenSecrets } from '../scenarios/ten-secrets.mjs';
import { refuseRawCalls } from '../scenarios/wrong-arguments.mjs';

/**
 * What the demo prints and photographs, and the scenes that are the same on both platforms.
 */
export class Story {
  #phone;
  /** The folder of the pictures, in the repository. */
  #pictures;

  /** @param {import('../phone/phone.mjs').Phone} phone */
  constructor(phone) {
    this.#phone = phone;
    this.#pictures = `build/demo/${phone.platform}`;
    rmSync(fromRoot(this.#pictures), { recursive: true, force: true });
    mkdirSync(fromRoot(this.#pictures), { recursive: true });
  }

  /** @param {string} text */
  step(text) {
    console.log(`\n${text}`);
  }

  /** @param {string} text */
  note(text) {
    console.log(`  ${text}`);
  }

  /** Fails if a secret is where it must not be. */
  noLeaks() {
    const { files, hits } = this.#phone.findLeaks();
    assert.deepEqual(hits, [], 'a secret or a key was found where it must not be');
    this.note(`0 secrets and 0 keys found in ${files} files of the data directory and in everything that was printed`);
  }

  /**
   * @param {string} name
   * @param {Parameters<AppScreen['screenshot']>[1]} [options]
   */
  async picture(name, options) {
    const path = `${this.#pictures}/${name}.png`;
    await new AppScreen(this.#phone.app.page).screenshot(fromRoot(path), options);
    this.note(`picture: ${path}`);
  }

  /**
   * Ten secrets are stored, replaced, and survive a kill.
   *
   * @param {() => Promise<void>} show prints the status of the store
   * @param {(since: string) => Promise<void>} count prints the operations of the keys, or of the Keychain
   * @returns {Promise<{ secrets: [string, string][], fresh: [string, string][] }>} what was stored first, and last
   */
  async keepTenSecrets(show, count) {
    await show();
    await this.picture('1-fresh');
    const secrets = await this.#saveTenSecrets();
    await count('so far');
    await show();
    this.noLeaks();
    await this.picture('2-ten-secrets', { fullPage: true });
    await this.picture('2-ten-secrets-dark', { fullPage: true, colorScheme: 'dark' });

    const fresh = await this.#surviveKill(secrets);
    await count('since the start of the process');
    this.noLeaks();
    await new AppScreen(this.#phone.app.page).reveal(fresh[7]?.[0] ?? '');
    await this.picture('3-after-the-kill-dark', { colorScheme: 'dark', fullPage: true });
    return { secrets, fresh };
  }

  /** @returns {Promise<[string, string][]>} the secrets */
  async #saveTenSecrets() {
    this.step('Ten secrets are saved through the form of the page');
    const secrets = tenSecrets(this.#phone);
    await saveThroughForm(this.#phone, secrets, (text) => this.note(text));
    return secrets;
  }

  /** Kills the app while the page hears that all secrets are replaced, and reads them back. @param {[string, string][]} secrets */
  async #surviveKill(secrets) {
    this.step(
      'All ten are replaced at once, and the process is killed with SIGKILL as soon as the last promise resolves',
    );
    const fresh = renewed(this.#phone, secrets);
    await replaceAndKill(this.#phone, fresh);
    this.note('the process is gone');
    this.noLeaks();

    this.step('The process is started again, and all ten are read back');
    await this.#phone.start();
    await readBack(this.#phone, fresh);
    this.note('all ten are the values that were stored last, byte for byte');
    return fresh;
  }

  async callInParallel() {
    this.step('500 calls at once');
    await callInParallel(this.#phone, 500);
    this.note('each was answered once and correctly');
    this.noLeaks();
  }

  async refuseWrongCalls() {
    this.step('Wrong calls, without the TypeScript API');
    const refused = await refuseRawCalls(this.#phone);
    this.note(`${refused} wrong calls and broken messages were refused and changed nothing`);
    this.noLeaks();
  }
}
