# Sourced by ./dev: tests on the phone or emulator that adb sees. The libraries for Android must be built.
# shellcheck shell=bash

example=dev.strongroom.example

device_all() {
  command -v adb >/dev/null || missing adb "Android's platform tools"
  test -d android/src/main/jniLibs || { echo 'dev: the libraries for Android are missing; ./dev android builds them' >&2; return 69; }
  step 'plugin (TypeScript)' npm run build
  step 'example app' npm run build --prefix example-app
  step 'cap sync' env -C example-app npx cap sync android
  step 'instrumented tests' gradle :capacitor-strongroom:connectedDebugAndroidTest
  step 'the example app, after R8' minified_app
}

gradle() { (cd example-app/android && ./gradlew --console=plain "$@"); }

# The page shows this only if Capacitor, JNA and the library have answered: R8 has kept what they look up by name. A new store has
# no key yet, so this does not use the Keystore; the instrumented tests do.
minified_app() {
  local api
  api=$(adb shell getprop ro.build.version.sdk | tr -d '\r') || return
  if (( api < 33 )); then
    echo "SKIPPED: the example app, after R8: the WebView of a new emulator with API level $api is too old for its page"
    return
  fi
  signed_release &&
    adb install -r example-app/android/app/build/outputs/apk/release/app-release.apk &&
    adb shell am start -W -n "$example/.MainActivity" || return
  local tries
  for (( tries = 0; tries < 30; tries++ )); do
    # Without -q: grep would exit early, and adb would fail.
    if adb exec-out uiautomator dump /dev/tty | grep 'Protected by the operating system' >/dev/null; then
      echo 'its page has read the status of the store'
      adb uninstall "$example"
      return
    fi
    sleep 2
  done
  echo 'its page does not show the status of the store'
  adb logcat -d -t 500
  return 1
}

# With a key for this build only, as Android Studio passes one.
signed_release() {
  local folder=$PWD/build/device
  local keystore=$folder/keystore
  rm -rf "$folder" && mkdir -p "$folder" &&
    keytool -genkeypair -keystore "$keystore" -storepass android -keypass android -alias example -dname CN=example \
      -keyalg RSA -keysize 2048 -validity 30 &&
    gradle :app:assembleRelease "-Pandroid.injected.signing.store.file=$keystore" \
      -Pandroid.injected.signing.store.password=android -Pandroid.injected.signing.key.alias=example \
      -Pandroid.injected.signing.key.password=android
}
