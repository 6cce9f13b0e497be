// The R8 of Android's Gradle plugin 9.5 checks the plugin's rules before it uses them: it refuses a library that decides for the app.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { fromRoot } from '../../scripts/paths.mjs';

import { OUR_RULES, SHRINK, writeRules } from './shrinker.mjs';

test('the rules are accepted as those of a library', () => {
  expect(refusal(OUR_RULES)).toBe('');
});

test.each(['-dontobfuscate', '-printmapping mapping.txt'])('%s would be refused', (rule) => {
  const rules = writeRules('consumer', [readFileSync(OUR_RULES, 'utf8'), rule]);
  expect(refusal(rules)).toContain(rule.split(' ')[0]);
});

/** The defects that R8 reports for rules. @param {string} rules a file */
function refusal(rules) {
  const source = fromRoot('e2e/shrink/ConsumerRules.java');
  const options = ['-XX:TieredStopAtLevel=1', '-cp', join(SHRINK, 'tools/r8-9.jar'), source, rules];
  const { status, stdout, stderr } = spawnSync('java', options, { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(stdout === '' ? 0 : 1);
  return stdout;
}
