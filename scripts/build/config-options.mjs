import { parse } from '@capacitor/docgen';

/**
 * The options under `plugins.SecureStorage` from definitions.ts. For each: its values, the name of its type, or its own options.
 *
 * @typedef {string | string[] | { [name: string]: Rule }} Rule
 *
 * @param {string} tsconfigPath
 */
export function configOptions(tsconfigPath) {
  const declarations = parse({ tsconfigPath });
  const { pluginConfigs, typeAliases } = declarations('SecureStorageApi');

  return rules(pluginConfigs.find(({ name }) => name === 'SecureStorage')?.properties ?? []);

  /** @param {{ name: string, type: string }[]} properties @returns {Record<string, Rule>} */
  function rules(properties) {
    if (properties.length === 0) throw new Error('definitions.ts declares no options');
    return Object.fromEntries(properties.map(({ name, type }) => [name, rule(type)]));
  }

  /** @param {string} type @returns {Rule} */
  function rule(type) {
    if (['string', 'number', 'boolean'].includes(type)) return type;
    const alias = typeAliases.find(({ name }) => name === type)?.types.map(({ text }) => text);
    const values = alias ?? type.split(' | ');
    if (values.every((value) => /^'.*'$/.test(value))) return values.map((value) => value.slice(1, -1));
    return rules(declarations(type).api?.properties ?? []);
  }
}
