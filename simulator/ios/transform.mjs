// Writes the Swift that Linux can compile: transform.mjs OUTPUT [APP]
//
// OUTPUT/Capacitor gets Capacitor's own files, OUTPUT/CapacitorStrongroom those of the plugin, OUTPUT/Tests its XCTests, OUTPUT/App those of
// the example app, less what only Apple's compiler has. With APP, the folder of another app in which the plugin is installed, all but the
// XCTests are those of that app. A file or a line that is not where it was ends with an error, so that a new version of Capacitor is read
// before it is used.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

import { fromRoot } from '../../scripts/paths.mjs';

const [, , output, other] = process.argv;
if (!output) throw new Error('usage: transform.mjs OUTPUT [APP]');
const app = other === undefined ? fromRoot('example-app') : resolve(other);

const CAPACITOR = join(app, 'node_modules/@capacitor/ios/Capacitor/Capacitor');
const PLUGIN_FOLDER = other === undefined ? fromRoot('.') : join(app, 'node_modules/capacitor-strongroom');
const SHIM = join(PLUGIN_FOLDER, 'ios/Sources/StrongroomPlugin');
const TESTS = fromRoot('ios/Tests/StrongroomPluginTests');
const APP = join(app, 'ios/App/App');

/** Files of Capacitor that are not compiled. @type {Record<string, string>} */
const LEFT_OUT = {
  'AppUUID.swift': 'uses CommonCrypto, and nothing uses it',
  'WKWebView+Capacitor.swift': "replaces a method of WebKit's; there is a stand-in",
};

/** The only tests that show a page. */
const NEEDS_WEBKIT = 'FrameTests.swift';

/** @typedef {[pattern: RegExp, replacement: string]} Change */
/** @typedef {{ name: string, text: string }} Source */

/** Where a file needs more than {@link withoutObjectiveC}. @type {Record<string, Change[]>} */
const CHANGES = {
  'CAPBridgeProtocol.swift': [[/optional (func injectScriptBeforeLoad)/, '$1']],
  'JSExport.swift': [[/Bundle\(for: Self\.self\)/, 'AppBundle.capacitor']],
  // Foundation of Linux knows no folder "Library".
  'CAPBridgeViewController.swift': [
    [
      /NSSearchPathForDirectoriesInDomains\(\.libraryDirectory, \.userDomainMask, true\)\.first/,
      'Optional(AppBundle.library.path)',
    ],
  ],
  'KeyValueStore.swift': [
    [/try\? FileManager\s+\.default\s+\.url\(\s+for: \.libraryDirectory,[^)]*\)/, 'Optional(AppBundle.library)'],
  ],
  // It has no such strategy, either.
  'Codable/JSValueDecoder.swift': [[/ +case \.formatted\(let formatter\):\n(?: {12}.*\n){3}/, '']],
  'Codable/JSValueEncoder.swift': [[/ +case \.formatted\(let formatter\):\n(?: {16}.*\n){2}/, '']],
  // The protocols of WebKit belong to the main actor; their stand-ins do not.
  'WebViewDelegationHandler.swift': [[/@escaping @MainActor \(/, '@escaping (']],
  // An extension cannot override a property without Objective-C, and there is no home indicator.
  'Plugins/SystemBars.swift': [
    [/\nextension CAPBridgeViewController \{\n {4}override public var prefersHome[\s\S]*$/, ''],
  ],
};

/** Bundles that the transformed files must not name: Linux' own finds the folder of the program only. */
const MAIN_BUNDLE = /\bBundle\.main\b/g;

/** A class that Capacitor can find by its name. */
const PLUGIN = /^@objc\((\w+)\)\s+(?:(?:public|open|final) )*class (\w+): CAPPlugin\b/gm;
/** A method that it can call. */
const METHOD = /^ *@objc (?:(?:public|override|open) )*func (\w+)\(_ \w+: CAPPluginCall\??\)/gm;

capacitor(join(output, 'Capacitor'));
shim(join(output, 'CapacitorStrongroom'));
tests(join(output, 'Tests'));
write(join(output, 'App'), ours(APP));

/** @param {string} folder */
function capacitor(folder) {
  const files = swiftFiles(CAPACITOR);
  for (const name of [...Object.keys(LEFT_OUT), ...Object.keys(CHANGES)]) {
    if (!files.includes(name)) throw new Error(`Capacitor has no ${name} any more`);
  }
  const sources = files
    .filter((name) => !(name in LEFT_OUT))
    .map((name) => ({
      name: name.replace('/', '-'),
      text: changed(name, readFileSync(join(CAPACITOR, name), 'utf8')),
    }));
  write(folder, sources);
  writeFileSync(join(folder, 'ObjectiveC.swift'), objectiveCOf('Capacitor', sources));
}

/** @param {string} folder */
function shim(folder) {
  const sources = ours(SHIM);
  write(folder, sources);
  writeFileSync(join(folder, 'ObjectiveC.swift'), objectiveCOf('CapacitorStrongroom', sources));
}

/** Linux finds no tests by itself. @param {string} folder */
function tests(folder) {
  if (!swiftFiles(TESTS).includes(NEEDS_WEBKIT)) throw new Error(`there is no ${NEEDS_WEBKIT} any more`);
  const sources = ours(TESTS).filter(({ name }) => !name.endsWith(NEEDS_WEBKIT));
  console.log(`SKIPPED: ${NEEDS_WEBKIT}: only WebKit shows which frames reach an app`);
  write(folder, sources);
  writeFileSync(join(folder, 'AllTests.swift'), allTests(sources.map(({ text }) => text).join('\n')));
}

/** Files of our own. What the compiler says of them names the original, which must have another name then. @param {string} folder @returns {Source[]} */
function ours(folder) {
  return swiftFiles(folder).map((name) => ({
    name: `Linux-${basename(name)}`,
    text: `#sourceLocation(file: "${join(folder, name)}", line: 1)\n${readFileSync(join(folder, name), 'utf8')}`,
  }));
}

/** @param {string} folder @param {Source[]} sources */
function write(folder, sources) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { name, text } of sources) writeFileSync(join(folder, name), withoutObjectiveC(name, text));
}

/** @param {string} name @param {string} text */
function changed(name, text) {
  return (CHANGES[name] ?? []).reduce((before, [pattern, replacement]) => {
    const after = before.replace(pattern, replacement);
    if (after === before) throw new Error(`${name} of Capacitor has no ${pattern} any more`);
    return after;
  }, text);
}

/** @param {string} name @param {string} text */
function withoutObjectiveC(name, text) {
  const stripped = text
    // Such a protocol is for classes only.
    .replace(/^(@objc(?:\([^)]*\))? .*\bprotocol \w+) \{/gm, '$1: AnyObject {')
    .replace(/^( *)@objc\([^)]*\) ?/gm, '$1')
    .replace(/^( *)@(?:objc|nonobjc) /gm, '$1')
    // The simulator starts the app.
    .replace(/^@(?:main|UIApplicationMain)\n/gm, '\n')
    .replace(/#selector\((?:\w+\.)?(\w+)\(_:\)\)/g, 'Selector("$1:")')
    .replace(MAIN_BUNDLE, 'AppBundle.main');
  const left = /^.*(?:^ *@objc|#selector|\bBundle\().*$/m.exec(stripped);
  if (left) throw new Error(`${name} has a line that Linux cannot compile: ${left[0].trim()}`);
  return stripped;
}

/**
 * What Objective-C's runtime would know of the module's classes: those that say `@objc(Name)`, and the methods for calls of the page
 * that say `@objc`. A method without it is missing here as it is there.
 *
 * @param {string} module
 * @param {Source[]} sources
 */
function objectiveCOf(module, sources) {
  const plugins = sources.flatMap(({ text }) =>
    [...text.matchAll(PLUGIN)].map(([, name, type]) => ({ name, type, text })),
  );
  if (plugins.length === 0) throw new Error(`${module} has no class that says @objc(Name)`);
  const methods = plugins.map(({ type, text }) => {
    const lines = [...text.matchAll(METHOD)].map(
      ([, name]) => `            "${name}:": { ($0 as! ${type}).${name}(unsafeNonnull($1)) }`,
    );
    if (lines.length === 0) throw new Error(`${type} has no line "@objc func"`);
    return `extension ${type}: ObjectiveCMethods {
    public static var methods: [String: (CAPPlugin, CAPPluginCall?) -> Void] {
        [
${lines.join(',\n')}
        ]
    }
}`;
  });
  const names = plugins.map(({ name, type }) => `"${name}": ${type}.self`).join(', ');
  return `${module === 'Capacitor' ? '' : 'import Capacitor\n\n'}public func classesOf${module}() -> [String: AnyClass] { [${names}] }

${methods.join('\n\n')}
`;
}

/** @param {string} text */
function allTests(text) {
  const entries = [...text.matchAll(/^(?:final )?class (\w+): XCTestCase[\s\S]*?^\}/gm)].map(([all, name]) => {
    const lines = [...all.matchAll(/^ {4}func (test\w+)\(\)( throws)?/gm)].map(
      ([, test, throwing]) => `("${test}", { (test: ${name}) in { ${throwing ? 'try ' : ''}test.${test}() } })`,
    );
    if (lines.length === 0) throw new Error(`${name} has no tests`);
    return `testCase([\n        ${lines.join(',\n        ')}\n    ])`;
  });
  return `import XCTest\n\n@MainActor let allTests: [XCTestCaseEntry] = [\n    ${entries.join(',\n    ')}\n]\n`;
}

/** @param {string} folder */
function swiftFiles(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.swift'))
    .sort();
  if (files.length === 0) throw new Error(`${folder} has no Swift`);
  return files;
}
