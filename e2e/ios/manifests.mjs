import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {{ package: string, libraries: Record<string, string[]>, binaries: Record<string, string>, ios: string, frameworks: string[] }} SwiftPackage */

/**
 * The content of Package.swift, read as text, as Capacitor's CLI does. It understands only the form that this project uses.
 *
 * @param {string} folder
 * @returns {SwiftPackage}
 */
export function readSwiftPackage(folder) {
  const text = withoutComments(readFileSync(join(folder, 'Package.swift'), 'utf8'), '//');
  return {
    package: only(text, /\bPackage\(\s*name: "([^"]+)"/g),
    libraries: Object.fromEntries(
      [...text.matchAll(/\.library\(\s*name: "([^"]+)",\s*targets: \[([^\]]*)\]/g)].map(([, name, targets = '']) => [
        name,
        quoted(targets, '"'),
      ]),
    ),
    binaries: Object.fromEntries(
      [...text.matchAll(/\.binaryTarget\(\s*name: "([^"]+)",\s*path: "([^"]+)"/g)].map(([, name, path]) => [
        name,
        path,
      ]),
    ),
    ios: only(text, /\.iOS\(\.v(\d+)\)/g),
    frameworks: [...text.matchAll(/\.linkedFramework\("([^"]+)"\)/g)].map(([, name = '']) => name),
  };
}

/**
 * The value of one attribute in a podspec: all strings on its line.
 *
 * @param {string} path
 * @returns {(attribute: string) => string[]}
 */
export function readPodspec(path) {
  const text = withoutComments(readFileSync(path, 'utf8'), '#');
  return (attribute) =>
    quoted(only(text, new RegExp(`^  s\\.${attribute.replaceAll('.', '\\.')} (?:= )?(.+)$`, 'gm')), "'");
}

/**
 * @param {string} text
 * @param {RegExp} pattern
 */
function only(text, pattern) {
  const [match, ...others] = [...text.matchAll(pattern)];
  if (!match?.[1] || others.length > 0)
    throw new Error(`${pattern.source} occurs ${match ? 1 + others.length : 0} times`);
  return match[1];
}

/**
 * @param {string} text
 * @param {string} mark
 */
function quoted(text, mark) {
  return [...text.matchAll(new RegExp(`${mark}([^${mark}]*)${mark}`, 'g'))].map(([, value = '']) => value);
}

/**
 * @param {string} text
 * @param {string} mark
 */
function withoutComments(text, mark) {
  return text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith(mark))
    .join('\n');
}
