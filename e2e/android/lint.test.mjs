// Android's lint over the plugin and the example app, for what its checks of security and correctness find. It has the classes of the
// simulator in the place of an SDK, so it does not know in which version of Android a method appeared (NewApi).

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { fromRoot } from '../../scripts/paths.mjs';

import { CAPACITOR, GoogleTools, OURS, appIn } from './google-tools.mjs';

/** @import { Finding } from './google-tools.mjs' */

const EXAMPLE = appIn(fromRoot('example-app/android'));

// What is planted in the plugin calls a class of the plugin, of Capacitor, of Android and of Java.
const KOTLIN = `package dev.strongroom.capacitor

import android.content.Context
import com.getcapacitor.Plugin
import javax.crypto.Cipher

class Planted : Plugin() {
    fun cipher(): Cipher = Cipher.getInstance("AES")

    fun file() = getContext().openFileOutput("secrets", Context.MODE_WORLD_READABLE)

    fun search() = Strongroom::class.java to getContext().getSystemService(Context.ALARM_SERVICE) as android.app.SearchManager
}
`;
const MANIFEST = `<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="dev.strongroom.planted">
  <uses-sdk android:minSdkVersion="24" />
  <application android:debuggable="true">
    <service android:name=".Missing" android:exported="true" />
  </application>
</manifest>
`;

const tools = new GoogleTools();
/** @type {Finding[]} */
let findings;
/** @type {string[]} */
let planted;

beforeAll(async () => {
  const { problems, file } = await tools.merge(EXAMPLE, CAPACITOR, OURS);
  expect(problems).toEqual([]);
  const plantedCode = tools.write('dev/strongroom/capacitor/Planted.kt', KOTLIN);
  const plantedManifest = tools.write('planted/AndroidManifest.xml', MANIFEST);
  planted = [plantedCode, plantedManifest];
  const simulator = readFileSync(fromRoot('simulator/android/target/classpath.txt'), 'utf8').trim().split(':');
  findings = await tools.lint(
    [
      {
        name: 'plugin',
        library: true,
        manifest: file(OURS),
        // Without what UniFFI writes, which takes as long as all of the rest. Its classes are in the class path.
        sources: [...filesBelow('android/src/main/kotlin/dev/strongroom/capacitor'), plantedCode],
      },
      { name: 'planted', library: true, manifest: plantedManifest },
      {
        name: 'example',
        library: false,
        manifest: file(EXAMPLE),
        sources: filesBelow('example-app/android/app/src/main/java'),
        resources: filesBelow('example-app/android/app/src/main/res'),
      },
    ],
    [
      fromRoot('simulator/android/target/classes'),
      ...simulator.filter((path) => /\/(android-all|jna|kotlin-stdlib)\//.test(path)),
    ],
  );
});

afterAll(() => tools.remove());

/** @param {string} folder */
function filesBelow(folder) {
  const entries = readdirSync(fromRoot(folder), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** What must not be: errors, and warnings about security. @param {Finding[]} of */
function grave(of) {
  return of.filter(({ severity, category }) => /^(Error|Fatal)$/.test(severity) || category.startsWith('Security'));
}

test('lint has nothing against the plugin and the example app', () => {
  const ours = grave(findings.filter(({ file }) => !planted.includes(file)));
  expect(ours.map(({ id, message }) => `${id}: ${message}`).sort()).toEqual([
    // For Android 11 and older, which obey `allowBackup="false"`, it is not needed.
    expect.stringMatching(/^DataExtractionRules: .*you should also set `android:fullBackupContent`/),
    // AndroidX comes from Google's repository.
    expect.stringMatching(/^MissingClass: .*`androidx.coordinatorlayout.widget.CoordinatorLayout`/),
  ]);
});

describe('what is wrong is found', () => {
  test.each([
    ['a cipher without a mode', 'GetInstance', 'Security'],
    ['a file that every app may read', 'WorldReadableFiles', 'Security'],
    ['a cast that fails', 'ServiceCast', 'Correctness'],
    ['an app that can be debugged', 'HardcodedDebugMode', 'Security'],
    ['a service for every app', 'ExportedService', 'Security'],
    ['a class that is not there', 'MissingClass', 'Correctness'],
  ])('%s', (_, id, category) => {
    const found = grave(findings.filter(({ file }) => planted.includes(file)));
    expect(found).toContainEqual(expect.objectContaining({ id, category }));
  });

  test('and nothing else', () => {
    const found = findings.filter(({ file }) => planted.includes(file));
    expect(found).toHaveLength(6);
  });
});
