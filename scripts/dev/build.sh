# Sourced by ./dev: builds the parts the simulator runs.
# shellcheck shell=bash

build_all() {
  say 'Build'
  step 'native library for this machine' build_library
  step 'plugin (TypeScript)' npm run build
  step 'example app' npm run build --prefix example-app
  step 'simulator (Capacitor, Kotlin shim)' build_simulator
}

# All crates but the binding generator, which only scripts/dev/bindings.sh needs.
build_library() { cargo build --locked; }
build_simulator() { mvn --batch-mode --quiet -f simulator/android/pom.xml compile; }
