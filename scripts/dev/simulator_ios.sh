# Sourced by ./dev: the simulator of iOS, and the Rust library for it, with Apple's vault over a fake Keychain.
# shellcheck shell=bash

# build_simulator_ios RUNNER: builds both with `step`, or with another command that takes a name and a command.
build_simulator_ios() {
  if [ -n "$swift_missing" ]; then echo "   SKIPPED: simulator of iOS: $swift_missing"; return; fi
  "$1" 'library with the fake Keychain' simulator_ios_library
  "$1" 'simulator of iOS (Capacitor, Swift shim)' simulator/ios/build --library-path "$(simulator_ios_folder)"
}

# Another build of the same app.
build_simulator_ios_for_threads() {
  if [ -n "$swift_missing" ]; then return; fi
  "$1" 'simulator of iOS, for ThreadSanitizer' simulator/ios/build --sanitize=thread --library-path "$(simulator_ios_folder)"
}

# Whether there is a simulator to test with.
simulator_ios_built() { [ -z "$swift_missing" ] && [ -e simulator/ios/target/runtime ]; }

simulator_ios_tests() { simulator/ios/test --library-path "$(simulator_ios_folder)"; }

simulator_ios_folder() { echo "${CARGO_TARGET_DIR:-target}/ios-simulator"; }

# cargo_ios_simulator CARGO_ARGUMENT...
cargo_ios_simulator() { cargo "$1" --locked --package strongroom-ios-simulator "${@:2}"; }

# Swift's Foundation brings a CoreFoundation of its own for Linux. So the CF* and Sec* functions of the fake are bound inside of the
# library and hidden, which takes another link: a library that Cargo links exports all of them.
simulator_ios_library() {
  local folder library archive script=simulator/ios/exports.map
  folder=$(simulator_ios_folder)
  library=$folder/libstrongroom.so
  archive=${CARGO_TARGET_DIR:-target}/debug/libstrongroom.a
  mkdir -p "$folder"
  # The archive of rust/ffi has the same name.
  cargo_ios_simulator rustc --lib --crate-type staticlib && cp "$archive" "$folder/new.a" || return
  if [ -e "$library" ] && cmp -s "$folder/new.a" "$folder/libstrongroom.a" && [ ! "$script" -nt "$library" ]; then
    rm "$folder/new.a"
    return
  fi
  cc -shared -o "$library.new" -Wl,-soname,libstrongroom.so -Wl,--version-script="$script" -Wl,--gc-sections -Wl,-z,defs \
    -Wl,--whole-archive "$folder/new.a" -Wl,--no-whole-archive -lgcc_s -lpthread -ldl -lm -lc &&
    check_simulator_ios_library "$library.new" &&
    mv "$library.new" "$library" && mv "$folder/new.a" "$folder/libstrongroom.a"
}

# check_simulator_ios_library FILE: fails if it exports anything but its three kinds of functions, or lacks one of them.
check_simulator_ios_library() {
  local exported prefix
  exported=$(nm -D --defined-only "$1" | sed 's/.* //') || return
  for prefix in ffi_strongroom_ uniffi_strongroom_ strongroom_fake_; do
    if ! grep -q "^$prefix" <<<"$exported"; then echo "$1 has no function $prefix*" >&2; return 1; fi
  done
  if grep -vE '^(ffi_strongroom|uniffi_strongroom|strongroom_fake)_' <<<"$exported"; then
    echo "$1 exports the symbols above, which the simulator could take for those of another library" >&2
    return 1
  fi
  if [[ $(node scripts/package/fake.mjs "$1") != *'it has the fake Keychain'* ]]; then
    echo "scripts/package/fake.mjs does not recognise $1, so it could miss a published one" >&2
    return 1
  fi
}

# The library's own tests: a process that is killed, and started again with what it left.
simulator_ios_library_tests() {
  simulator_ios_library && cargo_ios_simulator test --test fake_device "$@"
}

simulator_ios_library_lints() { cargo_ios_simulator clippy --lib --test fake_device -- -D warnings; }
