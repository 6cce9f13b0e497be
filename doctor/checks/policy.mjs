import { isOpen, policies, sources } from '../page.mjs';

/** @type {import('../report.mjs').Check} */
export const policy = {
  name: 'policy',
  platforms: ['android', 'ios'],
  look(app) {
    if (app.isServed()) return [];
    const found = policies(app.page());
    if (found.length === 0) return [MISSING];
    const faults = found.map(faultOf);
    const [fault] = faults;
    // Of several policies, a script has to pass all.
    return fault === undefined || faults.includes(undefined) ? [] : [{ what: LETS_IN, why: `${fault} ${MEND}` }];
  },
};

const MEND =
  'A script that was slipped into the page can ask the plugin for every secret. Name where the scripts of the app lie, and nothing else: docs/guide/hardening.md.';

const MISSING = {
  what: 'index.html has no Content-Security-Policy.',
  why: "A script that was slipped into the page, by a dependency or an injection, can ask the plugin for every secret. Add a policy to the head of the page, with script-src, frame-src 'none', object-src 'none' and base-uri 'none': docs/guide/hardening.md. It keeps scripts out; one that runs all the same can send what it reads.",
};

const LETS_IN = 'The Content-Security-Policy of index.html lets other scripts run than those the app came with.';

/** @param {Map<string, string[]>} policy @returns {string | undefined} */
function faultOf(policy) {
  const scripts = sources(policy, 'script-src-elem', 'script-src')?.map((source) => source.toLowerCase());
  if (scripts === undefined) return 'It has neither script-src nor default-src.';
  const isNarrowed = scripts.some((source) => /^'(nonce-|sha\d+-|strict-dynamic)/.test(source));
  if (scripts.includes("'unsafe-inline'") && !isNarrowed) return "It allows 'unsafe-inline' for scripts.";
  if (scripts.includes("'unsafe-eval'")) return "It allows 'unsafe-eval'.";
  return isOpen(scripts) && !scripts.includes("'strict-dynamic'") ? 'It allows scripts from any host.' : undefined;
}
