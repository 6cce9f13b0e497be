import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** @typedef {import('./on-phone.mjs').PhoneWithPlugins} PhoneWithPlugins */

const VAULTS = 'no_backup/strongroom';
const VAULT = `${VAULTS}/default.vault`;
const PREFERENCES = { mk: 'shared_prefs/cap_sec.xml', ap: 'shared_prefs/WSSecureStorageSharedPreferences.xml' };

/** Changes a bit in the value of the first record, while the app does not run. @param {PhoneWithPlugins} phone */
export function damageFirstRecord(phone) {
  const bytes = readFileSync(phone.file(VAULT));
  // The header contains its own length; docs/internals/storage-format.md says where the ciphertext of a frame begins.
  const at = bytes.readUInt16LE(10) + 80;
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(phone.file(VAULT), bytes);
}

/** The file of one of the other plugins. @param {PhoneWithPlugins} phone @param {'mk' | 'ap'} side */
export function preferences(phone, side) {
  const path = phone.file(PREFERENCES[side]);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Changes that file while the app does not run. @param {PhoneWithPlugins} phone @param {'mk' | 'ap'} side @param {(xml: string) => string} change */
export function changePreferences(phone, side, change) {
  writeFileSync(phone.file(PREFERENCES[side]), change(preferences(phone, side)));
}

/**
 * Runs something while the folder of the other plugins, and ours, can be neither read nor written. Then restarts the app.
 *
 * @param {PhoneWithPlugins} phone
 * @param {() => Promise<void>} meanwhile
 */
export async function withoutDisk(phone, meanwhile) {
  const folders = ['shared_prefs', VAULTS].map((folder) => phone.file(folder));
  await phone.restart();
  // Not even root can use a file as a folder.
  for (const folder of folders) {
    renameSync(folder, `${folder}.away`);
    writeFileSync(folder, '');
  }
  await meanwhile();
  await phone.restart(() => {
    for (const folder of folders) {
      rmSync(folder, { recursive: true });
      renameSync(`${folder}.away`, folder);
    }
  });
}
