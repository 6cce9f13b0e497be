// xcframework.mjs FOLDER DEVICE SIMULATOR: puts static libraries into an XCFramework, each in its own framework, so that
// its header and module map do not conflict with others (docs/adr/0010).

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import plist from 'plist';

const [folder = '', device = '', simulator = ''] = process.argv.slice(2);
const name = basename(folder, '.xcframework');
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const minimumOs = /^export IPHONEOS_DEPLOYMENT_TARGET=(.+)$/m.exec(
  readFileSync('scripts/dev/mobile/compiler.sh', 'utf8'),
)?.[1];

const slices = [
  { library: device, id: 'ios-arm64', architectures: ['arm64'], platform: 'iPhoneOS' },
  {
    library: simulator,
    id: 'ios-arm64_x86_64-simulator',
    architectures: ['arm64', 'x86_64'],
    platform: 'iPhoneSimulator',
  },
];

rmSync(folder, { recursive: true, force: true });
for (const { library, id, platform } of slices) {
  const framework = join(folder, id, `${name}.framework`);
  for (const part of ['Headers', 'Modules']) mkdirSync(join(framework, part), { recursive: true });
  cpSync(library, join(framework, name));
  cpSync(`ios/${name}/${name}.h`, join(framework, 'Headers', `${name}.h`));
  cpSync(`ios/${name}/module.modulemap`, join(framework, 'Modules', 'module.modulemap'));
  write(join(framework, 'Info.plist'), {
    CFBundleDevelopmentRegion: 'en',
    CFBundleExecutable: name,
    CFBundleIdentifier: `dev.strongroom.${name}`,
    CFBundleInfoDictionaryVersion: '6.0',
    CFBundleName: name,
    CFBundlePackageType: 'FMWK',
    CFBundleShortVersionString: version,
    CFBundleSupportedPlatforms: [platform],
    CFBundleVersion: version,
    MinimumOSVersion: minimumOs,
  });
}
write(join(folder, 'Info.plist'), {
  AvailableLibraries: slices.map(({ id, architectures, platform }) => ({
    BinaryPath: `${name}.framework/${name}`,
    LibraryIdentifier: id,
    LibraryPath: `${name}.framework`,
    SupportedArchitectures: architectures,
    SupportedPlatform: 'ios',
    ...(platform === 'iPhoneSimulator' ? { SupportedPlatformVariant: 'simulator' } : {}),
  })),
  CFBundlePackageType: 'XFWK',
  XCFrameworkFormatVersion: '1.0',
});

/**
 * @param {string} path
 * @param {Record<string, unknown>} content
 */
function write(path, content) {
  writeFileSync(path, `${plist.build(/** @type {import('plist').PlistObject} */ (content))}\n`);
}
