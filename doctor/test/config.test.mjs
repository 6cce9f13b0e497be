// The checks of the Capacitor configuration and of the installed packages, on both platforms.

import { readFileSync } from 'node:fs';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { Project } from './project.mjs';

/** @type {Project} */
let project;

beforeEach(() => {
  project = new Project();
});

afterEach(() => {
  project.remove();
});

describe.each(['android', 'ios'])('on %s', (platform) => {
  const other = platform === 'ios' ? 'android' : 'ios';

  test('an app as the CLI makes it needs no advice', () => {
    expect(project.sync(platform)).toEqual([]);
  });

  describe('logging', () => {
    test.each([
      ['everywhere', { loggingBehavior: 'production' }, 'loggingBehavior is'],
      ['whatever its case', { loggingBehavior: 'Production' }, 'loggingBehavior is'],
      [
        'here',
        { loggingBehavior: 'none', [platform]: { loggingBehavior: 'production' } },
        `${platform}.loggingBehavior is`,
      ],
      [
        'everywhere, and nothing is said here',
        { loggingBehavior: 'production', [platform]: { loggingBehavior: 1 } },
        'loggingBehavior is',
      ],
    ])('causes a warning if it is on in release builds %s', (_, config, text) => {
      project.config = config;
      expect(project.sync(platform)).toEqual([
        expect.stringContaining(`Strongroom (${platform}): ${text} 'production'`),
      ]);
    });

    test.each([
      ['none', { loggingBehavior: 'none' }],
      ['debug', { loggingBehavior: 'debug' }],
      ['a value that is none', { loggingBehavior: 'productions' }],
      ['one of another type', { loggingBehavior: ['production'] }],
      ['none here, production elsewhere', { loggingBehavior: 'production', [platform]: { loggingBehavior: 'none' } }],
      ['production on the other platform', { [other]: { loggingBehavior: 'production' } }],
      ['hideLogs beside it', { loggingBehavior: 'debug', hideLogs: true }],
      ['hideLogs that hides nothing', { hideLogs: false }],
    ])('causes no warning with %s', (_, config) => {
      project.config = config;
      expect(project.sync(platform)).toEqual([]);
    });

    test.each([{ hideLogs: true }, { [platform]: { hideLogs: true } }])('is not off with %j', (config) => {
      project.config = config;
      expect(project.sync(platform)).toEqual([expect.stringContaining('hideLogs has no effect')]);
    });
  });

  describe('a server on the internet', () => {
    test.each([
      'http://example.com',
      'HTTP://8.8.8.8:8100/app',
      'http://[2001:db8::1]',
      'http://10.example.com',
      'http://172.32.0.1',
    ])('causes a warning if the page comes unencrypted: %s', (url) => {
      project.config = { server: { url } };
      expect(project.sync(platform)).toEqual([expect.stringContaining('server.url')]);
    });

    test.each([
      'https://example.com',
      'http://localhost:5173',
      'http://app.localhost',
      'http://127.0.0.1',
      'http://10.0.2.2:8100',
      'http://192.168.178.20:8100',
      'http://172.16.0.1',
      'http://100.101.102.103',
      'http://[::1]:3000',
      'http://[fe80::1]',
      'http://macbook:8100',
      'http://macbook.local:8100',
      'not a url',
      '',
      8100,
      undefined,
    ])('causes no warning: %s', (url) => {
      project.config = { server: { url, cleartext: true } };
      expect(project.sync(platform)).toEqual([]);
    });

    test('is not printed, because its address may contain a password', () => {
      project.config = { server: { url: 'http://user:hunter2@example.com/?token=hunter2' } };
      const printed = project.sync(platform).join();
      expect(printed).not.toBe('');
      expect(printed).not.toMatch(/hunter2|example/);
    });
  });

  describe('a plugin of the same name', () => {
    const rival = '@aparajita/capacitor-secure-storage';

    test.each(['dependencies', 'devDependencies'])('causes a warning among %s', (kind) => {
      project.write('package.json', JSON.stringify({ [kind]: { [rival]: '^8.0.0' } }));
      expect(project.sync(platform)).toContainEqual(expect.stringContaining(`${rival} is built into the app`));
    });

    test('is found after a byte order mark', () => {
      project.write('package.json', `\uFEFF${JSON.stringify({ dependencies: { [rival]: '*' } })}`);
      expect(project.sync(platform)).toContainEqual(expect.stringContaining(rival));
    });

    test.each([
      { includePlugins: [] },
      { includePlugins: [rival], [platform]: { includePlugins: ['capacitor-strongroom'] } },
    ])('causes no warning where the app leaves it out: %j', (config) => {
      project.install(rival);
      project.config = config;
      expect(project.sync(platform)).toEqual([]);
    });

    test.each(['', '{', 'null', '[]', '"text"', '{"dependencies":null}', '{"dependencies":7}'])(
      'is not checked with a package.json that is %j',
      (text) => {
        project.write('package.json', text);
        expect(project.sync(platform)).toEqual([]);
      },
    );
  });

  describe('options', () => {
    test.each([
      [{ onKeyloss: 'error' }, 'plugins.SecureStorage.onKeyloss is not an option', 'Did you mean onKeyLoss?'],
      [{ colour: 'red' }, 'plugins.SecureStorage.colour is not an option', 'The options are onKeyLoss, strongBox,'],
      [{ toString: 'red' }, 'plugins.SecureStorage.toString is not an option', ''],
      [
        { onKeyLoss: 'explode' },
        'plugins.SecureStorage.onKeyLoss must be one of error, quarantine',
        'INVALID_ARGUMENT',
      ],
      [{ minSecurityLevel: 'none' }, 'minSecurityLevel must be one of unknown, software,', ''],
      [{ rotateAfterDays: '90' }, 'rotateAfterDays must be a number', ''],
      [{ web: null }, 'web must be one of debug, memory, deny', ''],
      [{ ios: true }, 'ios must be an object', ''],
      [{ ios: [] }, 'ios must be an object', ''],
      [
        { ios: { Accessibility: 'whenUnlocked' } },
        'plugins.SecureStorage.ios.Accessibility is not an option',
        'Did you mean accessibility?',
      ],
      [{ ios: { accessibility: 'always' } }, 'ios.accessibility must be one of afterFirstUnlockThisDeviceOnly,', ''],
      [{ ios: { synchronizable: 'yes' } }, 'ios.synchronizable must be a boolean', ''],
      [{ ios: { accessGroup: 7 } }, 'ios.accessGroup must be a string', ''],
    ])('%j cause a warning', (options, what, why) => {
      project.config = { plugins: { SecureStorage: options } };
      expect(project.sync(platform)).toEqual([expect.stringContaining(what)]);
      expect(project.sync(platform)).toEqual([expect.stringContaining(why)]);
    });

    test.each([
      [{ accessGroup: 'ABCDE12345.com.example.app' }, 1],
      [{ synchronizable: true, accessibility: 'whenUnlocked' }, 1],
      [{ accessGroup: 'ABCDE12345.com.example.app', synchronizable: true, accessibility: 'whenUnlocked' }, 2],
    ])('that are refused together with onReinstall cause a warning: %j', (ios, warnings) => {
      const about = () =>
        project.sync(platform).filter((text) => text.includes("onReinstall is 'clear' together with"));
      project.config = { plugins: { SecureStorage: { ios: { ...ios, onReinstall: 'clear' } } } };
      expect(about()).toHaveLength(warnings);
      project.config = { plugins: { SecureStorage: { ios: { ...ios, onReinstall: 'keep' } } } };
      expect(about()).toEqual([]);
      project.config = { plugins: { SecureStorage: { ios: { onReinstall: 'clear', synchronizable: false } } } };
      expect(about()).toEqual([]);
    });

    test('that exist cause no warning', () => {
      project.config = {
        plugins: {
          SecureStorage: {
            onKeyLoss: 'error',
            strongBox: 'prefer',
            minSecurityLevel: 'trustedEnvironment',
            rotateAfterDays: 0,
            ios: {
              accessibility: 'whenUnlocked',
              authentication: 'devicePasscode',
              synchronizable: false,
              onReinstall: 'clear',
            },
            web: 'deny',
          },
          Other: { onKeyloss: 1 },
        },
      };
      expect(project.sync(platform)).toEqual([]);
    });

    test.each([undefined, null, [], 'text', { SecureStorage: null }, { SecureStorage: 'text' }])(
      'cause no warning in %j',
      (plugins) => {
        project.config = { plugins };
        expect(project.sync(platform)).toEqual([]);
      },
    );

    test('are never quoted, only named', () => {
      project.config = { plugins: { SecureStorage: { onKeyLoss: 'hunter2', web: ['hunter2'], ios: 'hunter2' } } };
      expect(project.sync(platform)).toHaveLength(3);
      expect(project.sync(platform).join()).not.toContain('hunter2');
    });
  });
});

test('the options are those that the Rust core reads, and that of the web', () => {
  const root = new URL('../../', import.meta.url);
  const options = JSON.parse(readFileSync(new URL('dist/options.json', root), 'utf8'));
  const source = readFileSync(new URL('rust/core/src/bridge/config.rs', root), 'utf8');
  const read = [...source.matchAll(/\b(config|ios)(?:,|\s*\.optional_\w+\()\s*"(\w+)"/g)];
  const names = (/** @type {string} */ from) => read.filter((match) => match[1] === from).map((match) => match[2]);
  expect(names('config').concat('web').sort()).toEqual(Object.keys(options).sort());
  expect(names('ios').sort()).toEqual(Object.keys(options.ios).sort());
});
