import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Android's name for the folder of an app that backups exclude. */
const FOLDER = /(^|\/)no_backup(\/|$)/;

/**
 * The files of the app that are outside of backups, where the plugin keeps its stores: digest by path.
 *
 * @param {string} data
 * @returns {Map<string, string>}
 */
export function vaultFiles(data) {
  const entries = readdirSync(data, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    paths
      .filter((path) => FOLDER.test(path))
      .sort()
      .map((path) => [path, createHash('sha256').update(readFileSync(path)).digest('hex')]),
  );
}
