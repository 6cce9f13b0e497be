/**
 * The example app as a user operates it.
 */
export class AppScreen {
  #page;

  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.#page = page;
  }

  /**
   * @param {string} key
   * @param {string} value
   */
  async save(key, value) {
    await this.#page.getByLabel('Key', { exact: true }).fill(key);
    await this.#page.getByLabel('Value', { exact: true }).fill(value);
    await this.#page.getByRole('button', { name: 'Save', exact: true }).click();
    await this.#page.getByText('Saved.', { exact: true }).waitFor();
  }

  /** The value that the app shows. @param {string} key */
  async reveal(key) {
    const row = this.#page.getByRole('listitem').filter({ has: this.#page.getByText(key, { exact: true }) });
    await row.getByRole('button', { name: /^Show/ }).click();
    await row.getByRole('button', { name: /^Hide/ }).waitFor();
    return row.locator('output').innerText();
  }

  /** Removes an item, and confirms the question. @param {string} key */
  async remove(key) {
    await this.#page.getByRole('button', { name: `Remove ${key}`, exact: true }).click();
    await this.#page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await this.#page.getByRole('status').getByText('Removed.', { exact: true }).waitFor();
  }

  /** The keys that the app lists. */
  async keys() {
    return this.#page.locator('#secrets .name').allInnerTexts();
  }

  async closeNotice() {
    await this.#page.getByRole('button', { name: 'Close' }).click();
  }

  async refresh() {
    await this.#page.getByRole('button', { name: 'Refresh' }).click();
  }

  /** The code of the error that the app shows. */
  async errorCode() {
    return this.#page.getByRole('alert').locator('code').innerText();
  }

  /** The codes of the events that the app lists, newest first. */
  async eventCodes() {
    return this.#page.getByRole('log').locator('code').allInnerTexts();
  }

  /** A line of the status. @param {string} term */
  async status(term) {
    return this.#page.locator('dt', { hasText: term }).locator('+ dd').innerText();
  }

  /**
   * @param {string} path
   * @param {{ fullPage?: boolean, colorScheme?: 'light' | 'dark' }} [options]
   */
  async screenshot(path, { fullPage = false, colorScheme = 'light' } = {}) {
    await this.#page.emulateMedia({ colorScheme });
    await this.#page.evaluate(() => {
      window.scrollTo(0, 0);
    });
    await this.#page.screenshot({ path, fullPage });
  }
}
