# Sourced by ./dev: generates the Kotlin and Swift bindings, and checks those that are committed.
# shellcheck shell=bash

. scripts/dev/library.sh

bindings_kotlin=android/src/main/kotlin
bindings_swift=ios/Sources/StrongroomPlugin/Generated
# Header and module map belong in the framework around the library. Among the Swift sources they would be a second module.
bindings_c=ios/StrongroomFFI
# For the linker: symbols that UniFFI exports for its generator only.
not_exported=rust/ffi/not-exported.map
# What the bindings were last generated from, and what came out.
bindings_sums=rust/ffi/bindings.sums

generate_bindings() {
  write_bindings "$bindings_kotlin" "$bindings_swift" "$bindings_c" && write_not_exported >"$not_exported" &&
    sums_of_bindings >"$bindings_sums"
}

# The compiler needs two minutes for UniFFI's half of the generator, so nothing else builds it.
build_generator() { cargo build --locked -p strongroom-uniffi-bindgen; }

# write_bindings KOTLIN SWIFT C: the generator reads the unstripped library, so the bindings always fit it. Swift code can see
# the result of the check at the first call; otherwise that call would end the app.
write_bindings() {
  build_library && build_generator && bindgen kotlin "$1" && bindgen swift "$2" && mkdir -p "$3" &&
    mv "$2/StrongroomFFI.h" "$3/" &&
    sed 's/^module /framework module /' "$2/StrongroomFFI.modulemap" >"$3/module.modulemap" &&
    rm "$2/StrongroomFFI.modulemap" &&
    show_swift_check "$2/Strongroom.swift"
}

show_swift_check() {
  sed -i.bak -e 's/^private \(enum InitializationResult \)/\1/' -e 's/^private \(let initializationResult: \)/\1/' "$1" && rm "$1.bak" &&
    grep -q '^let initializationResult: InitializationResult = {$' "$1" && grep -q '^enum InitializationResult {$' "$1"
}

write_not_exported() {
  echo '{'
  echo '  local:'
  nm -D --defined-only target/debug/libstrongroom.so | sed -n 's/.* \(UNIFFI_META_.*\)/    \1;/p' | LC_ALL=C sort
  echo '};'
}

bindgen() {
  target/debug/strongroom-uniffi-bindgen generate target/debug/libstrongroom.so --config rust/uniffi-bindgen/bindings.toml \
    --language "$1" --no-format --out-dir "$2"
}

# Fails if the committed bindings are not those of this source. The generator takes minutes to compile, so it runs only if the sums of
# the last generation are not those of the present files.
check_bindings() {
  if diff <(sums_of_bindings) "$bindings_sums"; then
    echo 'nothing changed since they were generated'
  else
    check_bindings_anew && echo "They are current, but every check generates them again until ./dev bindings has written $bindings_sums."
  fi
}

# (`&&` throughout: bash ignores `set -e` in a function whose failure its caller handles.)
check_bindings_anew() {
  local fresh=build/bindings
  rm -rf "$fresh" &&
    write_bindings "$fresh/kotlin" "$fresh/swift" "$fresh/c" &&
    diff -r "$fresh/swift" "$bindings_swift" &&
    diff -r "$fresh/c" "$bindings_c" &&
    diff <(write_not_exported) "$not_exported" &&
    diff -r "$fresh/kotlin/dev/strongroom/ffi" "$bindings_kotlin/dev/strongroom/ffi"
}

# sums_of_bindings: what UniFFI's macros, its generator and the library are made from, and what the generator writes.
sums_of_bindings() {
  {
    find rust/ffi/src rust/uniffi-bindgen -name '*.rs'
    printf '%s\n' Cargo.lock Cargo.toml rust/ffi/Cargo.toml rust/uniffi-bindgen/Cargo.toml rust/uniffi-bindgen/bindings.toml
    printf '%s\n' scripts/dev/bindings.sh scripts/dev/library.sh
    find "$bindings_kotlin/dev/strongroom/ffi" "$bindings_swift" "$bindings_c" "$not_exported" -type f
  } | LC_ALL=C sort | while read -r file; do printf '%s %s\n' "$(sum_of "$file")" "$file"; done
}
