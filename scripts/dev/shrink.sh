# Sourced by ./dev: gets what the tests of the shrunk app need in addition to the simulator.
# shellcheck shell=bash

# R8 and JNA's archive for Android, which nothing else needs. Without them the tests are skipped.
need_r8() {
  local answer
  if ! answer=$(mvn --batch-mode -f e2e/shrink/pom.xml process-resources 2>&1); then
    rm -rf build/shrink/tools
    echo "SKIPPED: shrunk classes: Maven could not get R8: $(grep -m 1 '^\[ERROR\]' <<<"$answer")"
  fi
}
