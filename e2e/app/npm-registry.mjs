import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, dirname, join } from 'node:path';

/**
 * A registry for npm on this machine. It has the packages that are installed in a folder and no others. `latest` is the version that
 * the lock file of that folder names.
 */
export class NpmRegistry {
  /** The names of the packages that were fetched. @type {Set<string>} */
  fetched = new Set();

  #modules;
  #server;
  /** @type {Map<string, Map<string, string>>} folders by name and version */
  #packages = new Map();

  /** @param {string} folder */
  constructor(folder) {
    this.#modules = join(folder, 'node_modules');
    const { packages } = JSON.parse(readFileSync(join(this.#modules, '.package-lock.json'), 'utf8'));
    for (const [path, { version }] of Object.entries(packages)) {
      const name = path.replace(/^.*node_modules\//, '');
      this.#packages.set(name, (this.#packages.get(name) ?? new Map()).set(version, join(folder, path)));
    }
    this.#server = createServer((request, response) => {
      const [name, version] = decodeURIComponent(String(request.url)).slice(1).split('/-/');
      const folders = this.#packages.get(String(name));
      const installed = folders?.get(String(version));
      if (installed) {
        this.fetched.add(String(name));
        // npm removes the first folder, whatever its name.
        const options = ['--exclude', 'node_modules', '-C', dirname(installed), basename(installed)];
        spawn('tar', ['-czf', '-', ...options], { stdio: ['ignore', 'pipe', 'inherit'] }).stdout.pipe(response);
      } else if (folders && version === undefined) {
        response.end(JSON.stringify(this.#describe(String(name), folders)));
      } else {
        response.writeHead(404).end('{}');
      }
    });
  }

  /** @param {string} folder */
  static async start(folder) {
    const registry = new NpmRegistry(folder);
    registry.#server.listen(0, '127.0.0.1');
    await once(registry.#server, 'listening');
    return registry;
  }

  get url() {
    return `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (this.#server.address()).port}/`;
  }

  async close() {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  /** @param {string} name @param {Map<string, string>} folders */
  #describe(name, folders) {
    const versions = Object.fromEntries(
      [...folders].map(([version, folder]) => {
        const description = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
        return [version, { ...description, dist: { tarball: `${this.url}${name}/-/${version}` } }];
      }),
    );
    const latest = [...folders].find(([, folder]) => folder === join(this.#modules, name)) ?? [...folders][0];
    return { name, versions, 'dist-tags': { latest: latest?.[0] } };
  }
}
