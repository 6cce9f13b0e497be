# Sourced by ./dev: the battery in its long form, and the page that says what it did.
# shellcheck shell=bash

. scripts/dev/build.sh
. scripts/dev/coverage.sh
. scripts/dev/full_disk.sh
. scripts/dev/fuzz.sh
. scripts/dev/mutants.sh
. scripts/dev/shuttle.sh

# Every part runs even if one fails; the page is written from what they said, and says what is missing.
prove_all() {
  local account=$PWD/build/proof.jsonl
  rm -f "$account"
  mkdir -p build
  export STRONGROOM_PROOF=$account STRONGROOM_BATTERY=long
  build_all
  say 'The battery, in its long form'
  proved 'vault' cargo test --locked -p strongroom-core --all-features
  proved 'memory' cargo test --locked -p strongroom-ffi --all-features
  proved 'schedules of threads' shuttle_tests
  proved 'a disk that is full' full_disk
  proved 'fuzzing' fuzz_for 60
  proved 'JVM, every failure of the Keystore' mvn --batch-mode -f simulator/pom.xml test -Dtest=StackMatrixTest,StackTimeTest
  export STRONGROOM_BATTERY=
  proved 'coverage of the core' core_coverage
  proved 'mutants of the sealed vault' sealed_mutants
  say 'docs/proof.md'
  node scripts/dev/proof.mjs long "$account"
}

proved() { step "$@" || true; }
