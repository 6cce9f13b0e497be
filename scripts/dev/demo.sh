# Sourced by ./dev: the example app on a simulated phone, from the page to the keys.
# shellcheck shell=bash

. scripts/dev/build.sh

# demo_run [android|ios]
demo_run() {
  case ${1:-android} in
    android) build_all ;;
    ios)
      say 'Build'
      build_pages step
      build_simulator_ios step
      if ! simulator_ios_built; then echo "SKIPPED: the demo of iOS: ${swift_missing:-the simulator of iOS is not built}"; return; fi
      ;;
    *) echo "demo: there is no demo of '$1', only of android and ios" >&2; return 64 ;;
  esac
  exec node e2e/demo/demo.mjs "${1:-android}"
}
