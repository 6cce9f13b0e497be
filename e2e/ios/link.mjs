import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @import { Imports } from './symbols.mjs' */

/** LLVM's linker for Apple's systems, the newest on the PATH. Packages add their version to its name. */
export function findLinker() {
  return String(process.env.PATH)
    .split(':')
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((path) => /\/ld64\.lld(-\d+)?$/.test(path))
    .sort((a, b) => version(b) - version(a))[0];
}

/** @param {string} path */
function version(path) {
  return Number(/-(\d+)$/.exec(path)?.[1] ?? 0);
}

/**
 * Writes stubs that replace Apple's libraries for the linker, with exactly these symbols.
 *
 * @param {string} folder
 * @param {Imports} imports
 */
export function writeSdk(folder, imports) {
  const targets = '[ arm64-ios, arm64-ios-simulator, x86_64-ios-simulator ]';
  // The linker itself requires the last one.
  const all = { ...imports, System: [...(imports.System ?? []), 'dyld_stub_binder'] };
  for (const [library, symbols] of Object.entries(all)) {
    const framework = `System/Library/Frameworks/${library}.framework/${library}`;
    const [path, installed] =
      library === 'System' ? ['usr/lib/libSystem.tbd', 'usr/lib/libSystem.B.dylib'] : [`${framework}.tbd`, framework];
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(
      join(folder, path),
      `--- !tapi-tbd
tbd-version: 4
targets: ${targets}
install-name: '/${installed}'
exports:
  - targets: ${targets}
    symbols: [ ${symbols.map((name) => `'${name}'`).join(', ')} ]
...
`,
    );
  }
}

/**
 * Links a static library as an app would: keeps what an app can call, and drops unused code.
 *
 * @param {{ linker: string, library: string, arch: string, simulator: boolean, sdk: string, frameworks: string[], output: string, beside?: string[] }} what
 * @returns {string} the errors and warnings of the linker
 */
export function link({ linker, library, arch, simulator, sdk, frameworks, output, beside = [] }) {
  const options = [
    ['-arch', arch],
    ['-platform_version', simulator ? 'ios-simulator' : 'ios', '15.0', '18.0'],
    ['-syslibroot', sdk],
    ['-dylib', '-install_name', '@rpath/strongroom'],
    ['-dead_strip', '-x'],
    ['-exported_symbol', '_uniffi_strongroom_*', '-exported_symbol', '_ffi_strongroom_*'],
    ...[library, ...beside].map((each) => ['-force_load', each]),
    ...frameworks.map((framework) => ['-framework', framework]),
    ['-lSystem', '-o', output],
  ];
  const { status, stdout, stderr } = spawnSync(linker, options.flat(), { encoding: 'utf8' });
  return status === 0 ? '' : stdout + stderr;
}
