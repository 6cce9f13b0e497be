# Sourced by ./dev: builds the parts the simulator runs.
# shellcheck shell=bash

. scripts/dev/library.sh
. scripts/dev/simulator_ios.sh

build_all() {
  say 'Build'
  build_for_host step
  build_others step
}

# build_for_host RUNNER, build_others RUNNER, build_pages RUNNER: each runs its parts with `step`, or with another command that takes a name and a command.
build_for_host() { "$1" 'native library for this machine' build_library; }

build_others() {
  build_pages "$1"
  "$1" 'simulator (Capacitor, Kotlin shim)' build_simulator
}

build_pages() {
  "$1" 'plugin (TypeScript)' npm run build
  "$1" 'example app' npm run build --prefix example-app
}

build_simulator() { mvn --batch-mode --quiet -f simulator/android/pom.xml compile; }
