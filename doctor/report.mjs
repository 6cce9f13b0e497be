import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { App } from './app.mjs';
import { accessGroup } from './checks/access-group.mjs';
import { backup } from './checks/backup.mjs';
import { bundle } from './checks/bundle.mjs';
import { clash } from './checks/clash.mjs';
import { faceId } from './checks/face-id.mjs';
import { frames } from './checks/frames.mjs';
import { logging } from './checks/logging.mjs';
import { options } from './checks/options.mjs';
import { policy } from './checks/policy.mjs';
import { proxy } from './checks/proxy.mjs';
import { server } from './checks/server.mjs';
import { updater } from './checks/updater.mjs';

/**
 * @typedef {object} Warning
 * @property {string} what
 * @property {string} why the risk, and what to do
 *
 * @typedef {object} Check
 * @property {string} name a heading in docs/guide/doctor.md
 * @property {readonly string[]} platforms
 * @property {(app: App) => Warning[]} look throws if it cannot read what it needs
 */

/** @type {readonly Check[]} */
export const CHECKS = [
  logging,
  backup,
  accessGroup,
  faceId,
  clash,
  options,
  server,
  policy,
  proxy,
  frames,
  bundle,
  updater,
];

/**
 * Runs the checks of the synced platform, and prints their warnings.
 *
 * @param {NodeJS.ProcessEnv} env as Capacitor's CLI sets it for its hooks
 * @param {(text: string) => void} print
 */
export function report(env, print) {
  if (env.STRONGROOM_DOCTOR === 'off') return;
  const app = new App(env);
  for (const check of CHECKS.filter(({ platforms }) => platforms.includes(app.platform))) {
    const { warnings, outcome } = examine(check, app);
    for (const warning of warnings) print(written(warning, check, app));
    if (env.STRONGROOM_DOCTOR === 'verbose') print(`[info] Strongroom: ${check.name} (${app.platform}): ${outcome}`);
  }
}

/**
 * A check that throws gives no warning: it does not judge whether the app can be built.
 *
 * @param {Check} check
 * @param {App} app
 */
function examine(check, app) {
  try {
    const warnings = check.look(app);
    return { warnings, outcome: warnings.length === 0 ? 'no warnings' : `warnings: ${warnings.length}` };
  } catch (error) {
    // Without the message: that of a JSON parser quotes the configuration, which may contain the password of a keystore.
    const { code, name } = /** @type {NodeJS.ErrnoException} */ (error);
    return { warnings: [], outcome: `could not check (${code ?? name})` };
  }
}

/**
 * @param {Warning} warning
 * @param {Check} check
 * @param {App} app
 */
function written({ what, why }, { name }, { root, platform }) {
  const page = relative(root, fileURLToPath(new URL('../docs/guide/doctor.md', import.meta.url)));
  return `[warn] Strongroom (${platform}): ${what}\n       ${why}\n       More: ${page}#${name}`;
}
