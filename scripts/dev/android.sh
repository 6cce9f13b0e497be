# Sourced by ./dev: builds the Rust library for Android into the folder that Gradle reads.
#
# With an NDK, cargo-ndk links it, and it can be published. Without one, it is linked against stubs of the system's libraries:
# the same code, for inspection only, because no Android would load it (docs/adr/0012-android-libraries.md).
# shellcheck shell=bash

. scripts/dev/mobile/compiler.sh

android_abis=(arm64-v8a armeabi-v7a x86_64 x86)

# The same as minSdkVersion in android/build.gradle.
android_api=24
cargo_ndk_version=4.1.2
jni_libs=android/src/main/jniLibs
android_tools=$STRONGROOM_CACHE/android

# android_all [RUNNER [ABI...]]: runs each part with `step`, or with another command that takes a name and a command.
android_all() {
  local run=${1:-step} abi
  shift $(( $# > 0 ))
  if [ $# = 0 ]; then set -- "${android_abis[@]}"; fi
  local targets=()
  for abi in "$@"; do targets+=("$(android_target "$abi")") || exit 64; done
  need_mobile_compiler
  if ! mobile_target "${targets[0]}"; then
    echo "   SKIPPED: the library for Android: $mobile_missing"
    return
  fi
  need_android_linker "$run"
  "$run" 'standard libraries for Android' need_std code "${targets[@]}"
  "$run" "library for Android, ${*}" android_libraries "$@"
}

# android_target ABI
android_target() {
  case $1 in
    arm64-v8a) echo aarch64-linux-android ;;
    armeabi-v7a) echo armv7-linux-androideabi ;;
    x86_64) echo x86_64-linux-android ;;
    x86) echo i686-linux-android ;;
    *) echo "dev: Android has no ABI '$1': ${android_abis[*]}" >&2; return 64 ;;
  esac
}

need_android_linker() {
  android_ndk=${ANDROID_NDK_HOME:-${ANDROID_NDK_LATEST_HOME:-}}
  if [ -n "$android_ndk" ]; then
    if [ "$(CARGO=cargo "$android_tools/bin/cargo-ndk" --version 2>/dev/null)" != "cargo-ndk $cargo_ndk_version" ]; then
      note "cargo-ndk $cargo_ndk_version, from its crate"
      "$1" 'install cargo-ndk' cargo install --quiet --locked cargo-ndk --version "$cargo_ndk_version" --root "$android_tools"
    fi
    return
  fi
  local version
  version=$(mobile_llvm)
  # Any version works, because the compiler has already optimised the code. This one is already installed, for the tests of iOS.
  if ! command -v "ld.lld-$version" >/dev/null && ! command -v ld.lld >/dev/null; then need_apt "ld.lld-$version" "lld-$version" lld; fi
  STRONGROOM_LLD=$(command -v "ld.lld-$version" || command -v ld.lld)
  export STRONGROOM_LLD STRONGROOM_STUBS
}

android_libraries() {
  local abi
  for abi in "$@"; do
    android_library "$abi" "$(android_target "$abi")" || return
  done
}

# android_library ABI TARGET
android_library() {
  local built arguments=(rustc --locked --release --package strongroom-ffi --lib --crate-type cdylib --target "$2" -- )
  arguments+=("-Clink-arg=-Wl,-soname,libstrongroom.so" "-Clink-arg=-Wl,--version-script=$PWD/rust/ffi/not-exported.map")
  # 16 KiB pages, also in a 32-bit process on such a device; relocations in the packed form that Android reads since API 23.
  arguments+=("-Clink-arg=-Wl,-z,max-page-size=16384" "-Clink-arg=-Wl,--pack-dyn-relocs=android")
  if [ -n "$android_ndk" ]; then
    ndk_cargo "${arguments[@]}" || return
  else
    STRONGROOM_STUBS=build/android-stubs/$2
    node scripts/dev/mobile/android-stubs.mjs "$STRONGROOM_LLD" "$2" "$STRONGROOM_STUBS" &&
      linked_by_us "$2" "${arguments[@]}" || return
  fi
  built=$(mobile_target_dir)/$2/release/libstrongroom.so
  mkdir -p "$jni_libs/$1" && cp "$built" "$jni_libs/$1/libstrongroom.so.new" &&
    mv "$jni_libs/$1/libstrongroom.so.new" "$jni_libs/$1/libstrongroom.so"
}

# ndk_cargo ARGUMENT...
ndk_cargo() {
  local mobile_wrapper=("$android_tools/bin/cargo-ndk" ndk --platform "$android_api")
  ANDROID_NDK_HOME=$android_ndk mobile_cargo "$@"
}

# linked_by_us TARGET ARGUMENT...
linked_by_us() {
  local target
  target=$(tr a-z- A-Z_ <<<"$1")
  shift
  export "CARGO_TARGET_${target}_LINKER=$PWD/scripts/dev/mobile/android-linker"
  mobile_cargo "$@"
}

# Google's manifest merger and lint.
need_android_tools() { maven_tools 'manifests and lint' build/android-tools e2e/android/pom.xml; }
