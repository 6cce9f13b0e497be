// Reads the content security policy of a page as a browser does, without an HTML parser.

const ENTITIES = new Map([
  ['&quot;', '"'],
  ['&apos;', "'"],
  ['&#39;', "'"],
  ['&#x27;', "'"],
  ['&amp;', '&'],
]);

/**
 * The policies of a page, each with the sources of its directives. A browser applies all of them, so one is enough to refuse.
 *
 * @param {string} html
 * @returns {Map<string, string[]>[]}
 */
export function policies(html) {
  const bare = html.replace(/<!--[\s\S]*?-->/g, '').replace(/<(script|style)\b[\s\S]*?<\/\1\s*>/gi, '');
  if (!/<[a-z!]/i.test(bare)) throw new Error('no page');
  // A browser ignores a policy in the body.
  const [head = ''] = bare.split(/<\/head\s*>|<body\b/i);
  return [...head.matchAll(/<meta\b((?:[^>"']|"[^"]*"|'[^']*')*)>/gi)]
    .map(([, text = '']) => attributes(text))
    .filter((found) => found.get('http-equiv')?.trim().toLowerCase() === 'content-security-policy')
    .map((found) => directives(found.get('content') ?? ''));
}

/**
 * The sources that a policy allows for a kind of content; `undefined` if it has no directive for it.
 *
 * @param {Map<string, string[]>} policy
 * @param {...string} names the directive, and its fallbacks
 */
export function sources(policy, ...names) {
  const name = [...names, 'default-src'].find((each) => policy.has(each));
  return name === undefined ? undefined : policy.get(name);
}

/** True if the sources allow any host. @param {readonly string[]} list */
export function isOpen(list) {
  return list.some((source) =>
    /^(?:\*|https?:|wss?:|data:|blob:|filesystem:|(?:https?:\/\/)?\*(?::.*|\/.*)?)$/i.test(source),
  );
}

/** @param {string} text */
function attributes(text) {
  const found = text.matchAll(/([^\s"'=/]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g);
  return new Map([...found].map(([, name = '', a, b, c]) => [name.toLowerCase(), decoded(a ?? b ?? c ?? '')]));
}

/** @param {string} text */
function decoded(text) {
  return text.replace(/&(?:quot|apos|amp|#39|#x27);/gi, (entity) => ENTITIES.get(entity.toLowerCase()) ?? entity);
}

/** If a directive appears twice, the first counts. @param {string} content */
function directives(content) {
  /** @type {Map<string, string[]>} */
  const policy = new Map();
  for (const part of content.split(';')) {
    const [name = '', ...list] = part.trim().split(/\s+/);
    if (name !== '' && !policy.has(name.toLowerCase())) policy.set(name.toLowerCase(), list);
  }
  return policy;
}
