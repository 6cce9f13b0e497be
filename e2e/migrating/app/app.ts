// An app that uses capacitor-secure-storage-plugin as its documentation shows, in the forms that real apps use.

import { SecureStoragePlugin } from 'capacitor-secure-storage-plugin';

/** @returns what the app noticed */
export async function runApp(): Promise<string[]> {
  const noticed: string[] = [];
  const notice = (what: string, result: unknown) => {
    noticed.push(`${what}: ${JSON.stringify(result)}`);
  };
  const messageOf = (error: unknown) => (typeof error === 'string' ? error : (error as Error).message);

  await SecureStoragePlugin.clear().then((success) => {
    notice('clear', success);
  });
  await SecureStoragePlugin.set({ key: 'username', value: 'hellokitty2' }).then((success) => {
    notice('set', success);
  });
  await SecureStoragePlugin.get({ key: 'username' })
    .then((value) => {
      notice('get', value);
    })
    .catch(() => {
      notice('get', 'Item with specified key does not exist.');
    });
  await SecureStoragePlugin.get({ key: 'token' })
    .then((value) => {
      notice('get of none', value);
    })
    .catch((error: unknown) => {
      notice('get of none', messageOf(error));
    });

  const stored: boolean = (await SecureStoragePlugin.set({ key: 'username', value: JSON.stringify({ id: 1 }) })).value;
  notice('set again', stored);
  const user = JSON.parse((await SecureStoragePlugin.get({ key: 'username' })).value) as { id: number };
  notice('parsed', user.id);
  await SecureStoragePlugin.set({ key: 'empty', value: '' });
  notice('empty', await SecureStoragePlugin.get({ key: 'empty' }));

  await Promise.all(['a', 'b', 'c'].map((key) => SecureStoragePlugin.set({ key, value: key.repeat(1000) })));
  const keys: string[] = (await SecureStoragePlugin.keys()).value;
  notice('keys', keys.sort());
  for (const key of ['a', 'b']) notice('length', (await SecureStoragePlugin.get({ key })).value.length);

  notice('remove', (await SecureStoragePlugin.remove({ key: 'a' })).value);
  try {
    await SecureStoragePlugin.remove({ key: 'a' });
  } catch (error) {
    notice('remove of none', messageOf(error));
  }
  notice('clear', (await SecureStoragePlugin.clear()).value);
  notice('keys', await SecureStoragePlugin.keys());

  const { value: platform } = await SecureStoragePlugin.getPlatform();
  notice('platform', platform);
  return noticed;
}
