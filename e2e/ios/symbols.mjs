/** @import { MachObject } from './mach-o.mjs' */

/** @typedef {Record<string, string[]>} Imports the symbols that may be imported, by framework; `System` is libSystem */

/** What every symbol of ours begins with: what UniFFI makes, and what `./dev ios` renames. */
const OURS = /^_((uniffi|ffi)_strongroom_|UNIFFI_META_(NAMESPACE_)?STRONGROOM|strongroom_)/;

/**
 * What the objects of a library want from elsewhere, without what they find in each other.
 *
 * @param {MachObject[]} objects
 */
export function importsOf(objects) {
  const symbols = objects.flatMap((object) => object.symbols).filter(({ external }) => external);
  const defined = new Set(symbols.filter((symbol) => symbol.defined).map(({ name }) => name));
  return [...new Set(symbols.filter(({ name }) => !defined.has(name)).map(({ name }) => name))].sort();
}

/**
 * Imports that are not on the list.
 *
 * @param {string[]} found
 * @param {Imports} listed
 */
export function unlisted(found, listed) {
  const known = new Set(Object.values(listed).flat());
  return found.filter((name) => !known.has(name));
}

/**
 * The frameworks that symbols come from.
 *
 * @param {string[]} found
 * @param {Imports} listed
 */
export function frameworksOf(found, listed) {
  return Object.keys(listed)
    .filter((framework) => framework !== 'System' && listed[framework]?.some((name) => found.includes(name)))
    .sort();
}

/**
 * Symbols that another library in the same app could have, too: all that is visible outside of its object and has not our prefix.
 * Rust's own names are no exception. They hold hashes, but the same ones in every library of one compiler.
 *
 * @param {MachObject[]} objects
 */
export function unprefixed(objects) {
  return objects
    .flatMap((object) => object.symbols)
    .filter(({ name, defined, external }) => defined && external && !OURS.test(name))
    .map(({ name }) => name)
    .sort();
}

/**
 * The functions that a header of UniFFI's declares, as the linker knows them.
 *
 * @param {string} header
 */
export function declaredIn(header) {
  return [
    ...new Set([...header.matchAll(/\b((?:uniffi|ffi)_strongroom_\w+)\(/g)].map(([, name]) => `_${name}`)),
  ].sort();
}
