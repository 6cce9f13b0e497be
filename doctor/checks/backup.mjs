/** @type {import('../report.mjs').Check} */
export const backup = {
  name: 'backup',
  platforms: ['android'],
  look(app) {
    const installed = new Set(app.plugins());
    const others = Object.keys(BACKED_UP).filter((name) => installed.has(name));
    if (others.length === 0 || !isBackedUp(app.read('app', 'src', 'main', 'AndroidManifest.xml'))) return [];
    return others.map((name) => ({
      what: `Android backs up what ${name} stores.`,
      why: `Strongroom's own files are not in backups, but shared_prefs/${BACKED_UP[name]}.xml is. It leaves the device, and cannot be read after a restore, because its key is gone. Set android:allowBackup="false" in AndroidManifest.xml, or exclude the file with dataExtractionRules and fullBackupContent.`,
    }));
  },
};

/**
 * Plugins that store secrets, and the shared preferences that they use.
 *
 * @type {Readonly<Record<string, string>>}
 */
const BACKED_UP = {
  'capacitor-secure-storage-plugin': 'cap_sec',
  '@evva/capacitor-secure-storage-plugin': 'cap_sec_esp',
  '@aparajita/capacitor-secure-storage': 'WSSecureStorageSharedPreferences',
};

/** True if the manifest has the default for backups. Rules or a backup agent show that the author has decided. */
function isBackedUp(/** @type {string} */ manifest) {
  const tag = /<application\b((?:[^>"']|"[^"]*"|'[^']*')*)>/.exec(manifest.replace(/<!--[\s\S]*?-->/g, ''));
  if (tag === null) throw new Error('no application');
  const attributes = new Map(
    [...String(tag[1]).matchAll(/\bandroid:(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, name, a, b]) => [
      name,
      a ?? b,
    ]),
  );
  // A value such as @bool/backup is set elsewhere.
  const allowed = attributes.get('allowBackup') ?? 'true';
  const rules = attributes.get('fullBackupContent') ?? 'true';
  return (
    allowed === 'true' && rules === 'true' && !attributes.has('dataExtractionRules') && !attributes.has('backupAgent')
  );
}
