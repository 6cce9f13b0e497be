# Sourced by ./dev: fuzz targets, briefly with every test run, at length with `./dev fuzz`.
#
# `cargo fuzz` runs the same targets, but is not needed here: it would have to be compiled first, and it needs a nightly compiler
# only for its sanitizers. The flags are those of cargo-fuzz 0.13.2 (`fn cargo` in its src/project.rs) without a sanitizer.
# shellcheck shell=bash

fuzz_targets=(open_file decode_frame bridge_json key_value)
fuzz_home=$PWD/build/fuzz
fuzz_build=rust/fuzz/target
fuzz_flags='-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
  -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing
  -Cllvm-args=-simplifycfg-branch-fold-threshold=0 -Cllvm-args=-sanitizer-coverage-stack-depth -Ccodegen-units=1'

# Runs that take about five seconds per target. A number of runs is the same on every machine; the time limit is only for hangs.
declare -A fuzz_runs=([open_file]=10000 [decode_frame]=30000 [bridge_json]=40000 [key_value]=10000)

# fuzz_short: builds all targets, runs each from the seeds for a fixed number of runs.
fuzz_short() {
  fuzz_cargo build --bins --examples && fuzz_seeds "$fuzz_home/seeds" || return
  local target status=0
  for target in "${fuzz_targets[@]}"; do
    rm -rf "${fuzz_home:?}/short/$target"
    fuzz_run "$target" "$fuzz_home/short" -seed=1 -runs="${fuzz_runs[$target]}" -max_total_time=60 || status=1
  done
  return "$status"
}

# fuzz_long [SECONDS] [TARGET]: continues with the last corpus, with AddressSanitizer if the compiler has it.
fuzz_long() {
  if cargo +nightly --version >/dev/null 2>&1; then
    export RUSTUP_TOOLCHAIN=nightly ASAN_OPTIONS=detect_odr_violation=0
    fuzz_flags+=' -Zsanitizer=address'
    fuzz_build+=/address
  else
    echo 'SKIPPED: AddressSanitizer, which needs a nightly compiler'
  fi
  fuzz_for "${1:-300}" "${@:2:1}"
}

# fuzz_for SECONDS [TARGET]: the same without a sanitizer, which is faster.
fuzz_for() {
  local seconds=$1 target status=0
  local targets=("${fuzz_targets[@]}")
  if [ -n "${2:-}" ]; then targets=("$2"); fi
  fuzz_cargo build --bins --examples && fuzz_seeds "$fuzz_home/seeds" || return
  for target in "${targets[@]}"; do
    fuzz_run "$target" rust/fuzz/corpus -max_total_time="$seconds" || status=1
  done
  return "$status"
}

# fuzz_cargo SUBCOMMAND...: with instrumentation. Naming the target keeps the flags away from build scripts.
fuzz_cargo() {
  local subcommand=$1
  shift
  RUSTFLAGS=${fuzz_flags//$'\n'/} cargo "$subcommand" --locked --manifest-path rust/fuzz/Cargo.toml \
    --target-dir "$fuzz_build" --release --target "$(rust_host)" "$@"
}

# fuzz_seeds FOLDER: writes the first inputs, the same every time.
fuzz_seeds() {
  rm -rf "$1" && "$fuzz_build/$(rust_host)/release/examples/write_corpus" "$1"
}

# fuzz_run TARGET CORPUS OPTION...: shows no input, only the path of one that failed.
fuzz_run() {
  local target=$1 corpus=$2/$1 artifacts=$fuzz_home/artifacts/$1/ log=$fuzz_home/$1.log status=0 start=$SECONDS
  shift 2
  local dictionary=rust/fuzz/dictionaries/$target.dict
  if [ -e "$dictionary" ]; then set -- "$@" -dict="$dictionary"; fi
  mkdir -p "$corpus" "$artifacts"
  # libFuzzer's choices also depend on the addresses of code.
  local fixed=()
  if setarch -R true 2>/dev/null; then fixed=(setarch -R); fi
  "${fixed[@]}" "$fuzz_build/$(rust_host)/release/$target" "$@" -max_len=4096 -timeout=30 -print_final_stats=1 \
    -artifact_prefix="$artifacts" "$corpus" "$fuzz_home/seeds/$target" >"$log" 2>&1 </dev/null || status=$?
  local runs
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  if [ -n "${STRONGROOM_PROOF:-}" ]; then
    printf '{"row":"fuzz-%s","cases":%d,"failures":%d,"seconds":%d.0}\n' \
      "$target" "${runs:-0}" $(( status != 0 )) $(( SECONDS - start )) >>"$STRONGROOM_PROOF"
  fi
  if (( status == 0 )) && [ "${runs:-0}" -gt 0 ]; then
    printf '%s: %d runs in %ds\n' "$target" "$runs" $(( SECONDS - start ))
    return
  fi
  echo "$target: FAILED after ${runs:-0} runs"
  # The place of the failure and the path of the input; a panic of a target does not contain the input.
  grep -A 1 "panicked at" "$log" || grep -h "^SUMMARY" "$log" || true
  sed -n 's/.*Test unit written to /   the input: /p' "$log"
  return 1
}
