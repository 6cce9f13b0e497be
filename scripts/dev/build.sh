# Sourced by ./dev: builds the parts the simulator runs.
# shellcheck shell=bash

build_all() {
  say 'Build'
  build_for_host step
  build_others step
}

# build_for_host RUNNER, build_others RUNNER: each runs its parts with `step`, or with another command that takes a name and a command.
build_for_host() { "$1" 'native library for this machine' build_library; }

build_others() {
  "$1" 'plugin (TypeScript)' npm run build
  "$1" 'example app' npm run build --prefix example-app
  "$1" 'simulator (Capacitor, Kotlin shim)' build_simulator
}

# All crates but the binding generator, which only scripts/dev/bindings.sh needs.
build_library() { cargo build --locked; }
build_simulator() { mvn --batch-mode --quiet -f simulator/android/pom.xml compile; }
