// The simulated device: a Keychain, its locks and its user. Only the library of `rust/ios-simulator` has these functions.

#ifndef STRONGROOM_FAKE_DEVICE_H
#define STRONGROOM_FAKE_DEVICE_H

#ifdef __cplusplus
extern "C" {
#endif

// Loads the device from DATA_DIRECTORY/device, or creates it there, and makes it the device of every thread. Call it before the first store
// is opened. The files of the app are in DATA_DIRECTORY/app: `keychain.reinstall`, `keychain.restore` and `keychain.erase` delete them.
// Returns NULL, or what is wrong: a text that lives as long as the process. What is wrong with a saved device is never overwritten.
const char *_Nullable strongroom_fake_start(const char *_Nonnull data_directory);

// Runs a command of the protocol by its whole name, with a JSON object of arguments. Returns `{"ok":true,"value":…}` or
// `{"ok":false,"error":"…"}`, for strongroom_fake_free. Any thread may call it at any time.
char *_Nonnull strongroom_fake_command(const char *_Nonnull name, const char *_Nonnull arguments_json);

// Frees an answer; NULL is none.
void strongroom_fake_free(char *_Nullable text);

#ifdef __cplusplus
}
#endif

#endif
