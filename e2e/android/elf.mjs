import { execFileSync } from 'node:child_process';

/** @typedef {{ name: string, defined: boolean, weak: boolean }} DynamicSymbol */

/**
 * What `readelf` reports about a shared library.
 *
 * @param {string} path
 */
export function readLibrary(path) {
  const header = readelf('-hW', path);
  const segments = readelf('-lW', path);
  const dynamic = readelf('-dW', path);
  return {
    machine: field(header, 'Machine'),
    type: field(header, 'Type'),
    /** The alignment of its loaded segments. */
    alignments: [...segments.matchAll(/^ +LOAD .*(0x\w+)$/gm)].map(([, align]) => Number(align)),
    writableAndExecutable: / LOAD .* [R ]WE +0x/.test(segments),
    stack: / GNU_STACK .* ([R ][W ][E ]) +\w+$/m.exec(segments)?.[1]?.trim(),
    relro: / GNU_RELRO /.test(segments),
    soname: /SONAME\).*\[(.*)\]/.exec(dynamic)?.[1],
    needed: [...dynamic.matchAll(/NEEDED\).*\[(.*)\]/g)].map(([, name = '']) => name).sort(),
    bindNow: /FLAGS_1\).*\bNOW\b/.test(dynamic),
    textRelocations: /TEXTREL/.test(dynamic),
    symbols: dynamicSymbols(path),
    sections: [...readelf('-SW', path).matchAll(/^ +\[ *\d+\] (\.\S+)/gm)].map(([, name = '']) => name),
  };
}

/** @param {string} path @returns {DynamicSymbol[]} */
function dynamicSymbols(path) {
  const rows = readelf('--dyn-syms', '-W', path).matchAll(
    /^ +\d+: +\w+ +\w+ +\w+ +(\w+) +\w+ +(\w+) (\S+?)(?:@\S+)?(?: .*)?$/gm,
  );
  return [...rows].map(([, bind, index, name = '']) => ({ name, defined: index !== 'UND', weak: bind === 'WEAK' }));
}

/** @param {string} text @param {string} name */
function field(text, name) {
  return new RegExp(`^ +${name}: +(.*)$`, 'm').exec(text)?.[1];
}

/** @param {string[]} args */
function readelf(...args) {
  return execFileSync('readelf', args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
}
