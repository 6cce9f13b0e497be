// What can be read of a page without a parser for it, as a browser reads it: its content security policy.

const ENTITIES = new Map([
  ['&quot;', '"'],
  ['&apos;', "'"],
  ['&#39;', "'"],
  ['&#x27;', "'"],
  ['&amp;', '&'],
]);

/**
 * The policies of a page, each with the sources of its directives. A browser asks all of them, so that one is enough to refuse.
 *
 * @param {string} html
 * @returns {Map<string, string[]>[]}
 */
export function policies(html) {
  const bare = html.replace(/<!--[\s\S]*?-->/g, '').replace(/<(script|style)\b[\s\S]*?<\/\1\s*>/gi, '');
  if (!/<[a-z!]/i.test(bare)) throw new Error('no page');
  // A browser does not look for a policy in the body.
  const [head = ''] = bare.split(/<\/head\s*>|<body\b/i);
  return [...head.matchAll(/<meta\b((?:[^>"']|"[^"]*"|'[^']*')*)>/gi)]
    .map(([, text = '']) => attributes(text))
    .filter((found) => found.get('http-equiv')?.trim().toLowerCase() === 'content-security-policy')
    .map((found) => directives(found.get('content') ?? ''));
}

/**
 * The sources that a policy names for a kind of content; `undefined` if it says nothing of it.
 *
 * @param {Map<string, string[]>} policy
 * @param {...string} names the directive, and those that stand in for it
 */
export function sources(policy, ...names) {
  const name = [...names, 'default-src'].find((each) => policy.has(each));
  return name === undefined ? undefined : policy.get(name);
}

/** Whether sources let in what comes from just any host. @param {readonly string[]} list */
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

/** Of a directive that comes twice, the first counts. @param {string} content */
function directives(content) {
  /** @type {Map<string, string[]>} */
  const policy = new Map();
  for (const part of content.split(';')) {
    const [name = '', ...list] = part.trim().split(/\s+/);
    if (name !== '' && !policy.has(name.toLowerCase())) policy.set(name.toLowerCase(), list);
  }
  return policy;
}
