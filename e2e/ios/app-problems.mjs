import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';

import { readPodspec, readSwiftPackage } from './manifests.mjs';

/** @import { ScratchApp } from '../app/scratch-app.mjs' */

/** Reasons why Xcode would not find the plugin through the Swift package that the CLI wrote. @param {ScratchApp} app */
export function swiftPackageProblems(app) {
  const text = app.read('ios/App/CapApp-SPM/Package.swift');
  const packages = [...text.matchAll(/\.package\(name: "([^"]+)", path: "([^"]+)"\)/g)];
  const products = [...text.matchAll(/\.product\(name: "([^"]+)", package: "([^"]+)"\)/g)]
    .map(([, product, from]) => `${product} of ${from}`)
    .filter((product) => !product.endsWith(' of capacitor-swift-pm'));
  if (packages.length !== 1) return [`the app names ${packages.length} plugins, not one`];
  const [, name = '', path = ''] = packages[0] ?? [];
  const folder = resolve(app.folder, 'ios/App/CapApp-SPM', path);
  const found = readSwiftPackage(folder);
  return [
    ...(products.join() === `${name} of ${name}` ? [] : [`the app links ${products.join() || 'nothing'}`]),
    ...(realpathSync(folder) === realpathSync(app.plugin) ? [] : ['the app looks for the plugin elsewhere']),
    ...(found.package === name ? [] : [`the package is ${found.package}, the app requires ${name}`]),
    ...(found.libraries[name] ? [] : [`the package has no library ${name}`]),
    ...classProblems(app),
  ];
}

/** Reasons why CocoaPods would not find the plugin through the Podfile that the CLI wrote. @param {ScratchApp} app */
export function podProblems(app) {
  const pods = [...app.read('ios/App/Podfile').matchAll(/^ *pod '([^']+)', :path => '([^']+)'/gm)].filter(
    ([, name]) => name !== 'Capacitor' && name !== 'CapacitorCordova',
  );
  if (pods.length !== 1) return [`the app names ${pods.length} plugins, not one`];
  const [, name = '', path = ''] = pods[0] ?? [];
  const podspec = resolve(app.folder, 'ios/App', path, `${name}.podspec`);
  if (!existsSync(podspec)) return [`there is no ${name}.podspec where the app looks for it`];
  const [found] = readPodspec(podspec)('name');
  return [...(found === name ? [] : [`the pod is ${found}, the app requires ${name}`]), ...classProblems(app)];
}

/** Capacitor starts the classes on this list. @param {ScratchApp} app */
function classProblems(app) {
  const { packageClassList } = app.readJson('ios/App/App/capacitor.config.json');
  const classes = String(packageClassList);
  return classes === 'StrongroomPlugin' ? [] : [`the app starts ${classes || 'no class'}`];
}
