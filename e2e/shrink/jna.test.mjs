// What the rules assume about JNA's archive for Android.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from 'vitest';

import { fromRoot } from '../../scripts/paths.mjs';

import { classPath, CAPACITOR_RULES, OUR_RULES, SHRINK, splitRules } from './shrinker.mjs';

const archive = join(SHRINK, 'jna');
const systems = join(archive, 'jni');
const unpacked = join(SHRINK, 'classes-of-jna');
const [kept = ''] = splitRules(OUR_RULES).filter((rule) => rule.startsWith('-keep,includedescriptorclasses'));
const [classes = '', members = ''] = kept.split(/[{}]/);
const keptClasses = [...classes.matchAll(/com\.sun\.jna\.[\w$]+/g)].map(String);
const keptMembers = [...members.matchAll(/ (\w+\*?)[(;]/g)].map(([, name]) => String(name));

/** Names that do not stand for JNA's members: C has such functions, and Java's own classes have such methods. */
const OTHERS = ['array', 'close', 'getBytes', 'getNativeType', 'open', 'toCharArray', 'toString', 'write'];

/** All class files, by name. @type {Map<string, Buffer>} */
const inArchive = new Map();
/** @type {Map<string, Buffer>} */
const inSimulator = new Map();

beforeAll(() => {
  for (const [jar, found] of /** @type {const} */ ([
    [join(archive, 'classes.jar'), inArchive],
    [String(classPath(/\/jna\//)[0]), inSimulator],
  ])) {
    const folder = join(unpacked, found === inArchive ? 'archive' : 'simulator');
    unpack(jar, folder);
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (file.endsWith('.class')) found.set(file, readFileSync(join(folder, file)));
    }
  }
});

test('it has no rules of its own, so ours must suffice', () => {
  expect(existsSync(join(archive, 'AndroidManifest.xml'))).toBe(true);
  expect(existsSync(join(archive, 'proguard.txt'))).toBe(false);
  expect([...inArchive.keys()].filter((name) => name.startsWith('META-INF/proguard'))).toEqual([]);
});

test('it is the version that build.gradle names', () => {
  const [, version] = /jnaVersion : '(.*)'/.exec(readFileSync(fromRoot('android/build.gradle'), 'utf8')) ?? [];
  expect(readFileSync(fromRoot('e2e/shrink/pom.xml'), 'utf8')).toContain(`<version>${version}</version>`);
});

test('its classes are those that the simulator runs', () => {
  expect(inArchive.size).toBeGreaterThan(100);
  const differing = [...inArchive].filter(([name, bytes]) => !inSimulator.get(name)?.equals(bytes));
  expect(differing.map(([name]) => name)).toEqual([]);
});

describe.each(existsSync(systems) ? readdirSync(systems) : [])('its native part for %s', (system) => {
  const texts = new Set(readFileSync(join(systems, system, 'libjnidispatch.so'), 'latin1').split('\0'));
  const named = [...texts]
    .filter((text) => /^com\/sun\/jna\/[\w$]+$/.test(text))
    .map((text) => text.replaceAll('/', '.'));

  test('names no class that the rules do not keep', () => {
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !keptClasses.includes(name))).toEqual([]);
  });

  test('names no member of them that the rules do not keep', () => {
    const found = new Set([...membersOf(named).values()].flat().filter((member) => texts.has(member)));
    expect(found.size).toBeGreaterThan(15);
    const lost = [...found].filter((member) => !keptMembers.some((pattern) => matches(pattern, member)));
    expect(lost.filter((member) => !OTHERS.includes(member))).toEqual([]);
  });
});

test('the rules keep nothing of Capacitor, which has its own rules', () => {
  expect(readFileSync(CAPACITOR_RULES, 'utf8')).toContain('extends com.getcapacitor.Plugin');
  expect(readFileSync(OUR_RULES, 'utf8')).not.toMatch(/getcapacitor|PluginMethod|StrongroomPlugin/);
});

/** The fields and methods of each class, except the native ones. @param {string[]} names */
function membersOf(names) {
  const text = execFileSync('javap', ['-p', '-cp', join(unpacked, 'archive'), ...names], { encoding: 'utf8' });
  const described = text.split(/^Compiled from .*$/m).slice(1);
  return new Map(
    described.map((lines, index) => {
      const members = lines.split('\n').filter((line) => line.startsWith('  ') && !line.includes(' native '));
      return [String(names[index]), members.flatMap((line) => /([\w$]+)(?:\(.*\).*)?;$/.exec(line)?.[1] ?? [])];
    }),
  );
}

/** @param {string} pattern @param {string} member */
function matches(pattern, member) {
  return pattern.endsWith('*') ? member.startsWith(pattern.slice(0, -1)) : member === pattern;
}

/** @param {string} jar @param {string} folder */
function unpack(jar, folder) {
  mkdirSync(folder, { recursive: true });
  execFileSync('jar', ['xf', jar, 'com/sun/jna'], { cwd: folder });
}
