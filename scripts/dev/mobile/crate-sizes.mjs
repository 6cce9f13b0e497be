// LIBRARY: prints how many bytes of an unstripped shared library belong to which crate, as a table for docs/internals/sizes.md.
//
// CARGO_PROFILE_RELEASE_STRIP=none ./dev android arm64-v8a builds one. A function counts for the crate that its path begins with. So a
// generic function counts for the crate that defines it, and an inlined function counts for the function that contains it.

import { execFileSync } from 'node:child_process';

/** Crates that another crate needs are listed with it. @type {[name: string, crates: RegExp][]} */
const GROUPS = [
  ['Strongroom: the core', /^strongroom_core$/],
  ['Strongroom: the Android Keystore', /^strongroom_android$/],
  ['Strongroom: what Kotlin calls', /^(strongroom|zeroizing_alloc|uniffi_strongroom.*|ffi_strongroom.*|Java_.*)$/],
  [
    '`std`, `core`, `alloc`, and what they bring',
    /^(std|core|alloc|hashbrown|rustc_demangle|compiler_builtins|__.*|rust_.*|panic_.*)$/,
  ],
  ['`jni`', /^(jni.*|simd_?(utf8|cesu8)|cesu8|combine|log)$/],
  ['`uniffi`', /^(uniffi_core|anyhow|bytes|static_assertions)$/],
  ['`serde_json`', /^(serde.*|zmij|itoa|memchr)$/],
  ['`aes-gcm`', /^(aes.*|ghash|polyval|ctr|cipher|universal_hash|aead|inout|cpufeatures|cpubits)$/],
  ['`sha2`, `hmac`, `hkdf`', /^(sha2|hmac|hkdf|digest|block_buffer|crypto_common|hybrid_array|typenum|cmov|ctutils)$/],
  [
    '`rustix`, `getrandom`, `zeroize`, `thiserror`',
    /^(rustix|linux_raw_sys|getrandom|zeroize|libc|errno|thiserror.*)$/,
  ],
];

const SECTIONS = new Map([
  ['tables for unwinding', /^\.(eh_frame|eh_frame_hdr|gcc_except_table|ARM\.ex.*)$/],
  ['constants', /^\.(rodata|data|data\.rel\.ro)/],
  ['what the loader reads', /^\.(dyn.*|gnu\.hash|rela?\..*|plt|got.*|note.*)$/],
]);

const [library = ''] = process.argv.slice(2);
const rows = new Map(GROUPS.map(([name]) => [name, 0]));
let all = 0;
// Without the second table of symbols, which repeats the exported ones.
const symbols = readelf('-sW').split(/^Symbol table '\.symtab'/m)[1] ?? '';
const seen = new Set();
for (const [, address, size = '', symbol = ''] of symbols.matchAll(/^ +\d+: (\w+) +(\d+) FUNC .* (\S+)$/gm)) {
  // Identical functions are one function with two names.
  if (Number(size) === 0 || seen.has(address)) continue;
  seen.add(address);
  add(group(crateOf(symbol)), Number(size));
  all += Number(size);
}
if (all === 0) throw new Error('the library was stripped');
const sections = [...readelf('-SW').matchAll(/^ +\[ *\d+\] (\.\S+) +(\w+) +\w+ +\w+ (\w+)/gm)].filter(
  ([, , type]) => type !== 'NOBITS',
);
const code = sum(/^\.text$/);
add('code that no symbol names', code - all);
for (const [name, pattern] of SECTIONS) add(name, sum(pattern));
for (const [name, size] of rows) console.log(`| ${name} | ${size.toLocaleString('en-US')} |`);

/** @param {string} symbol mangled in Rust's older way or, as its own crates are, in the newer one: in both, lengths precede names */
function crateOf(symbol) {
  const [, newer = '', rest = ''] = /^_R.*?Cs[0-9A-Za-z]*_(\d+)(\w+)/.exec(symbol) ?? [];
  if (newer) return rest.slice(0, Number(newer));
  const [, older = '', path = ''] = /^_ZN(\d+)(.*)$/.exec(symbol) ?? [];
  // `<&mut dyn a::B as c::D>`, in which `$..$` stand for what is neither a letter nor a digit.
  return path.slice(0, Number(older)).split('.')[0]?.replace(/^.*\$/, '') || symbol;
}

/** @param {string} crate */
function group(crate) {
  return GROUPS.find(([, crates]) => crates.test(crate))?.[0] ?? 'other crates';
}

/** @param {string} name @param {number} size */
function add(name, size) {
  rows.set(name, (rows.get(name) ?? 0) + size);
}

/** @param {RegExp} pattern */
function sum(pattern) {
  return sections
    .filter(([, name = '']) => pattern.test(name))
    .reduce((total, [, , , size]) => total + Number(`0x${size}`), 0);
}

/** @param {string} what */
function readelf(what) {
  return execFileSync('readelf', [what, library], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}
