# Sourced by ./dev: builds the Rust library for iOS as the XCFramework that Package.swift and the podspec name.
# shellcheck shell=bash

. scripts/dev/mobile/compiler.sh

xcframework=ios/Frameworks/StrongroomFFI.xcframework

# ios_all [RUNNER]: runs each part with `step`, or with another command that takes a name and a command.
ios_all() {
  local run=${1:-step}
  need_mobile_compiler
  if ! mobile_target aarch64-apple-ios; then
    echo "   SKIPPED: the library for iOS: $mobile_missing"
    return
  fi
  if ! need_object_tools; then return; fi
  "$run" 'standard libraries for iOS' need_std code "${ios_targets[@]}"
  "$run" 'library for iOS, three targets' ios_libraries
  "$run" 'XCFramework' assemble
}

# The version that writes the objects, because older tools may not read them.
need_object_tools() {
  if [ "$mobile_compiler" = source ]; then
    local version
    version=$(mobile_llvm)
    nm=llvm-nm-$version objcopy=llvm-objcopy-$version lipo=llvm-lipo-$version
    if ! command -v "$objcopy" >/dev/null && ! apt_knows "llvm-$version"; then
      echo "   SKIPPED: the library for iOS: apt has no package llvm-$version, for the objects of this compiler"
      return 1
    fi
    need_apt "$objcopy" "llvm-$version"
    # The tests link with it.
    need_apt "ld64.lld-$version" "lld-$version"
  else
    nm=nm lipo=lipo objcopy=$(rustc --print sysroot)/lib/rustlib/$(rust_host)/bin/rust-objcopy
  fi
}

# ios_libraries [TARGET...]: one by one, because cargo accepts a kind of library for one target only, and a dynamic library needs
# Apple's linker.
ios_libraries() {
  local target
  if [ $# = 0 ]; then set -- "${ios_targets[@]}"; fi
  for target; do
    mobile_cargo rustc --locked --release --package strongroom-ffi --lib --crate-type staticlib --target "$target" &&
      own_symbols "$(mobile_target_dir)/$target/release/libstrongroom.a" "$(ios_library "$target")" || return
  done
}

# Libraries for the tests: another one of the same compiler, and ours before its symbols are renamed.
ios_neighbours() {
  mobile_rustc --edition 2024 --crate-type staticlib -Copt-level=z -Clto=fat -Ccodegen-units=1 --target aarch64-apple-ios \
    e2e/ios/other.rs -o build/ios/libother.a &&
    cp "$(mobile_target_dir)/aarch64-apple-ios/release/libstrongroom.a" build/ios/libstrongroom-as-built.a
}

# own_symbols LIBRARY OUTPUT: gives our prefix to every symbol that other libraries see. Rust's own symbols, such as
# rust_eh_personality, are the same in all libraries of one compiler, and an app with two of them would not link.
own_symbols() {
  local ours='^_(uniffi|ffi)_strongroom_|^_UNIFFI_META_(NAMESPACE_)?STRONGROOM'
  mkdir -p "${2%/*}" &&
    "$objcopy" --remove-section=__LLVM,__bitcode --remove-section=__LLVM,__cmdline "$1" "$2" &&
    "$nm" -gUj "$2" | sed -n -E "/$ours/d; s/^_(.*)/_\1 _strongroom_\1/p" | sort -u >"$2.symbols" &&
    "$objcopy" --redefine-syms="$2.symbols" "$2"
}

assemble() {
  local simulator=build/ios/libstrongroom-simulator.a
  "$lipo" -create "$(ios_library aarch64-apple-ios-sim)" "$(ios_library x86_64-apple-ios)" -output "$simulator" &&
    node scripts/dev/mobile/xcframework.mjs "$xcframework" "$(ios_library aarch64-apple-ios)" "$simulator"
}

ios_library() { echo "build/ios/$1/libstrongroom.a"; }
