// Google's manifest merger and lint, without Gradle and without an SDK: `mvn -f e2e/android/pom.xml process-resources` fetches them.

import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { fromRoot } from '../../scripts/paths.mjs';

const TOOLS = fromRoot('build/android-tools');
const JVM = ['-Xmx1g', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

// Capacitor's CLI reads manifests with it.
const { parseStringPromise } = createRequire(fromRoot('node_modules/@capacitor/cli/package.json'))('xml2js');

/**
 * A manifest, with what Gradle adds to it. An archive has it already, and no numbers here.
 *
 * @typedef {{ namespace: string, minSdk: string, targetSdk: string, manifest: string }} Manifest
 */
/** @typedef {{ severity: string, message: string, file: string }} Problem */
/** @typedef {{ id: string, severity: string, category: string, message: string, file: string }} Finding */
/** @typedef {{ name: string, library: boolean, manifest: string, sources?: string[], resources?: string[] }} Module */

/** The plugin. */
export const OURS = libraryIn(fromRoot('android'));
/** The library of Capacitor. */
export const CAPACITOR = libraryIn(fromRoot('node_modules/@capacitor/android/capacitor'));

/** A library as its build.gradle has it where the app says nothing else. @param {string} folder @returns {Manifest} */
export function libraryIn(folder) {
  return inGradle(folder, readFileSync(join(folder, 'build.gradle'), 'utf8'));
}

/** The app of an Android project. @param {string} folder @returns {Manifest} */
export function appIn(folder) {
  const gradle = ['variables.gradle', 'app/build.gradle'].map((file) => readFileSync(join(folder, file), 'utf8'));
  return inGradle(join(folder, 'app'), gradle.join('\n'));
}

/** @param {string} folder @param {string} gradle @returns {Manifest} */
function inGradle(folder, gradle) {
  const [, namespace] = /namespace = ["'](.+)["']/.exec(gradle) ?? [];
  const [minSdk, targetSdk] = ['min', 'target'].map(
    (which) => new RegExp(`${which}SdkVersion (?:=|.* :) (\\d+)$`, 'm').exec(gradle)?.[1],
  );
  if (!namespace || !minSdk || !targetSdk) throw new Error(`${folder} has no namespace or no numbers of an SDK`);
  return { namespace, minSdk, targetSdk, manifest: join(folder, 'src/main/AndroidManifest.xml') };
}

/** The tools, with a temporary folder for what they read and write. */
export class GoogleTools {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-android-'));
  #classPath = `${this.folder}:${readFileSync(join(TOOLS, 'classpath.txt'), 'utf8').trim()}`;

  constructor() {
    const source = fromRoot('e2e/android/MergeManifests.java');
    execFileSync('javac', ['-d', this.folder, '-cp', this.#classPath, source], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  /** @param {string} path @param {string} content @returns {string} the file */
  write(path, content) {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  /** JNA, on which the plugin depends. @returns {Manifest} */
  jna() {
    const manifest = execFileSync('unzip', ['-p', join(TOOLS, 'jna.aar'), 'AndroidManifest.xml'], { encoding: 'utf8' });
    return {
      namespace: 'com.sun.jna',
      minSdk: '',
      targetSdk: '',
      manifest: this.write('jna/AndroidManifest.xml', manifest),
    };
  }

  /**
   * Merges the manifests of libraries into that of an app.
   *
   * @param {Manifest} app
   * @param {Manifest[]} libraries
   */
  async merge(app, ...libraries) {
    const folder = mkdtempSync(join(this.folder, 'merged-'));
    const manifests = [app, ...libraries].map((of) => [of.namespace, of.minSdk, of.targetSdk, of.manifest].join());
    const answer = await this.#java('MergeManifests', folder, ...manifests);
    /** @type {Problem[]} */
    const problems = JSON.parse(answer);
    return {
      problems,
      /** The path of one of the manifests after the merge. @param {Manifest} of */
      file: ({ namespace }) => join(folder, `${namespace}.xml`),
      text: () => readFileSync(join(folder, `${app.namespace}.xml`), 'utf8'),
    };
  }

  /**
   * What lint reports about security and correctness.
   *
   * @param {Module[]} modules
   * @param {string[]} classPath the classes that the sources name, those of Android among them
   * @returns {Promise<Finding[]>}
   */
  async lint(modules, classPath) {
    const descriptions = modules.map((module) => describeModule(module, classPath));
    const project = this.write(
      'project.xml',
      `<project><root dir="${this.folder}"/>\n${descriptions.join('\n')}\n</project>\n`,
    );
    const report = join(this.folder, 'report.xml');
    const options = ['--project', project, '--offline', '--fullpath', '--check', 'Security,Correctness'];
    await this.#java('com.android.tools.lint.Main', ...options, '--xml', report);
    const { issues } = await parseStringPromise(readFileSync(report, 'utf8'));
    return (issues.issue ?? []).map((/** @type {any} */ { $, location }) => ({ ...$, file: location[0].$.file }));
  }

  remove() {
    rmSync(this.folder, { recursive: true });
  }

  /** @param {string} main a class @param {string[]} options @returns {Promise<string>} what it prints */
  async #java(main, ...options) {
    // Lint keeps a cache and settings there, not with whoever runs the tests.
    const home = `-Duser.home=${this.folder}`;
    const { stdout } = await promisify(execFile)('java', [...JVM, home, '-cp', this.#classPath, main, ...options], {
      maxBuffer: 64 * 1024 * 1024,
      env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
    });
    return stdout;
  }
}

/** @param {Module} module @param {string[]} classPath */
function describeModule({ name, library, manifest, sources = [], resources = [] }, classPath) {
  return [
    `<module name="${name}" android="true" library="${library}" compile-sdk-version="36">`,
    `<manifest file="${manifest}"/>`,
    ...sources.map((file) => `<src file="${file}"/>`),
    ...resources.map((file) => `<resource file="${file}"/>`),
    ...classPath.map((file) => `<classpath jar="${file}"/>`),
    '</module>',
  ].join('\n');
}
