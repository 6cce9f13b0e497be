/** @import { MachObject } from './mach-o.mjs' */

/** @typedef {Record<string, string[]>} Imports the symbols that may be imported, by framework; `System` is libSystem */

/** The prefixes of our symbols: those that UniFFI makes, and the one that `./dev ios` gives to all others. */
const OURS = /^_((uniffi|ffi)_strongroom_|UNIFFI_META_(NAMESPACE_)?STRONGROOM|strongroom_)/;

/**
 * The imports of a library: symbols that its objects need and do not find in each other.
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
 * Symbols that another library in the same app could have, too: all that are visible outside of their object and do not have our prefix.
 * This includes Rust's own names. They contain hashes, but the same ones in every library of one compiler.
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
 * The functions that a header of UniFFI declares, with the names that the linker uses.
 *
 * @param {string} header
 */
export function declaredIn(header) {
  return [
    ...new Set([...header.matchAll(/\b((?:uniffi|ffi)_strongroom_\w+)\(/g)].map(([, name]) => `_${name}`)),
  ].sort();
}
