# Sourced by ./dev: line coverage of the core by its tests and the battery.
# shellcheck shell=bash

# LLVM's tools must have the compiler's version of the format.
llvm_version() { rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p'; }

need_llvm() {
  need_apt "llvm-cov-$(llvm_version)" "llvm-$(llvm_version)"
}

# Writes build/coverage.txt, and fails if coverage is below the promised share of lines.
core_coverage() {
  local least=${1:-95} start=$SECONDS llvm raw=$PWD/build/coverage target=$PWD/target/coverage
  llvm=$(llvm_version)
  rm -rf "$raw" && mkdir -p "$raw"
  local programs=() program
  RUSTFLAGS='-C instrument-coverage' LLVM_PROFILE_FILE="$raw/%p-%m.profraw" CARGO_TARGET_DIR=$target STRONGROOM_PROOF='' \
    cargo test --locked -p strongroom-core -p strongroom-battery --all-features || return
  "llvm-profdata-$llvm" merge -sparse "$raw"/*.profraw -o "$raw/core.profdata" || return
  while read -r program; do programs+=(-object "$program"); done < <(
    RUSTFLAGS='-C instrument-coverage' CARGO_TARGET_DIR=$target \
      cargo test --locked -p strongroom-core -p strongroom-battery --all-features --no-run --message-format=json 2>/dev/null |
      sed -n 's/.*"executable":"\([^"]*\)".*/\1/p'
  )
  # Fakes for tests do not count.
  "llvm-cov-$llvm" report "${programs[@]}" -instr-profile="$raw/core.profdata" \
    --ignore-filename-regex='/(registry|rustc|testkit|battery|fakes|tests|probe)[/.]' >build/coverage.txt || return
  rm -rf "$raw"
  if [ -n "${STRONGROOM_PROOF:-}" ]; then
    awk '$1 == "TOTAL" { print $8 }' build/coverage.txt | while read -r lines; do
      echo "{\"row\":\"coverage\",\"cases\":$lines,\"failures\":0,\"seconds\":$((SECONDS - start))}" >>"$STRONGROOM_PROOF"
    done
  fi
  awk -v least="$least" '
    $1 == "TOTAL" { lines = $8; missed = $9; share = 100 * (lines - missed) / lines
      printf "%d of %d lines of rust/core are run by its tests: %.2f %%\n", lines - missed, lines, share
      if (share < least) { print "that is less than " least " %"; exit 1 } }
    END { if (!lines) { print "no coverage was measured"; exit 1 } }' build/coverage.txt
}
