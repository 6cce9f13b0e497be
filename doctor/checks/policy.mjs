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
    // A script runs only if every policy allows it.
    return fault === undefined || faults.includes(undefined) ? [] : [{ what: LETS_IN, why: `${fault} ${MEND}` }];
  },
};

const MEND =
  "A script that was inserted into the page can read every secret. Allow only the folder of the app's scripts: docs/guide/hardening.md.";

const MISSING = {
  what: 'index.html has no Content-Security-Policy.',
  why: "A script that was inserted into the page, by a dependency or an injection, can read every secret. Add a policy to the head of the page, with script-src, frame-src 'none', object-src 'none' and base-uri 'none': docs/guide/hardening.md. The policy keeps scripts out. A script that runs anyway can send what it reads.",
};

const LETS_IN = 'The Content-Security-Policy of index.html allows scripts that are not part of the app.';

/** @param {Map<string, string[]>} policy @returns {string | undefined} */
function faultOf(policy) {
  const scripts = sources(policy, 'script-src-elem', 'script-src')?.map((source) => source.toLowerCase());
  if (scripts === undefined) return 'It has neither script-src nor default-src.';
  const isNarrowed = scripts.some((source) => /^'(nonce-|sha\d+-|strict-dynamic)/.test(source));
  if (scripts.includes("'unsafe-inline'") && !isNarrowed) return "It allows 'unsafe-inline' for scripts.";
  if (scripts.includes("'unsafe-eval'")) return "It allows 'unsafe-eval'.";
  return isOpen(scripts) && !scripts.includes("'strict-dynamic'") ? 'It allows scripts from any host.' : undefined;
}
