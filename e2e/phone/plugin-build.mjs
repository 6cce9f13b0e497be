import { readFileSync } from 'node:fs';

import { fromRoot } from '../../scripts/paths.mjs';

/** Capacitor's core and the plugin as scripts for a page, defining `capacitorExports` and `capacitorStrongroom`. */
export function pluginScripts() {
  return ['node_modules/@capacitor/core/dist/capacitor.js', 'dist/plugin.js'].map((file) =>
    readFileSync(fromRoot(file), 'utf8'),
  );
}
