import { readFileSync } from 'node:fs';

import { isObject, property } from '../app.mjs';

/** @type {import('../report.mjs').Check} */
export const options = {
  name: 'options',
  platforms: ['android', 'ios'],
  look(app) {
    const given = app.setting('plugins', 'SecureStorage');
    return isObject(given) ? [...problems(given, declared(), 'plugins.SecureStorage'), ...contradictions(app)] : [];
  },
};

/**
 * The rule for an option: the name of a type, the allowed values, or more options.
 *
 * @typedef {string | readonly unknown[] | { readonly [name: string]: Rule }} Rule
 */

/** The options of definitions.ts. The build writes this file. @returns {Rule} */
function declared() {
  return JSON.parse(readFileSync(new URL('../../dist/options.json', import.meta.url), 'utf8'));
}

/**
 * @param {unknown} value
 * @param {Rule} rule
 * @param {string} place
 * @returns {import('../report.mjs').Warning[]}
 */
function problems(value, rule, place) {
  if (typeof rule === 'string') return typeof value === rule ? [] : [wrong(place, `must be a ${rule}`)];
  if (Array.isArray(rule)) return rule.includes(value) ? [] : [wrong(place, `must be one of ${rule.join(', ')}`)];
  if (!isObject(value)) return [wrong(place, 'must be an object')];
  return Object.entries(value).flatMap(([name, option]) => {
    const inner = /** @type {Rule | undefined} */ (property(rule, name));
    if (inner === undefined) return [unknown(place, name, Object.keys(rule))];
    return problems(option, inner, `${place}.${name}`);
  });
}

/** Options that are refused together. @param {import('../app.mjs').App} app */
function contradictions(app) {
  const ios = (/** @type {string} */ name) => app.setting('plugins', 'SecureStorage', 'ios', name);
  if (ios('onReinstall') !== 'clear') return [];
  const others = [
    typeof ios('accessGroup') === 'string' ? 'accessGroup' : '',
    ios('synchronizable') === true ? 'synchronizable' : '',
  ].filter((name) => name !== '');
  return others.map((name) => ({
    what: `plugins.SecureStorage.ios.onReinstall is 'clear' together with ${name}.`,
    why: "Every call will reject with INVALID_ARGUMENT, because other apps or the user's other devices would lose their items. Remove one of the two options.",
  }));
}

/** @param {string} place @param {string} rule */
function wrong(place, rule) {
  return { what: `${place} ${rule}.`, why: 'Every call will reject with INVALID_ARGUMENT. Correct the value.' };
}

/** @param {string} place @param {string} name @param {string[]} names */
function unknown(place, name, names) {
  const meant = names.find((other) => other.toLowerCase() === name.toLowerCase());
  return {
    what: `${place}.${name} is not an option.`,
    why: `Every call will reject with INVALID_ARGUMENT. ${meant === undefined ? `The options are ${names.join(', ')}.` : `Did you mean ${meant}?`}`,
  };
}
