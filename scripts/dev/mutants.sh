# Sourced by ./dev: checks that the tests notice changes of the sealed vault.
# shellcheck shell=bash

mutants_version=27.1.0

need_mutants() {
  if [ "$(cargo mutants --version 2>/dev/null)" = "cargo-mutants $mutants_version" ]; then return; fi
  note "cargo-mutants $mutants_version, from its crate"
  step 'install cargo-mutants' cargo install --locked cargo-mutants --version "$mutants_version"
}

# First with the tests of the core, then what is left with the battery, too. `.cargo/mutants.toml` says which files, and
# explains what no test can notice.
sealed_mutants() {
  local out=build/mutants start=$SECONDS total missed
  local run=(cargo mutants --package strongroom-core --output "$out" --iterate --no-shuffle --timeout 120 --jobs "$(nproc)")
  # Without the benchmarks.
  run+=(--cargo-arg=--lib --cargo-arg=--test=core)
  # The results of an earlier run belong to other code.
  rm -rf "$out" && mkdir -p "$out"
  tried "${run[@]}" -- -- --skip behaviour --skip dead_bytes --skip sealed_too_often
  run+=(--test-package=strongroom-core --test-package=strongroom-battery --cargo-arg=--test=battery)
  tried "${run[@]}" -- -- --skip kills --skip process --skip behaviour
  total=$(cargo mutants --package strongroom-core --list | wc -l)
  # A mutant that makes a test run for ever counts as noticed.
  missed=$(wc -l <"$out/mutants.out/missed.txt")
  echo "$total changes, of which the tests do not notice $missed"
  cat "$out/mutants.out/missed.txt"
  if [ -n "${STRONGROOM_PROOF:-}" ]; then
    echo "{\"row\":\"mutants\",\"cases\":$total,\"failures\":$missed,\"seconds\":$((SECONDS - start))}" >>"$STRONGROOM_PROOF"
  fi
  (( missed == 0 ))
}

# Missed mutants (2) and time-outs (3) are results. Anything else is a failure of the run itself.
tried() {
  local code=0
  STRONGROOM_PROOF='' "$@" || code=$?
  (( code == 0 || code == 2 || code == 3 ))
}
