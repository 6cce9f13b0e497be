// rename-aparajita.mjs: gives the old plugin another name than Strongroom's, in the copy that npm has installed
import { readFileSync, writeFileSync } from 'node:fs';

const folder = 'node_modules/@aparajita/capacitor-secure-storage';
const names = {
  'android/src/main/java/com/aparajita/capacitor/securestorage/SecureStorage.java': '@CapacitorPlugin(name = "',
  'ios/Sources/SecureStoragePlugin/Plugin.swift': 'jsName = "',
  'dist/esm/index.js': "registerPlugin('",
  'dist/plugin.cjs': "registerPlugin('",
};

for (const [file, before] of Object.entries(names)) {
  const path = `${folder}/${file}`;
  const source = readFileSync(path, 'utf8');
  if (source.includes(`${before}OldSecureStorage`)) continue;
  if (!source.includes(`${before}SecureStorage`)) throw new Error(`${path} is not the one of version 8.0.1`);
  writeFileSync(path, source.replace(`${before}SecureStorage`, `${before}OldSecureStorage`));
}
