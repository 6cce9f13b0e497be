# Sourced by ./dev: builds the parts the simulator runs.
# shellcheck shell=bash

bindings_kotlin=android/src/main/kotlin
bindings_swift=ios/Sources/StrongroomPlugin/Generated
# Header and module map belong in the framework around the library. Among the Swift sources they would be a second module.
bindings_c=ios/StrongroomFFI
# For the linker: symbols that UniFFI exports for its generator only.
not_exported=rust/ffi/not-exported.map

build_all() {
  say 'Build'
  step 'native library for this machine' build_library
  step 'plugin (TypeScript)' npm run build
  step 'example app' npm run build --prefix example-app
  step 'simulator (Capacitor, Kotlin shim)' build_simulator
}

# All crates but the binding generator: the compiler needs two minutes for UniFFI's half of it, so only what writes bindings builds it.
build_library() { cargo build --locked; }
build_generator() { cargo build --locked -p strongroom-uniffi-bindgen; }
build_simulator() { mvn --batch-mode --quiet -f simulator/pom.xml compile; }

generate_bindings() {
  write_bindings "$bindings_kotlin" "$bindings_swift" "$bindings_c" && write_not_exported >"$not_exported"
}

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
  target/debug/strongroom-uniffi-bindgen generate target/debug/libstrongroom.so \
    --language "$1" --no-format --out-dir "$2"
}

# Fails if the committed bindings are not those of this source. (`&&` throughout: bash ignores `set -e` in a function whose
# failure its caller handles.)
check_bindings() {
  local fresh=build/bindings
  rm -rf "$fresh" &&
    write_bindings "$fresh/kotlin" "$fresh/swift" "$fresh/c" &&
    diff -r "$fresh/swift" "$bindings_swift" &&
    diff -r "$fresh/c" "$bindings_c" &&
    diff <(write_not_exported) "$not_exported" &&
    diff -r "$fresh/kotlin/dev/strongroom/ffi" "$bindings_kotlin/dev/strongroom/ffi"
}
