# Sourced by ./dev: builds the Rust library for the simulator of iOS, with Apple's vault over a fake Keychain.
# shellcheck shell=bash

# Beside the libraries of this machine that have no fake.
simulator_ios_folder() { echo "${CARGO_TARGET_DIR:-target}/$(rust_host)/debug"; }

# fake_keychain CARGO_ARGUMENT...: naming the target keeps the flag away from procedural macros.
fake_keychain() {
  RUSTFLAGS="${RUSTFLAGS:-} --cfg fake_keychain" cargo "$1" --locked --package strongroom-ffi --target "$(rust_host)" "${@:2}"
}

# Swift's Foundation brings a CoreFoundation of its own for Linux. So the CF* and Sec* functions of the fake are bound inside of the
# library and hidden, which takes another link: a library that Cargo links exports all of them.
simulator_ios_library() {
  local folder library script=simulator/ios/exports.map
  folder=$(simulator_ios_folder)
  library=$folder/libstrongroom.so
  fake_keychain rustc --lib --crate-type staticlib || return
  if [ -e "$library" ] && [ ! "$folder/libstrongroom.a" -nt "$library" ] && [ ! "$script" -nt "$library" ]; then return; fi
  cc -shared -o "$library.new" -Wl,-soname,libstrongroom.so -Wl,--version-script="$script" -Wl,--gc-sections -Wl,-z,defs \
    -Wl,--whole-archive "$folder/libstrongroom.a" -Wl,--no-whole-archive -lgcc_s -lpthread -ldl -lm -lc &&
    check_simulator_ios_library "$library.new" &&
    mv "$library.new" "$library"
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
  simulator_ios_library && fake_keychain test --test fake_device "$@"
}

simulator_ios_library_lints() { fake_keychain clippy --all-targets -- -D warnings; }
