// Reads an Xcode project without a parser. A format other than Xcode's own is an error, never a guess.

/** Xcode replaces this in an entitlement with the prefix of the developer. */
export const PREFIX = '$(AppIdentifierPrefix)';

/**
 * The build settings of the app's target, one text for each configuration. The app's target is the one whose Info.plist Capacitor's CLI
 * writes.
 *
 * @param {import('./app.mjs').App} app
 */
export function appSettings(app) {
  const project = app.read('App', 'App.xcodeproj', 'project.pbxproj');
  const settings = [...project.matchAll(/^\s*buildSettings = \{$([\s\S]*?)^\s*\};$/gm)]
    .map(([, block = '']) => block)
    .filter((block) => settingOf(block, 'INFOPLIST_FILE') === 'App/Info.plist');
  if (settings.length === 0) throw new Error('no target of the app');
  return settings;
}

/**
 * @param {string} settings
 * @param {string} name
 */
export function settingOf(settings, name) {
  const found = new RegExp(`^\\s*${name} = (?:"((?:[^"\\\\]|\\\\.)*)"|([^;]*));$`, 'm').exec(settings);
  return (found?.[1] ?? found?.[2])?.replace(/^\$[({](SRCROOT|PROJECT_DIR)[)}]\/|^\.\//, '');
}

/**
 * The text of a property list without its comments.
 *
 * @param {import('./app.mjs').App} app
 * @param {...string} path
 */
export function readPlist(app, ...path) {
  const text = app.read(...path);
  if (!/<plist[\s\S]*<\/plist>\s*$/.test(text)) throw new Error('no XML, or not all of it');
  return text.replace(/<!--[\s\S]*?-->/g, '');
}
