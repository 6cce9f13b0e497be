import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { report } from '../report.mjs';

export const MANIFEST = 'android/app/src/main/AndroidManifest.xml';
export const INFO_PLIST = 'ios/App/App/Info.plist';
export const PAGE = 'www/index.html';
export const XCODE_PROJECT = 'ios/App/App.xcodeproj/project.pbxproj';

/** The files as the CLI creates them. */
const TEMPLATE = new Map([
  [MANIFEST, unpacked('android-template.tar.gz', 'app/src/main/AndroidManifest.xml')],
  [INFO_PLIST, unpacked('ios-spm-template.tar.gz', 'App/App/Info.plist')],
  [XCODE_PROJECT, unpacked('ios-spm-template.tar.gz', 'App/App.xcodeproj/project.pbxproj')],
]);

/** An app with the files of Capacitor's own templates that the doctor reads. */
export class Project {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-doctor-'));
  /** @type {unknown} */
  config = { appId: 'dev.strongroom.scratch' };

  constructor() {
    for (const [file, text] of TEMPLATE) this.write(file, text);
    this.install('capacitor-strongroom');
    this.secure(
      "default-src 'self'; script-src https://localhost/assets/ capacitor://localhost/assets/; frame-src 'none'",
    );
    for (const platform of ['android', 'ios']) this.capacitor(platform, '8.5.2');
  }

  /** What the doctor prints after a sync. @param {string} platform @param {Record<string, string>} environment */
  sync(platform, environment = {}) {
    /** @type {string[]} */
    const lines = [];
    report({ ...this.environment(platform), ...environment }, (text) => lines.push(text));
    return lines;
  }

  /** @param {string} platform */
  environment(platform) {
    return {
      CAPACITOR_ROOT_DIR: this.folder,
      CAPACITOR_WEB_DIR: join(this.folder, 'www'),
      CAPACITOR_PLATFORM_NAME: platform,
      CAPACITOR_CONFIG: JSON.stringify(this.config),
    };
  }

  /** How a check ended. @param {string} name @param {string} platform */
  outcome(name, platform) {
    const line = this.sync(platform, { STRONGROOM_DOCTOR: 'verbose' }).find((text) => text.includes(`: ${name} (`));
    return line?.replace(/^.*\): /, '');
  }

  /** @param {...string} names */
  install(...names) {
    const dependencies = Object.fromEntries(names.map((name) => [name, '*']));
    this.write('package.json', JSON.stringify({ dependencies }));
  }

  /** Gives the page a content security policy. @param {string} policy */
  secure(policy) {
    this.write(
      PAGE,
      `<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="${policy}"></head></html>`,
    );
  }

  /** Installs a version of Capacitor. @param {string} platform @param {string} version */
  capacitor(platform, version) {
    this.write(`node_modules/@capacitor/${platform}/package.json`, JSON.stringify({ version }));
  }

  /** @param {string} path @param {string} text */
  write(path, text) {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** @param {string} path @param {string | RegExp} from @param {string | ((found: string) => string)} to */
  replace(path, from, to) {
    const before = readFileSync(join(this.folder, path), 'utf8');
    const after = before.replaceAll(from, /** @type {string} */ (to));
    if (after === before) throw new Error(`nothing was changed in ${path}`);
    this.write(path, after);
  }

  /** @param {string} path */
  delete(path) {
    rmSync(join(this.folder, path), { recursive: true });
  }

  remove() {
    rmSync(this.folder, { recursive: true });
  }
}

/** Ways to break a file: how it is then, and a function that breaks it. @type {[string, (project: Project, path: string) => void][]} */
export const BROKEN = [
  ['is missing', (project, path) => project.delete(path)],
  ['is empty', (project, path) => project.write(path, '')],
  ['is no text', (project, path) => project.write(path, 'bplist00\0\u0001\u0002\ufffd')],
  [
    'is cut off',
    (project, path) => project.write(path, readFileSync(join(project.folder, path), 'utf8').slice(0, 150)),
  ],
  [
    'is a folder',
    (project, path) => {
      project.delete(path);
      mkdirSync(join(project.folder, path));
    },
  ],
];

/** @param {string} archive @param {string} file */
function unpacked(archive, file) {
  const path = fileURLToPath(new URL(`../../node_modules/@capacitor/cli/assets/${archive}`, import.meta.url));
  return execFileSync('tar', ['-xzOf', path, file], { encoding: 'utf8' });
}
