# Sourced by ./dev: the battery in its long form, and the page that says what it did.
# shellcheck shell=bash

. scripts/dev/build.sh
. scripts/dev/coverage.sh
. scripts/dev/full_disk.sh
. scripts/dev/fuzz.sh
. scripts/dev/mutants.sh
. scripts/dev/older.sh
. scripts/dev/shuttle.sh

parts=(vault keychain memory schedules disk older fuzz jvm coverage mutants)

# prove_all [PART...]: everything, or some parts anew beside what the others said last. Every part runs even if one fails; the page is
# written from what they said, and says what is missing.
prove_all() {
  local part
  for part; do
    [[ " ${parts[*]} " == *" $part "* ]] || { echo "prove: there is no part '$part', only ${parts[*]}" >&2; return 64; }
  done
  if (( $# == 0 )); then
    rm -rf build/proof
    set -- "${parts[@]}"
  fi
  mkdir -p build/proof
  if [[ " $* " == *' coverage '* ]]; then need_llvm; fi
  if [[ " $* " == *' mutants '* ]]; then need_mutants; fi
  build_all
  say 'The battery, in its long form'
  export STRONGROOM_BATTERY=long
  for part; do
    export STRONGROOM_PROOF=$PWD/build/proof/$part.jsonl
    rm -f "$STRONGROOM_PROOF"
    step "$part" "prove_$part" || true
  done
  say 'docs/internals/proof.md'
  cat build/proof/*.jsonl >build/proof.jsonl
  node rust/battery/proof.mjs long build/proof.jsonl
}

prove_vault() { cargo test --locked -p strongroom-core -p strongroom-testkit -p strongroom-battery --all-features; }
prove_keychain() { cargo test --locked -p strongroom-apple --all-features; }
prove_memory() { cargo test --locked -p strongroom-ffi --all-features; }
prove_schedules() { shuttle_tests; }
prove_disk() { full_disk; }
prove_older() { older_build; }
prove_fuzz() { fuzz_for 60; }
prove_jvm() { mvn --batch-mode -f simulator/android/pom.xml test -Dtest=StackMatrixTest,StackTimeTest; }
prove_coverage() { STRONGROOM_BATTERY='' core_coverage; }
prove_mutants() { STRONGROOM_BATTERY='' sealed_mutants; }
