# Sourced by ./dev: every test, and how many passed in each layer.
# shellcheck shell=bash

. scripts/dev/android.sh
. scripts/dev/bindings.sh
. scripts/dev/build.sh
. scripts/dev/full_disk.sh
. scripts/dev/fuzz.sh
. scripts/dev/ios.sh
. scripts/dev/lint.sh
. scripts/dev/passed.sh
. scripts/dev/shrink.sh
. scripts/dev/shuttle.sh
. scripts/dev/targets.sh

test_parts=(rust schedules disk fuzz jvm swift phones typescript web page iphone newcomer ios android shrink lint)
failed_steps=()

# test_run [PART...]: everything that changed since it passed, or some parts by their names.
test_run() {
  local part
  for part; do
    [[ " ${test_parts[*]} " == *" $part "* ]] || { echo "test: there is no part '$part', only ${test_parts[*]}" >&2; return 64; }
  done
  mkdir -p "$reports"
  if (( $# == 0 )); then test_all; else test_some "$@"; fi
}

test_all() {
  take_inputs
  say 'Build'
  at_once build_library_lane build_others_lane
  if (( ${#failed_steps[@]} > 0 )); then summarise; return; fi
  say 'Tests'
  need_mobile_compiler
  tested 'R8' need_r8
  tested 'manifest merger and lint' need_android_tools
  at_once host_lane phones_lane
  # The build wrote their generated parts anew.
  tested 'API in README and configuration' git diff --exit-code README.md docs/guide/configuration.md
  need_actionlint
  at_once page_lane source_lane package_lane
  tested 'every row of the battery ran' battery_ran
  say 'The battery, in its quick form (the long one: ./dev prove)'
  cat "$(log_of 'every row of the battery ran')"
  if [ -e build/ios/sizes.txt ]; then say 'The library for iOS' && cat build/ios/sizes.txt; fi
  local layers=(rust schedules jvm typescript web page)
  if simulator_ios_built; then layers+=(swift iphone); fi
  if [ "$mobile_compiler" != none ]; then layers+=(phones); fi
  if [ -e build/shrink/tools/r8.jar ]; then layers+=(shrink); fi
  layers+=(newcomer ios)
  if [ -d "$jni_libs" ] || [ -d build/android-tools ]; then layers+=(android); fi
  note_passed
  summarise "${layers[@]}"
}

# test_some PART...: one after the other, after a build of what they run.
test_some() {
  local part
  for part; do
    case $part in
      rust|schedules|disk|fuzz|phones|lint) ;;
      *) build_all; break ;;
    esac
  done
  for part; do
    case $part in swift|iphone|newcomer) build_simulator_ios tested; break ;; esac
  done
  if [[ " $* " == *' iphone '* ]]; then build_simulator_ios_for_threads tested; fi
  say 'Tests'
  need_mobile_compiler
  for part; do
    case $part in
      shrink) tested 'R8' need_r8 ;;
      ios) ios_libraries_for_tests ;;
      android)
        android_all tested arm64-v8a
        tested 'manifest merger and lint' need_android_tools
        ;;
    esac
    run_part_anew "$part"
  done
  summarise "$@"
}

build_library_lane() { build_for_host tested; }
build_others_lane() { build_others tested; }
host_lane() { local part; for part in rust schedules disk fuzz jvm; do run_part "$part"; done; }
phones_lane() { run_part_anew phones; build_simulator_ios tested; build_simulator_ios_for_threads tested; run_part swift; }
page_lane() { run_part page; run_part iphone; }
source_lane() { local part; for part in typescript web lint; do run_part "$part"; done; }
package_lane() { local part; for part in shrink newcomer ios android; do run_part "$part"; done; }

part_rust() {
  tested 'Rust tests' cargo test --locked --all-features --no-fail-fast
  cp "$(log_of 'Rust tests')" "$reports/rust.log"
  tested 'generated bindings are current' check_bindings
  tested 'third-party notices are current' node scripts/package/notices.mjs check
}

part_schedules() {
  tested 'schedules of threads' shuttle_tests
  cp "$(log_of 'schedules of threads')" "$reports/schedules.log"
}

part_disk() { tested 'a disk that is full' full_disk; }
part_fuzz() { tested 'fuzzing, briefly' fuzz_short; }
part_jvm() { tested 'JVM tests' jvm_tests; }

jvm_tests() {
  local from=simulator/android/target/surefire-reports status=0
  rm -rf "$from"
  mvn --batch-mode -f simulator/android/pom.xml test || status=$?
  mkdir -p "$reports" && cp -R "$from" "$reports/jvm" || return
  return "$status"
}

# The libraries that most phones load, and the types and lints for one more target of each system and word size. No code depends on the
# processor; ./dev targets and ./dev android take the others, too.
part_phones() {
  # Before the types are checked: a standard library to link with serves that, too.
  ios_libraries_for_tests
  android_all tested arm64-v8a
  targets_all tested aarch64-apple-ios-sim aarch64-apple-darwin armv7-linux-androideabi
  cp "$(log_of 'types and lints for phones')" "$reports/phones.log"
}

ios_libraries_for_tests() {
  ios_all tested
  if [ "$mobile_compiler" = source ] && [ -d build/ios ]; then tested 'libraries to link with ours' ios_neighbours; fi
}

part_typescript() {
  tested 'TypeScript tests' reported typescript npm test
  tested 'docs/internals/sizes.md is current' node scripts/package/sizes.mjs check
}

part_swift() {
  if without_simulator_ios Swift; then return; fi
  tested 'Swift tests' simulator_ios_tests
  cp "$(log_of 'Swift tests')" "$reports/swift.log"
  tested 'device of the simulator of iOS' simulator_ios_library_tests
  cp "$(log_of 'device of the simulator of iOS')" "$reports/device.log"
}

part_iphone() {
  if without_simulator_ios 'page to Keychain'; then return; fi
  tested 'browser tests (page to Keychain)' reported iphone npm run test:e2e-ios
}

# without_simulator_ios NAME: whether these tests have to be skipped. Then it says so.
without_simulator_ios() {
  if simulator_ios_built; then return 1; fi
  echo "   SKIPPED: $1: ${swift_missing:-the simulator of iOS is not built}"
  skipped_steps+=("$1")
}

part_web() { tested 'browser tests (web fallback)' reported web npm run test:browser; }
part_page() { tested 'browser tests (page to Keystore)' reported page npm run test:e2e; }
part_newcomer() { tested 'newcomer: tarball to phone' reported newcomer npm run test:newcomer; }
part_ios() { tested 'iOS package' reported ios npm run test:ios; }
part_android() { tested 'Android libraries, manifests, lint' reported android npm run test:android; }
part_shrink() { tested 'shrunk classes' reported shrink npm run test:shrink; }
part_lint() {
  need_actionlint
  lint_rust tested
  lint_others tested
}

# reported NAME COMMAND...: Vitest writes its report there.
reported() { STRONGROOM_REPORT=$reports/$1.json "${@:2}"; }

# at_once LANE...: runs functions side by side, since each leaves one of two cores idle for much of its time. None may read what another
# one writes. What a lane says of its steps is shown when all have ended.
at_once() {
  local lane start=$SECONDS pids=()
  mkdir -p "$logs"
  printf '   %-44s' "at once: ${*//_/ }"
  for lane; do
    run_lane "$lane" >"$logs/$lane.steps" 2>&1 &
    pids+=($!)
  done
  while kill -0 "${pids[@]}" 2>/dev/null; do
    sleep 0.5
    if (( SECONDS > start && (SECONDS - start) % 30 == 0 )); then printf ' %ss' $((SECONDS - start)); sleep 1; fi
  done
  printf ' (%ss)\n' $((SECONDS - start))
  for lane; do
    cat "$logs/$lane.steps"
    mapfile -t -O "${#failed_steps[@]}" failed_steps <"$logs/$lane.failed"
    mapfile -t -O "${#skipped_steps[@]}" skipped_steps <"$logs/$lane.skipped"
    mapfile -t -O "${#passed_now[@]}" passed_now <"$logs/$lane.passed"
    mapfile -t -O "${#passed_before[@]}" passed_before <"$logs/$lane.passed-before"
  done
}

# run_lane LANE: in a shell of its own, so its results go through files.
run_lane() {
  failed_steps=() skipped_steps=() passed_now=() passed_before=() lane_ended=no
  # shellcheck disable=SC2064
  trap "lane_results $1" EXIT
  "$1"
  lane_ended=yes
}

# lane_results LANE
lane_results() {
  if [ "$lane_ended" = no ]; then failed_steps+=("$1 did not end"); fi
  write_lines "$logs/$1.failed" ${failed_steps[@]+"${failed_steps[@]}"}
  write_lines "$logs/$1.skipped" ${skipped_steps[@]+"${skipped_steps[@]}"}
  write_lines "$logs/$1.passed" ${passed_now[@]+"${passed_now[@]}"}
  write_lines "$logs/$1.passed-before" ${passed_before[@]+"${passed_before[@]}"}
}

# write_lines FILE LINE...
write_lines() {
  local file=$1
  shift
  if (( $# == 0 )); then : >"$file"; else printf '%s\n' "$@" >"$file"; fi
}

battery_ran() { cat "$reports"/*.jsonl >build/battery.jsonl && node rust/battery/proof.mjs quick build/battery.jsonl; }

# The other layers still run when one fails; the exit code and the last lines say that one did.
tested() { step "$@" || failed_steps+=("$1"); }

# summarise LAYER...: fails if a step or a test failed, or if one of the layers ran no test.
summarise() {
  say 'Passed'
  write_lines "$logs/failed-steps" ${failed_steps[@]+"${failed_steps[@]}"}
  write_lines "$logs/passed-before" ${passed_before[@]+"${passed_before[@]}"}
  node scripts/dev/report.mjs "$logs/failed-steps" "$logs/passed-before" "$@"
}
