import { describe, expect, test } from 'vitest';

import { complaints, useExampleApp } from './example-app.mjs';

const app = useExampleApp();

const button = (/** @type {string} */ name) => app.page.getByRole('button', { name, exact: true });

test('saves, lists, shows and removes', async () => {
  const { screen } = app;
  await screen.save('user:🔑', 'the value');
  await screen.save('empty', '');
  expect(await screen.keys()).toEqual(['empty', 'user:🔑']);
  expect(await screen.reveal('user:🔑')).toBe('the value');
  expect(await screen.reveal('empty')).toBe('(empty)');
  await screen.remove('empty');
  expect(await screen.keys()).toEqual(['user:🔑']);
});

test('removes only after a confirmation', async () => {
  const { page, screen } = app;
  await screen.save('one', '1');
  await screen.save('two', '2');
  for (const name of ['Remove one', 'Remove all']) {
    await button(name).click();
    await button('Cancel').click();
    expect(await screen.keys()).toEqual(['one', 'two']);
  }
  await button('Remove all').click();
  await page.getByRole('alertdialog', { name: 'Remove all secrets?' }).getByRole('button', { name: 'Remove' }).click();
  await page.getByText('Nothing is stored yet').waitFor();
  expect(await screen.keys()).toEqual([]);
});

test('removes the item in question, even if the list was refreshed meanwhile', async () => {
  await app.screen.save('one', '1');
  await button('Remove one').click();
  await setHidden(true);
  await setHidden(false);
  await app.page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
  await app.page.getByText('Nothing is stored yet').waitFor();
});

test('shows the beginning of a large value, and no half of an emoji', async () => {
  await app.screen.save('large', `${'x'.repeat(199)}${'🔑'.repeat(100)}`);
  expect(await app.screen.reveal('large')).toBe(`${'x'.repeat(199)}… (399 characters)`);
});

test('lists an item that has expired', async () => {
  const { page, screen } = app;
  await page.getByLabel('Expires').selectOption('In 10 seconds');
  await screen.save('short-lived', 'v');
  await page.clock.fastForward(11_000);
  await screen.refresh();
  await page.getByText('it had expired: short-lived').waitFor();
  expect(await screen.eventCodes()).toEqual(['expired']);
  expect(await screen.keys()).toEqual([]);
});

test('shows an error with its code, and keeps the input', async () => {
  const { page, screen } = app;
  await page.getByLabel('Value', { exact: true }).fill('a value without a key');
  await button('Save').click();
  await page.getByText('INVALID_ARGUMENT').waitFor();
  expect(await screen.errorCode()).toBe('INVALID_ARGUMENT');
  expect(await page.getByLabel('Value', { exact: true }).inputValue()).toBe('a value without a key');
});

test('says that a browser protects nothing', async () => {
  await app.page.getByText('Not protected: for debugging only').waitFor();
  expect(await app.screen.status('Protection')).toBe('None');
  expect(await app.screen.status('Stored in')).toBe('localStorage, unencrypted');
});

test('a violation of its content security policy would be noticed', async () => {
  const { page, log } = app;
  await page.getByText('Not protected').waitFor();
  expect(complaints(log)).toEqual([]);
  const complained = page.waitForEvent('console');
  await page.evaluate(() => {
    document.body.append(Object.assign(document.createElement('script'), { textContent: 'globalThis.ran = true' }));
  });
  await complained;
  expect(complaints(log.splice(0))).toHaveLength(1);
  expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false);
});

test('the page neither runs nor shows anything from a path that fetches for it', async () => {
  const { page, log } = app;
  await page.getByText('Not protected').waitFor();
  // Before 8.5.1, and later if CapacitorHttp is on, Capacitor returns there what any server sent, under the app's origin.
  const asked = /** @type {string[]} */ ([]);
  await page.context().route('**/_capacitor_http_interceptor_*', (route) => {
    asked.push(route.request().url());
    const isScript = route.request().resourceType() === 'script';
    const body = isScript ? 'top.ran = true' : '<script>top.ran = true</script>';
    return route.fulfill({ contentType: isScript ? 'text/javascript' : 'text/html', body });
  });
  for (const kind of ['script', 'iframe', 'inner']) {
    await page.evaluate((kind) => {
      const src = '/_capacitor_http_interceptor_?u=https%3A%2F%2Fexample.com%2F';
      const element = document.createElement(kind === 'script' ? 'script' : 'iframe');
      if (kind === 'inner') /** @type {HTMLIFrameElement} */ (element).srcdoc = `<script src="${src}"></script>`;
      else element.src = src;
      const settled = new Promise((resolve) => {
        element.addEventListener('load', resolve);
        element.addEventListener('error', resolve);
      });
      document.body.append(element);
      return settled;
    }, kind);
  }
  expect(asked).toEqual([]);
  expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false);
  expect(complaints(log.splice(0)).length).toBeGreaterThanOrEqual(2);
});

describe('in the background', () => {
  test('no value stays on the screen', async () => {
    const { page, screen } = app;
    await screen.save('one', 'the first value');
    await screen.save('two', 'the second value');
    await screen.reveal('one');
    await screen.reveal('two');
    await setHidden(true);
    expect(await page.locator('#secrets output').allInnerTexts()).toEqual(['', '']);
    expect(await page.getByRole('button', { name: /^Hide/ }).count()).toBe(0);
    await setHidden(false);
    expect(await screen.reveal('one')).toBe('the first value');
  });

  test('a value that arrives too late is not shown', async () => {
    const { page, screen } = app;
    await screen.save('one', 'the value');
    await page.evaluate(() => {
      document.querySelector('#secrets button')?.dispatchEvent(new MouseEvent('click'));
      Object.defineProperty(document, 'hidden', { configurable: true, value: true });
    });
    await page.evaluate(() => new Promise((resolve) => void setTimeout(resolve, 100)));
    expect(await page.locator('#secrets output').innerText()).toBe('');
  });

  test('changes are visible when the user comes back', async () => {
    const { page, screen } = app;
    await screen.save('kept', 'v');
    await page.getByLabel('Expires').selectOption('In 10 seconds');
    await screen.save('short-lived', 'v');
    await setHidden(true);
    await page.clock.fastForward(11_000);
    await setHidden(false);
    await page.getByText('it had expired: short-lived').waitFor();
    expect(await screen.keys()).toEqual(['kept']);
  });
});

describe('with a keyboard', () => {
  const focused = () =>
    app.page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent);
  const press = async (/** @type {string[]} */ ...keys) => {
    for (const key of keys) await app.page.keyboard.press(key);
  };

  test('Enter saves, and Tab reaches everything in order', async () => {
    const { page, screen } = app;
    await page.getByLabel('Value', { exact: true }).fill('v');
    await page.getByLabel('Key', { exact: true }).fill('one');
    await press('Enter');
    await page.getByText('Saved.').waitFor();
    await screen.closeNotice();
    await page.getByLabel('Key', { exact: true }).focus();
    const order = [];
    for (let step = 0; step < 8; step++) {
      await press('Tab');
      order.push(
        await page.evaluate(() => document.activeElement?.id || document.activeElement?.getAttribute('aria-label')),
      );
    }
    expect(order).toEqual(['value', 'expiry', null, 'Show one', 'Remove one', 'refresh', 'clear', 'rotate']);
  });

  test('Escape answers the question with no, and the focus returns', async () => {
    await app.screen.save('one', '1');
    await app.screen.save('two', '2');
    // The answer does not count for the next question.
    await app.screen.remove('two');
    await button('Remove one').focus();
    await press('Enter');
    await app.page.getByRole('alertdialog').waitFor();
    expect(await focused()).toBe('Cancel');
    await press('Escape');
    expect(await app.screen.keys()).toEqual(['one']);
    expect(await focused()).toBe('Remove one');
  });

  test('after a removal the focus stays in the list, and after the last one it goes to its heading', async () => {
    for (const key of ['one', 'three', 'two']) await app.screen.save(key, 'v');
    const after = [];
    for (const key of ['three', 'two', 'one']) {
      await button(`Remove ${key}`).focus();
      await press('Enter', 'Tab', 'Enter');
      await app.page.getByRole('status').getByText('Removed.').waitFor();
      after.push(await focused());
    }
    expect(after).toEqual(['Show two', 'Show one', 'Secrets']);
  });

  test('after all items are removed, the focus goes to the heading', async () => {
    await app.screen.save('one', 'v');
    await button('Remove all').focus();
    await press('Enter', 'Tab', 'Enter');
    await app.page.getByText('All secrets are removed.').waitFor();
    expect(await focused()).toBe('Secrets');
  });

  test('the focused element is not under a notice', async () => {
    const { page, screen } = app;
    await page.setViewportSize({ width: 740, height: 360 });
    for (const key of ['one', 'two', 'three']) await screen.save(key, 'v');
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await button('Renew the keys').focus();
    const notice = await page.locator('#notice').boundingBox();
    for (let step = 0; step < 12; step++) {
      await press('Shift+Tab');
      const box = await page.locator(':focus').boundingBox();
      expect(box?.y).toBeGreaterThan((notice?.y ?? 0) + (notice?.height ?? 0));
    }
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('key');
  });
});

/** Brings the app to the background, or back. Headless Chromium cannot do that by itself. @param {boolean} hidden */
function setHidden(hidden) {
  return app.page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { configurable: true, value });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}
