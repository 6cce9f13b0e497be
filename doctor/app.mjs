import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** The synced app, as Capacitor's CLI describes it to its hooks. */
export class App {
  /** @type {unknown} */
  #config;
  #json;
  #web;

  /** @param {NodeJS.ProcessEnv} env */
  constructor(env) {
    this.root = env.CAPACITOR_ROOT_DIR ?? '';
    this.platform = env.CAPACITOR_PLATFORM_NAME ?? '';
    this.#json = env.CAPACITOR_CONFIG ?? '';
    this.#web = env.CAPACITOR_WEB_DIR ?? '';
  }

  /**
   * The value at a path of the Capacitor configuration, or `undefined`.
   *
   * @param {...string} path
   * @returns {unknown}
   */
  setting(...path) {
    this.#config ??= JSON.parse(this.#json);
    return path.reduce(property, this.#config);
  }

  /** The packages that the CLI builds into the app. */
  plugins() {
    const included = this.setting(this.platform, 'includePlugins') ?? this.setting('includePlugins');
    if (Array.isArray(included)) return included.map(String);
    /** @type {unknown} */
    const description = JSON.parse(text(resolve(this.root, 'package.json')));
    return ['dependencies', 'devDependencies'].flatMap((kind) => Object.keys(property(description, kind) ?? {}));
  }

  /**
   * The version of an installed package, in the folder of the app or in one above.
   *
   * @param {string} name
   * @returns {[number, number, number]}
   */
  version(name) {
    for (let folder = this.root, above = ''; folder !== above; above = folder, folder = dirname(folder)) {
      const file = resolve(folder, 'node_modules', name, 'package.json');
      if (!existsSync(file)) continue;
      const [, ...parts] = /^(\d+)\.(\d+)\.(\d+)/.exec(String(property(JSON.parse(text(file)), 'version'))) ?? [];
      const [major = NaN, minor = NaN, patch = NaN] = parts.map(Number);
      if (Number.isNaN(patch)) throw new Error('no version');
      return [major, minor, patch];
    }
    throw new Error('not installed');
  }

  /** The text of the app's start page. */
  page() {
    return text(resolve(this.root, this.#web || String(this.setting('webDir')), 'index.html'));
  }

  /** True if the page comes from a server, not from the synced folder. */
  isServed() {
    return typeof this.setting('server', 'url') === 'string';
  }

  /**
   * The text of a file in the platform's project.
   *
   * @param {...string} path
   */
  read(...path) {
    const folder = this.setting(this.platform, 'path');
    return text(resolve(this.root, typeof folder === 'string' ? folder : this.platform, ...path));
  }
}

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {unknown}
 */
export function property(value, name) {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param {string} file */
function text(file) {
  return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
}
