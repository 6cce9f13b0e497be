// The checks of the page, of Capacitor's version, and of what can replace the page.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { BROKEN, PAGE, Project } from './project.mjs';

/** @type {Project} */
let project;

beforeEach(() => {
  project = new Project();
});

afterEach(() => {
  project.remove();
});

/** @param {string} head */
function write(head, body = '') {
  project.write(PAGE, `<!doctype html>\n<html><head>${head}</head><body>${body}</body></html>`);
}

const GOOD = "default-src 'self'; frame-src 'none'";

describe.each(['android', 'ios'])('on %s', (platform) => {
  const other = platform === 'ios' ? 'android' : 'ios';

  describe('a page without a policy', () => {
    test.each([
      ['has none', '<title>App</title>'],
      ['has one in a comment only', `<!-- <meta http-equiv="Content-Security-Policy" content="${GOOD}"> -->`],
      ['has one in a script only', `<script>x = '<meta http-equiv="Content-Security-Policy" content="a">'</script>`],
      ['has another meta element', `<meta name="Content-Security-Policy" content="${GOOD}">`],
      ['only reports', `<meta http-equiv="Content-Security-Policy-Report-Only" content="${GOOD}">`],
    ])('causes a warning where it %s', (_, head) => {
      write(head);
      expect(project.sync(platform)).toEqual([expect.stringContaining('index.html has no Content-Security-Policy')]);
    });

    test('causes a warning where it has one in its body, where none counts', () => {
      write('<title>App</title>', `<meta http-equiv="Content-Security-Policy" content="${GOOD}">`);
      expect(project.sync(platform)).toHaveLength(1);
    });

    test.each([
      ['in another order', `<meta content="${GOOD}" http-equiv="Content-Security-Policy" />`],
      ['in another case', `<META HTTP-EQUIV='content-security-policy' CONTENT="${GOOD}">`],
      [
        'over several lines',
        `<meta\n  http-equiv="Content-Security-Policy"\n  content="\n default-src\n 'self';\n"\n/>`,
      ],
      ['with entities', `<meta http-equiv="Content-Security-Policy" content='default-src &#39;self&apos;'>`],
      [
        'behind a tag with a bracket',
        `<meta name="a" content=">"><meta http-equiv=Content-Security-Policy content="${GOOD}">`,
      ],
    ])('causes no warning if it has one %s', (_, head) => {
      write(head);
      expect(project.sync(platform)).toEqual([]);
    });

    test('causes no warning where the page comes from a server', () => {
      write('');
      project.config = { server: { url: 'http://localhost:5173' } };
      expect(project.outcome('policy', platform)).toBe('no warnings');
    });

    test('is found where the CLI does not say where the page is', () => {
      write('');
      project.config = { webDir: 'www' };
      expect(project.sync(platform, { CAPACITOR_WEB_DIR: '' })).toHaveLength(1);
    });

    test.each(BROKEN.filter(([how]) => how !== 'is cut off'))('is not checked where it %s', (_, spoil) => {
      spoil(project, PAGE);
      expect(project.sync(platform)).toEqual([]);
      expect(project.outcome('policy', platform)).toMatch(/^could not check \(\w+\)$/);
    });
  });

  describe('a policy that allows other scripts', () => {
    test.each([
      ["frame-src 'none'", 'neither script-src nor default-src'],
      ["script-src 'self' 'unsafe-inline'; frame-src 'none'", "'unsafe-inline'"],
      ["default-src 'self' 'UNSAFE-INLINE'", "'unsafe-inline'"],
      ["script-src 'self' 'unsafe-eval'; frame-src 'none'", "'unsafe-eval'"],
      ["script-src *; frame-src 'none'", 'any host'],
      ["script-src 'self' https:; frame-src 'none'", 'any host'],
      ["script-src 'self' https://*; frame-src 'none'", 'any host'],
      ["script-src 'self' data:; frame-src 'none'", 'any host'],
      ["script-src 'self'; script-src-elem *; frame-src 'none'", 'any host'],
      // If a directive appears twice, the first counts.
      ["script-src *; script-src 'self'; frame-src 'none'", 'any host'],
    ])('causes a warning: %s', (policy, fault) => {
      project.secure(policy);
      expect(project.sync(platform)).toEqual([expect.stringMatching(`not part of the app[^]*${fault}`)]);
    });

    test.each([
      "default-src 'self'",
      "default-src *; script-src 'self'; frame-src 'none'",
      "script-src 'self' https://cdn.example.com; frame-src 'none'",
      "script-src 'self' https://*.example.com:443/js/; frame-src 'none'",
      "script-src 'self' 'unsafe-inline' 'sha256-abc='; frame-src 'none'",
      "script-src 'nonce-abc' 'strict-dynamic' 'unsafe-inline' https:; frame-src 'none'",
      "script-src 'self' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; frame-src 'none'",
      ";;script-src\t'none' ;frame-src 'none';",
    ])('causes no warning: %s', (policy) => {
      project.secure(policy);
      expect(project.sync(platform)).toEqual([]);
    });

    test('causes no warning beside another that refuses', () => {
      const metas = ['script-src *', GOOD].map(
        (policy) => `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
      );
      write(metas.join(''));
      expect(project.sync(platform)).toEqual([]);
    });
  });

  describe('a Capacitor that serves content of other servers', () => {
    test.each(['6.0.0', '6.2.1', '7.0.0', '7.6.8', '8.0.0', '8.2.0', '8.3.4', '8.4.2', '8.5.0', '8.5.0-nightly-1'])(
      'causes a warning: %s',
      (version) => {
        project.capacitor(platform, version);
        project.capacitor(other, '8.5.2');
        expect(project.sync(platform)).toEqual([
          expect.stringContaining(`The installed @capacitor/${platform} serves content of any server`),
        ]);
      },
    );

    test.each(['6.2.2', '7.6.9', '7.7.0', '8.5.1', '8.5.2', '8.10.0', '9.0.0'])('causes no warning: %s', (version) => {
      project.capacitor(platform, version);
      project.capacitor(other, '8.0.0');
      expect(project.sync(platform)).toEqual([]);
    });

    test.each(['8.3.5', '8.4.3'])('is %s on iOS alone', (version) => {
      project.capacitor(platform, version);
      expect(project.sync(platform)).toHaveLength(platform === 'ios' ? 1 : 0);
    });

    test('is found in a folder above, as in a workspace', () => {
      const { folder } = project;
      project.write('apps/one/package.json', '{}');
      project.write('apps/one/www/index.html', `<meta http-equiv="Content-Security-Policy" content="${GOOD}">`);
      project.capacitor(platform, '8.0.0');
      const inner = { CAPACITOR_ROOT_DIR: `${folder}/apps/one`, CAPACITOR_WEB_DIR: `${folder}/apps/one/www` };
      expect(project.sync(platform, inner)).toEqual([expect.stringContaining('The installed @capacitor')]);
    });

    test.each(['', '{', 'null', '{}', '{"version":8}', '{"version":"8"}', '{"version":"latest"}'])(
      'is not checked where its package.json is %j',
      (text) => {
        project.write(`node_modules/@capacitor/${platform}/package.json`, text);
        expect(project.sync(platform)).toEqual([]);
        expect(project.outcome('proxy', platform)).toMatch(/^could not check \(\w+\)$/);
      },
    );
  });

  describe('CapacitorHttp', () => {
    const on = { plugins: { CapacitorHttp: { enabled: true } } };
    const origin = platform === 'ios' ? 'capacitor://localhost' : 'https://localhost';

    test.each([
      GOOD,
      `script-src ${origin}; frame-src 'none'`,
      `script-src ${origin}/ 'sha256-abc='; frame-src 'none'`,
    ])('causes a warning beside %s', (policy) => {
      project.secure(policy);
      expect(project.sync(platform)).toEqual([]);
      project.config = on;
      expect(project.sync(platform)).toEqual([
        expect.stringMatching(`plugins.CapacitorHttp.enabled serves scripts[^]*${origin}/assets/`),
      ]);
    });

    test.each([
      `script-src ${origin}/assets/; frame-src 'none'`,
      `default-src 'self'; script-src ${origin}/assets/; frame-src 'none'`,
      `script-src 'nonce-abc' 'strict-dynamic' 'self'; frame-src 'none'`,
    ])('causes no warning beside %s', (policy) => {
      project.secure(policy);
      project.config = on;
      expect(project.sync(platform)).toEqual([]);
    });

    test.each([
      { plugins: { CapacitorHttp: { enabled: false } } },
      { plugins: { CapacitorHttp: { enabled: 'true' } } },
      { plugins: { CapacitorHttp: {} } },
    ])('causes no warning where it is off: %j', (config) => {
      project.secure(GOOD);
      project.config = config;
      expect(project.sync(platform)).toEqual([]);
    });

    test('causes a warning under a scheme of the app, too', () => {
      project.secure(GOOD);
      project.config = { ...on, server: { [`${platform}Scheme`]: 'app' } };
      expect(project.sync(platform)).toHaveLength(1);
    });
  });

  describe('files that can replace the app', () => {
    const writers = [
      '@capacitor/filesystem',
      '@capacitor/file-transfer',
      'capacitor-blob-writer',
      '@capawesome/capacitor-file-picker',
      'cordova-plugin-file',
      'cordova-plugin-file-transfer',
      'cordova-plugin-advanced-http',
      'cordova-plugin-zip',
    ];

    test.each(writers)('cause a warning with %s', (writer) => {
      project.install('capacitor-strongroom', writer);
      expect(project.sync(platform)).toEqual([expect.stringMatching(`other files[^]*${writer}[^]*DisableDeploy`)]);
    });

    test('cause a warning once', () => {
      project.install(...writers);
      expect(project.sync(platform)).toHaveLength(1);
    });

    test.each([{ DisableDeploy: 'false' }, { DisableDeploy: '' }, { Other: 'true' }, 'DisableDeploy', null])(
      'cause a warning with the preferences %j',
      (preferences) => {
        project.install('@capacitor/filesystem');
        project.config = { cordova: { preferences } };
        expect(project.sync(platform)).toHaveLength(1);
      },
    );

    test.each([{ DisableDeploy: 'true' }, { disabledeploy: 'TRUE' }, { DisableDeploy: true }])(
      'cause no warning with the preferences %j',
      (preferences) => {
        project.install('@capacitor/filesystem');
        project.config = { cordova: { preferences } };
        expect(project.sync(platform)).toEqual([]);
      },
    );

    test('cause no warning where nothing writes files', () => {
      project.install('capacitor-strongroom', '@capacitor/preferences', '@capacitor/filesystem-like');
      expect(project.sync(platform)).toEqual([]);
    });

    test('cause no warning where the app leaves the plugin out', () => {
      project.install('@capacitor/filesystem');
      project.config = { includePlugins: ['capacitor-strongroom'] };
      expect(project.sync(platform)).toEqual([]);
    });

    test('cause no warning beside an updater, which would lose its bundle', () => {
      project.install('@capacitor/filesystem', '@capgo/capacitor-updater');
      project.config = { plugins: { CapacitorUpdater: { publicKey: 'key' } } };
      expect(project.sync(platform)).toEqual([]);
    });
  });

  describe('updates', () => {
    const updaters = /** @type {const} */ ([
      ['@capgo/capacitor-updater', 'CapacitorUpdater', 'publicKey'],
      ['@capawesome/capacitor-live-update', 'LiveUpdate', 'publicKey'],
      ['@capacitor/live-updates', 'LiveUpdates', 'key'],
    ]);

    test.each(updaters)('cause a warning where %s has no key', (name, plugin, key) => {
      project.install(name);
      for (const options of [undefined, {}, { [key]: '' }, { [key]: ' ' }, { [key]: true }, { keys: 'k' }]) {
        project.config = { plugins: { [plugin]: options } };
        expect(project.sync(platform), JSON.stringify(options)).toEqual([
          expect.stringMatching(`${name} accepts unsigned updates[^]*plugins.${plugin}.${key}\\.`),
        ]);
      }
    });

    test.each(updaters)('cause no warning where %s has one, which is not printed', (name, plugin, key) => {
      project.install(name);
      project.config = { plugins: { [plugin]: { [key]: 'hunter2' } } };
      expect(project.sync(platform)).toEqual([]);
      expect(project.sync(platform, { STRONGROOM_DOCTOR: 'verbose' }).join()).not.toContain('hunter2');
    });

    test('cause no warning where the app leaves the plugin out', () => {
      project.install('@capgo/capacitor-updater');
      project.config = { [platform]: { includePlugins: [] } };
      expect(project.sync(platform)).toEqual([]);
    });
  });
});

describe('frames', () => {
  test.each([
    "script-src 'self'",
    "default-src *; script-src 'self'",
    "script-src 'self'; frame-src *",
    "script-src 'self'; frame-src 'self' https://example.com",
    "script-src 'self'; child-src https:",
  ])('cause a warning on iOS that does not name them: %s', (policy) => {
    project.secure(policy);
    expect(project.sync('ios')).toEqual([expect.stringContaining('The page allows frames of other origins')]);
    expect(project.sync('ios').join()).not.toContain('example.com');
    expect(project.sync('android')).toEqual([]);
  });

  test.each([
    "default-src 'self'",
    "default-src 'none'; script-src 'self'",
    "default-src *; script-src 'self'; frame-src 'NONE'",
    "script-src 'self'; child-src 'none'",
    "script-src 'self'; frame-src",
  ])('cause no warning with %s', (policy) => {
    project.secure(policy);
    expect(project.sync('ios')).toEqual([]);
  });

  test('cause a warning on Android where the old bridge is asked for', () => {
    project.config = { android: { useLegacyBridge: true } };
    expect(project.sync('android')).toEqual([expect.stringContaining('android.useLegacyBridge')]);
    expect(project.sync('ios')).toEqual([]);
  });

  test.each([false, 'true', 1, undefined])('cause no warning where that is %j', (useLegacyBridge) => {
    project.config = { android: { useLegacyBridge }, useLegacyBridge: true };
    expect(project.sync('android')).toEqual([]);
  });
});
