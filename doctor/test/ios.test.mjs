import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { BROKEN, INFO_PLIST, Project, XCODE_PROJECT } from './project.mjs';

const GROUP = 'ABCDE12345.com.example.shared';
const ENTITLEMENTS = 'ios/App/App/App.entitlements';

/** @type {Project} */
let project;

beforeEach(() => {
  project = new Project();
});

afterEach(() => {
  project.remove();
});

/** @param {Record<string, unknown>} ios */
function configure(ios) {
  project.config = { plugins: { SecureStorage: { ios } } };
}

/** Gives the app's target a build setting, in every configuration or in one. @param {string} line @param {string} [only] */
function set(line, only) {
  const configurations = ['Debug', 'Release'];
  project.replace(XCODE_PROJECT, 'INFOPLIST_FILE = App/Info.plist;', (found) => {
    const configuration = configurations.shift();
    return only === undefined || only === configuration ? `${found}\n\t\t\t\t${line}` : found;
  });
}

/** @param {string} key @param {...string} groups */
function entitle(key, ...groups) {
  const list = groups.map((group) => `\t\t<string>${group}</string>\n`).join('');
  project.write(
    ENTITLEMENTS,
    `<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0">\n<dict>\n\t<key>${key}</key>\n\t<array>\n${list}\t</array>\n</dict>\n</plist>\n`,
  );
}

describe('the default group', () => {
  beforeEach(() => {
    project.replace(
      XCODE_PROJECT,
      /PRODUCT_BUNDLE_IDENTIFIER = [^;]*;/g,
      'PRODUCT_BUNDLE_IDENTIFIER = com.example.app;',
    );
    set('CODE_SIGN_ENTITLEMENTS = App/App.entitlements;');
  });

  test.each(['$(AppIdentifierPrefix)com.example.shared', 'ABCDE12345.com.example.app2'])(
    "causes a warning where it is not the app's own: %s",
    (group) => {
      entitle('keychain-access-groups', group, '$(AppIdentifierPrefix)com.example.app');
      expect(project.sync('ios')).toEqual([expect.stringContaining('The first group under Keychain Sharing is not')]);
      configure({ accessGroup: 'ABCDE12345.com.example.app' });
      expect(project.sync('ios')).toEqual([]);
    },
  );

  test.each([
    '$(AppIdentifierPrefix)com.example.app',
    '${TeamIdentifierPrefix}$(CFBundleIdentifier)',
    'ABCDE12345.$(PRODUCT_BUNDLE_IDENTIFIER)',
    '$(AppIdentifierPrefix)$(WHATEVER)',
  ])("causes no warning where it is, or may be, the app's own: %s", (group) => {
    entitle('keychain-access-groups', group, '$(AppIdentifierPrefix)com.example.shared');
    expect(project.sync('ios')).toEqual([]);
  });

  test('causes no warning where only app groups are listed, which come last', () => {
    entitle('com.apple.security.application-groups', 'group.com.example');
    expect(project.sync('ios')).toEqual([]);
  });
});

describe('an access group', () => {
  beforeEach(() => {
    configure({ accessGroup: GROUP });
  });

  test('causes a warning where the app has no entitlements', () => {
    expect(project.sync('ios')).toEqual([expect.stringContaining("accessGroup is not among the app's entitlements")]);
    expect(project.sync('android')).toEqual([]);
  });

  test.each([
    ['with the prefix of whoever builds it', 'keychain-access-groups', '$(AppIdentifierPrefix)com.example.shared'],
    ['with that of the team', 'keychain-access-groups', '${TeamIdentifierPrefix}com.example.shared'],
    ['as it is', 'keychain-access-groups', GROUP],
    ['with a variable', 'keychain-access-groups', '$(AppIdentifierPrefix)$(NAMESPACE).shared'],
    ['with all of the team', 'keychain-access-groups', '$(AppIdentifierPrefix)*'],
  ])('causes no warning where the entitlements name it %s', (_, key, group) => {
    set('CODE_SIGN_ENTITLEMENTS = App/App.entitlements;');
    entitle(key, '$(AppIdentifierPrefix)com.example.app', group);
    expect(project.sync('ios')).toEqual([]);
  });

  test.each([
    ['another group', 'keychain-access-groups', '$(AppIdentifierPrefix)com.example.sharedx'],
    ['it among other things', 'com.apple.developer.associated-domains', GROUP],
    ['only the app itself', 'keychain-access-groups', '$(AppIdentifierPrefix)$(CFBundleIdentifier)'],
  ])('causes a warning where the entitlements name %s', (_, key, group) => {
    set('CODE_SIGN_ENTITLEMENTS = App/App.entitlements;');
    entitle(key, group);
    expect(project.sync('ios')).toHaveLength(1);
  });

  test('causes a warning where only a comment names it', () => {
    set('CODE_SIGN_ENTITLEMENTS = App/App.entitlements;');
    entitle('keychain-access-groups', 'x');
    project.replace(ENTITLEMENTS, '<string>x</string>', `<!-- <string>${GROUP}</string> -->`);
    expect(project.sync('ios')).toHaveLength(1);
  });

  test.each([
    'ABCDE12345.com-example-shared',
    'ABCDE12345.com.example.shared2',
    'XABCDE12345.com.example.shared',
    'team.com.example.shared',
  ])('causes a warning where it only looks like one of the entitlements: %s', (group) => {
    configure({ accessGroup: group });
    set('CODE_SIGN_ENTITLEMENTS = App/App.entitlements;');
    entitle('keychain-access-groups', '$(AppIdentifierPrefix)com.example.shared');
    expect(project.sync('ios')).toHaveLength(1);
  });

  test.each(['com.example.shared', '$(AppIdentifierPrefix)com.example.shared'])(
    'causes a warning where it is not written with its prefix: %s',
    (group) => {
      configure({ accessGroup: group });
      set('CODE_SIGN_ENTITLEMENTS = App/App.entitlements;');
      entitle('keychain-access-groups', '$(AppIdentifierPrefix)com.example.shared');
      expect(project.sync('ios')).toEqual([expect.stringContaining("with the team's prefix")]);
    },
  );

  test.each(['Debug', 'Release'])('causes a warning where only %s builds have it', (configuration) => {
    set('CODE_SIGN_ENTITLEMENTS = "$(SRCROOT)/App/App.entitlements";', configuration);
    entitle('keychain-access-groups', '$(AppIdentifierPrefix)com.example.shared');
    expect(project.sync('ios')).toHaveLength(1);
  });

  test('causes a warning where only an extension has it', () => {
    const settings =
      'buildSettings = {\n\t\t\t\tCODE_SIGN_ENTITLEMENTS = App/App.entitlements;\n\t\t\t\tINFOPLIST_FILE = Share/Info.plist;\n\t\t\t};';
    project.replace(XCODE_PROJECT, /^(\s*)(buildSettings = \{)$/gm, `$1${settings}\n$1$2`);
    entitle('keychain-access-groups', '$(AppIdentifierPrefix)com.example.shared');
    expect(project.sync('ios')).toHaveLength(1);
  });

  test('may be an app group', () => {
    configure({ accessGroup: 'group.com.example' });
    set('CODE_SIGN_ENTITLEMENTS = App/App.entitlements;');
    entitle('com.apple.security.application-groups', 'group.com.example');
    expect(project.sync('ios')).toEqual([]);
  });

  test("may be the app's own, which needs no entitlement", () => {
    project.replace(
      XCODE_PROJECT,
      /PRODUCT_BUNDLE_IDENTIFIER = [^;]*;/g,
      'PRODUCT_BUNDLE_IDENTIFIER = "com.example.app";',
    );
    configure({ accessGroup: 'ABCDE12345.com.example.app' });
    expect(project.sync('ios')).toEqual([]);
  });

  test.each([undefined, '', 7, null])('causes no warning: %j', (group) => {
    configure({ accessGroup: group });
    expect(project.outcome('access-group', 'ios')).toBe('no warnings');
  });

  test.each([
    ['is named by a variable', '"$(ENTITLEMENTS)"'],
    ['is not there', 'App/Missing.entitlements'],
  ])('is not checked where the file of entitlements %s', (_, file) => {
    set(`CODE_SIGN_ENTITLEMENTS = ${file};`);
    expect(project.sync('ios')).toEqual([]);
    expect(project.outcome('access-group', 'ios')).toBe('could not check (ENOENT)');
  });

  test.each(
    [XCODE_PROJECT, ENTITLEMENTS].flatMap((file) =>
      BROKEN.map(([how, spoil]) => /** @type {const} */ ([file, how, spoil])),
    ),
  )('is not checked where %s %s', (file, _, spoil) => {
    set('CODE_SIGN_ENTITLEMENTS = App/App.entitlements;');
    entitle('keychain-access-groups', '$(AppIdentifierPrefix)com.example.other');
    expect(project.sync('ios')).toHaveLength(1);
    spoil(project, file);
    expect(project.sync('ios')).toEqual([]);
    expect(project.outcome('access-group', 'ios')).toMatch(/^could not check \(\w+\)$/);
  });
});

describe('Face ID', () => {
  const ASKS = ['userPresence', 'biometryAny', 'biometryCurrentSet'];

  test.each(ASKS)('causes a warning where nothing states a purpose: %s', (authentication) => {
    configure({ authentication });
    expect(project.sync('ios')).toEqual([expect.stringContaining('Info.plist has no NSFaceIDUsageDescription')]);
    expect(project.sync('android')).toEqual([]);
  });

  test.each(['', ' \n'])('causes a warning where a purpose is there, but says %j', (purpose) => {
    configure({ authentication: 'biometryAny' });
    project.replace(
      INFO_PLIST,
      /<dict>\n(?=\s*<key>CAPACITOR)/g,
      `<dict>\n<key>NSFaceIDUsageDescription</key><string>${purpose}</string>\n`,
    );
    expect(project.sync('ios')).toHaveLength(1);
  });

  test('causes no warning where Info.plist states a purpose', () => {
    configure({ authentication: 'biometryAny' });
    project.replace(
      INFO_PLIST,
      /<dict>\n(?=\s*<key>CAPACITOR)/g,
      '<dict>\n<key>NSFaceIDUsageDescription</key>\n\t<string>To unlock.</string>\n',
    );
    expect(project.sync('ios')).toEqual([]);
    project.replace(INFO_PLIST, /(<key>NSFace[\s\S]*?<\/string>)/g, '<!-- $1 -->');
    expect(project.sync('ios')).toHaveLength(1);
  });

  test('causes no warning where a build setting does, in every configuration', () => {
    configure({ authentication: 'biometryAny' });
    set('INFOPLIST_KEY_NSFaceIDUsageDescription = "To unlock.";');
    expect(project.sync('ios')).toEqual([]);
  });

  test('causes a warning where that is so in one configuration alone', () => {
    configure({ authentication: 'biometryAny' });
    set('INFOPLIST_KEY_NSFaceIDUsageDescription = "To unlock.";', 'Debug');
    expect(project.sync('ios')).toHaveLength(1);
  });

  test.each(['devicePasscode', undefined])('causes no warning for %j', (authentication) => {
    configure({ authentication });
    expect(project.sync('ios')).toEqual([]);
  });

  test.each(
    [INFO_PLIST, XCODE_PROJECT].flatMap((file) =>
      BROKEN.map(([how, spoil]) => /** @type {const} */ ([file, how, spoil])),
    ),
  )('is not checked where %s %s', (file, _, spoil) => {
    configure({ authentication: 'biometryAny' });
    spoil(project, file);
    expect(project.sync('ios')).toEqual([]);
    expect(project.outcome('face-id', 'ios')).toMatch(/^could not check \(\w+\)$/);
  });
});
