// What Xcode, CocoaPods and Capacitor read from the package.

import { existsSync, readFileSync, readdirSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { fromRoot } from '../../scripts/paths.mjs';
import { readPodspec, readSwiftPackage } from '../ios/manifests.mjs';
import { categoriesOf, readPrivacyManifest } from '../ios/privacy.mjs';

const SOURCES = 'ios/Sources/StrongroomPlugin';
const XCFRAMEWORK = 'ios/Frameworks/StrongroomFFI.xcframework';

const swiftPackage = readSwiftPackage(fromRoot('.'));
const podspec = readPodspec(fromRoot('CapacitorStrongroom.podspec'));

describe('Package.swift and the podspec', () => {
  test('have the same name, library and module', () => {
    expect(swiftPackage.package).toBe('CapacitorStrongroom');
    expect(swiftPackage.libraries).toEqual({ CapacitorStrongroom: ['CapacitorStrongroom'] });
    expect(podspec('name')).toEqual(['CapacitorStrongroom']);
    // Without one of its own, a pod's module has the name of the pod.
    expect(() => podspec('module_name')).toThrow('occurs 0 times');
  });

  test('name the same frameworks, including ours', () => {
    expect(swiftPackage.binaries).toEqual({ StrongroomFFI: XCFRAMEWORK });
    expect(podspec('vendored_frameworks')).toEqual([XCFRAMEWORK]);
    expect(podspec('frameworks').sort()).toEqual(swiftPackage.frameworks.sort());
  });

  test('name the oldest iOS that the library is built for', () => {
    const compiler = readFileSync(fromRoot('scripts/dev/mobile/compiler.sh'), 'utf8');
    const oldest = /^export IPHONEOS_DEPLOYMENT_TARGET=(.+)$/m.exec(compiler)?.[1];
    expect(`${swiftPackage.ios}.0`).toBe(oldest);
    expect(podspec('ios.deployment_target')).toEqual([oldest]);
  });

  test('contain the privacy manifest', () => {
    expect(readFileSync(fromRoot('Package.swift'), 'utf8')).toContain('resources: [.copy("PrivacyInfo.xcprivacy")]');
    expect(podspec('resource_bundles')).toEqual(['CapacitorStrongroom', `${SOURCES}/PrivacyInfo.xcprivacy`]);
    expect(existsSync(fromRoot(`${SOURCES}/PrivacyInfo.xcprivacy`))).toBe(true);
  });

  test('have everything that CocoaPods requires', () => {
    for (const attribute of ['name', 'version', 'summary', 'license', 'homepage', 'authors', 'source'])
      expect(podspec(attribute), attribute).not.toEqual([]);
  });
});

describe('the plugin', () => {
  const swift = readFileSync(fromRoot(`${SOURCES}/StrongroomPlugin.swift`), 'utf8');

  test('lists and has the methods of the contract', () => {
    const { methods } = JSON.parse(readFileSync(fromRoot('contract/bridge.json'), 'utf8'));
    const listed = [...swift.matchAll(/CAPPluginMethod\(name: "(\w+)"/g)].map(([, name]) => name);
    const there = [...swift.matchAll(/@objc func (\w+)\(_ call: CAPPluginCall\)/g)].map(([, name]) => name);
    expect(listed.sort()).toEqual(methods);
    expect(there.sort()).toEqual(methods);
  });

  test('is the only class with a name for Objective-C', () => {
    const named = readdirSync(fromRoot('ios'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.swift'))
      .filter((path) => /@objc\(\w+\)/.test(readFileSync(fromRoot(`ios/${path}`), 'utf8')));
    expect(named).toEqual(['Sources/StrongroomPlugin/StrongroomPlugin.swift']);
  });
});

describe('the privacy manifest', () => {
  const manifest = readPrivacyManifest(fromRoot(`${SOURCES}/PrivacyInfo.xcprivacy`));

  test('says that nothing is tracked or collected', () => {
    expect(manifest.keys).toEqual([
      'NSPrivacyAccessedAPITypes',
      'NSPrivacyCollectedDataTypes',
      'NSPrivacyTracking',
      'NSPrivacyTrackingDomains',
    ]);
    expect(manifest).toMatchObject({ tracking: false, domains: [], collected: [] });
  });

  test('gives a reason for what the library and the Swift sources call, and for nothing else', () => {
    const imports = JSON.parse(readFileSync(fromRoot('e2e/ios/imports.json'), 'utf8'));
    const sources = readdirSync(fromRoot(SOURCES), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.swift'))
      .map((path) => readFileSync(fromRoot(`${SOURCES}/${path}`), 'utf8'));
    expect(Object.keys(manifest.reasons).sort()).toEqual(categoriesOf(imports.System, sources));
    expect(manifest.reasons).toEqual({ NSPrivacyAccessedAPICategoryFileTimestamp: ['C617.1'] });
  });

  test.each([
    ['_mach_absolute_time', '', 'NSPrivacyAccessedAPICategorySystemBootTime'],
    ['_statfs$INODE64', '', 'NSPrivacyAccessedAPICategoryDiskSpace'],
    ['', 'UserDefaults.standard.set(1, forKey: "k")', 'NSPrivacyAccessedAPICategoryUserDefaults'],
    ['', 'try url.resourceValues(forKeys: [.creationDateKey])', 'NSPrivacyAccessedAPICategoryFileTimestamp'],
  ])('another call (%s%s) would be noticed', (imported, source, category) => {
    expect(categoriesOf([imported], [source])).toEqual([category]);
  });
});
