// What can be read of an Xcode project without a parser for it. What is written in another way than Xcode's is an error, never a guess.

/** The prefix of an app's developer in an entitlement, which Xcode fills in. */
export const PREFIX = '$(AppIdentifierPrefix)';

/**
 * The build settings of the app's target, one text for each configuration. Its target is the one with the Info.plist that Capacitor's
 * CLI writes to.
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
