// What the sources say where no test can run them: the old plugins' iOS parts, their manifests, and their Android parts with an RSA key.

import { readFileSync } from 'node:fs';

import { expect } from 'vitest';

import { fromRoot } from '../../scripts/paths.mjs';

import { pluginFile } from './plugins.mjs';

const squeeze = (/** @type {string} */ text) => text.replace(/\s+/g, ' ');
const read = (/** @type {string} */ file) => squeeze(readFileSync(fromRoot(file), 'utf8'));
const readPlugin = (/** @type {'mk' | 'ap'} */ plugin, /** @type {string} */ file) => squeeze(pluginFile(plugin, file));
const json = (/** @type {string} */ file) => JSON.parse(readFileSync(fromRoot(file), 'utf8'));

const mkSwift = () => readPlugin('mk', 'ios/Sources/SecureStoragePlugin/SecureStoragePlugin.swift');
const mkJava = (/** @type {string} */ name) =>
  readPlugin('mk', `android/src/main/java/com/whitestein/securestorage/${name}.java`);
const apSwift = () => readPlugin('ap', 'ios/Sources/SecureStoragePlugin/Plugin.swift');
const bridgeSwift = () =>
  squeeze(
    readFileSync(
      fromRoot('e2e/migrating/app/node_modules/@capacitor/ios/Capacitor/Capacitor/CapacitorBridge.swift'),
      'utf8',
    ),
  );

/** The part of a source from one text to the next. @param {string} source @param {string} from @param {string} to */
function part(source, from, to) {
  const start = source.indexOf(from);
  expect(start, from).toBeGreaterThan(-1);
  const end = source.indexOf(to, start + from.length);
  expect(end, to).toBeGreaterThan(start);
  return source.slice(start, end);
}

/** The part that encrypts its values under an RSA key. */
const mkWithKey = () => {
  const helper = mkJava('PasswordStorageHelper');
  return helper.slice(helper.indexOf('private static class PasswordStorageHelper_SDK18'));
};
const mkSet = () => part(mkWithKey(), 'public void setData(', '@Override');
const mkGet = () => part(mkWithKey(), 'public byte[] getData(', '@Override');

/** @type {Record<string, () => void>} */
export const ROWS = {
  'mk-error-type': () => {
    const swift = mkSwift();
    expect(part(swift, 'func set(', '@objc func get(')).toContain('call.reject("error")');
    // The second argument would be a code.
    expect(swift).not.toMatch(/call\.reject\([^)]*,/);
  },

  'mk-locked': () => {
    // Android: an exception of the Keystore becomes null, and null "does not exist".
    expect(mkGet()).toMatch(
      /catch \(KeyStoreException \|.*InvalidKeyException.*\{ e\.printStackTrace\(\); \} return null;/,
    );
    expect(part(mkJava('SecureStoragePluginPlugin'), 'JSObject _get(', 'JSObject _keys(')).toMatch(
      /if \(buffer != null\) .* else \{ throw new Exception\("Item with given key does not exist"\)/,
    );
    // iOS: an item that is not shown counts as absent.
    expect(part(mkSwift(), 'func get(', '@objc func keys(')).toMatch(
      /if\(hasValueDedicated \|\| hasValueStandard\) .* else \{ call\.reject\("Item with given key does not exist"\)/,
    );
  },

  'mk-lost-key': () => {
    expect(mkSet()).toContain('if (ks.getCertificate(alias) == null) return;');
    expect(part(mkWithKey(), 'public boolean init(', '@Override')).toContain('kpGenerator.generateKeyPair()');
    expect(mkGet()).toContain('return null;');
  },

  'mk-write-failure': () => {
    expect(mkSet()).toMatch(/catch \(.*InvalidKeyException.*\{ e\.printStackTrace\(\); \}/);
    expect(mkSet()).toContain('editor.commit();');
    expect(mkJava('SecureStoragePluginPlugin')).toMatch(
      /setData\([^;]*; JSObject ret = new JSObject\(\); ret\.put\("value", true\)/,
    );
  },

  'mk-plaintext': () => {
    const helper = mkJava('PasswordStorageHelper');
    expect(part(helper, 'public PasswordStorageHelper(', 'public void setData(')).toMatch(
      /if \(!isInitialized && .*\) \{ passwordStorage = new PasswordStorageHelper_SDK16\(\)/,
    );
    expect(part(helper, 'class PasswordStorageHelper_SDK16', 'class PasswordStorageHelper_SDK18')).toContain(
      'editor.putString(key, Base64.encodeToString(data, Base64.DEFAULT))',
    );
  },

  'mk-corrupt': () => {
    expect(mkGet()).toMatch(/catch \(.*BadPaddingException.*return null;/);
  },

  'mk-remove-corrupt': () => {
    const plugin = mkJava('SecureStoragePluginPlugin');
    expect(plugin).toContain('if(this.has(key)) { call.resolve(this._remove(key)); } else { call.reject(');
    expect(part(plugin, 'public boolean has(', 'public JSObject')).toContain('passwordStorageHelper.getData(key)');
  },

  'mk-value-type': () => {
    expect(mkSwift()).toContain('call.getString("value") ?? ""');
  },

  'mk-key-type': () => {
    expect(mkSwift()).toContain('call.getString("key") ?? ""');
  },

  'mk-value-long': () => {
    const helper = mkJava('PasswordStorageHelper');
    expect(helper).toContain('KEY_LENGTH = 2048');
    expect(2048 / 8 - 11).toBe(245);
    expect(part(helper, 'String encrypt(', 'byte[] decrypt(')).toMatch(
      /limit = KEY_LENGTH \/ 8 - 11;.*while \(position < data\.length\).*cipher\.doFinal\(data, position, limit\)/,
    );
    expect(helper.slice(helper.indexOf('byte[] decrypt('))).toContain(
      'cipher.doFinal(encryptedBuffer, position, limit)',
    );
  },

  'mk-keys-order': () => {
    expect(part(mkSwift(), 'func keys(', '@objc func remove(')).toContain('Array(keys)');
    expect(mkJava('PasswordStorageHelper')).toContain('preferences.getAll().keySet()');
  },

  'mk-start': () => {
    expect(part(mkJava('SecureStoragePluginPlugin'), 'public void load()', '@PluginMethod')).toContain(
      'new PasswordStorageHelper(',
    );
  },

  'mk-at-rest': () => {
    expect(mkWithKey()).toContain('"RSA/ECB/PKCS1Padding"');
    // Nothing excludes its file from backups.
    expect(readPlugin('mk', 'android/src/main/AndroidManifest.xml')).not.toMatch(/backup|dataExtraction/i);
  },

  'mk-ios-accessibility': () => {
    const levels = mkSwift().match(/withAccessibility: \.\w+/g) ?? [];
    expect(new Set(levels)).toEqual(new Set(['withAccessibility: .afterFirstUnlock']));
    expect(readFileSync(fromRoot('src-ts/definitions.ts'), 'utf8')).toContain(
      "@default 'afterFirstUnlockThisDeviceOnly'",
    );
  },

  'mk-plugin-id': () => {
    expect(mkSwift()).toContain('jsName = "SecureStoragePlugin"');
    expect(read('ios/Sources/StrongroomPlugin/StrongroomPlugin.swift')).toContain('jsName = "SecureStorage"');
  },

  'mk-dependencies': () => {
    expect(json('e2e/migrating/app/node_modules/capacitor-secure-storage-plugin/package.json')).toMatchObject({
      version: '0.13.0',
      peerDependencies: { '@capacitor/core': '>=8.0.0' },
    });
    expect(readPlugin('mk', 'Package.swift')).toMatch(/SwiftKeychainWrapper\.git", from: "4\./);
    expectOurDependencies();
  },

  'mk-platforms': () => {
    expectPlatforms(readPlugin('mk', 'Package.swift'), readPlugin('mk', 'android/build.gradle'));
    expectOurPlatforms();
  },

  'mk-reinstall': () => {
    expect(readPlugin('mk', 'README.md')).toContain('the data stored in the keychain are not deleted automatically');
    expectToKeep();
  },

  'ap-locked': () => {
    // It does not check the status of the Keychain.
    expect(apSwift()).toContain('func getData(withKey key: String) -> Any { keychain.get(key) as Any }');
  },

  'ap-errors': () => {
    const types = part(readPlugin('ap', 'dist/esm/definitions.js'), 'StorageErrorType[', 'StorageErrorType || ');
    expect(types.match(/(?<=StorageErrorType\[")\w+/g)).toEqual([
      'missingKey',
      'invalidData',
      'osError',
      'unknownError',
      'missingPrefix',
    ]);
  },

  'ap-clear-sync': () => {
    expect(part(readPlugin('ap', 'dist/esm/native.js'), 'async clear(sync)', '// @native')).toContain(
      'clearItemsWithPrefix({',
    );
    const clear = part(
      readPlugin('ap', 'dist/esm/base.js'),
      'async clearItemsWithPrefix(options)',
      'checkPrefix(prefix) {',
    );
    expect(clear).toContain('sync: this.sync');
    expect(clear).not.toContain('options.sync');
    expect(readFileSync(fromRoot('src-ts/definitions.ts'), 'utf8')).toContain(
      'clear(options?: StoreOptions): Promise<TrueResult>;',
    );
  },

  'ap-access': () => {
    const theirs = pluginFile('ap', 'dist/esm/definitions.js').match(/(?<=KeychainAccess\[KeychainAccess\[")\w+/g);
    const ours = readFileSync(fromRoot('src-ts/definitions.ts'), 'utf8').match(
      /(?<=accessibility\?:)[\s|]*(?:'\w+'[\s|]*)+(?=;)/,
    );
    const names = ours?.[0].match(/\w+/g);
    expect(names).toHaveLength(5);
    expect(new Set(names)).toEqual(new Set(theirs));
    expect(readPlugin('ap', 'dist/esm/base.js')).toContain('this.access = KeychainAccess.whenUnlocked;');
  },

  'ap-at-rest': () => {
    expect(readPlugin('ap', 'android/src/main/AndroidManifest.xml')).not.toMatch(/backup|dataExtraction/i);
  },

  'ap-plugin-id': () => {
    expect(apSwift()).toContain('jsName = "SecureStorage"');
    // iOS chooses between two plugins of one name by an unordered set. The last one answers; the page knows the methods of the first
    // one; and a missing method is not answered.
    const bridge = bridgeSwift();
    expect(bridge).toContain('let packageClassList: Set<String>');
    expect(part(bridge, 'func loadPlugin(', '// MARK')).toContain('plugins[plugin.jsName] = plugin');
    expect(read('node_modules/@capacitor/core/dist/index.js')).toContain('.find((h) => h.name === pluginName)');
    expect(part(bridge, 'guard let method = plugin.getMethod(named: call.method) else {', 'selector = method')).toMatch(
      /No method found.*return \}/,
    );
  },

  'ap-dependencies': () => {
    const { version, dependencies } = json(
      'e2e/migrating/app/node_modules/@aparajita/capacitor-secure-storage/package.json',
    );
    expect(version).toBe('8.0.1');
    expect(Object.keys(dependencies)).toEqual(
      ['android', 'app', 'core', 'ios', 'keyboard'].map((name) => `@capacitor/${name}`),
    );
    expect(readPlugin('ap', 'Package.swift')).toMatch(/keychain-swift\.git", from: "21\./);
    expectOurDependencies();
  },

  'ap-reinstall': () => {
    expect(readPlugin('ap', 'README.md')).toMatch(
      /iOS will \*\*not\*\* delete an app.s keychain data when the app is deleted/,
    );
    expectToKeep();
  },

  'ap-platforms': () => {
    expectPlatforms(readPlugin('ap', 'Package.swift'), readPlugin('ap', 'android/build.gradle'));
    expectOurPlatforms();
  },
};

function expectOurDependencies() {
  const { dependencies, peerDependencies } = json('package.json');
  expect({ dependencies, peerDependencies }).toEqual({ peerDependencies: { '@capacitor/core': '>=8.0.0' } });
  expect(read('Package.swift').match(/\.package\(url: "[^"]*/g)).toEqual([
    expect.stringContaining('/capacitor-swift-pm.git'),
  ]);
  expect(read('android/build.gradle')).toContain('net.java.dev.jna:jna:');
}

function expectToKeep() {
  expect(read('src-ts/definitions.ts')).toMatch(/@default 'keep'[^/]*\*\/ onReinstall\?: 'keep' \| 'clear';/);
}

function expectOurPlatforms() {
  expectPlatforms(read('Package.swift'), read('android/build.gradle'));
}

/** @param {string} swiftPackage @param {string} gradle */
function expectPlatforms(swiftPackage, gradle) {
  expect(swiftPackage).toContain('platforms: [.iOS(.v15)]');
  expect(gradle).toMatch(/minSdkVersion\D+24\b/);
}
