# Sourced by ./dev: every test, and how many passed in each layer.
# shellcheck shell=bash

. scripts/dev/android.sh
. scripts/dev/build.sh
. scripts/dev/full_disk.sh
. scripts/dev/fuzz.sh
. scripts/dev/ios.sh
. scripts/dev/lint.sh
. scripts/dev/reproduce.sh
. scripts/dev/shrink.sh
. scripts/dev/shuttle.sh
. scripts/dev/targets.sh

failed_steps=()

test_all() {
  build_all
  say 'Tests'
  account=$PWD/build/battery.jsonl
  rm -f "$account"
  export STRONGROOM_PROOF=$account
  need_mobile_compiler
  tested 'R8' need_r8
  at_once host_lane phones_lane
  # The build wrote their generated parts anew.
  tested 'API in README and docs/guide/configuration.md' git diff --exit-code README.md docs/guide/configuration.md
  at_once web_lane package_lane shrink_lane
  tested 'browser tests (page to Keystore)' npm run test:e2e
  say 'Lint'
  need_actionlint
  at_once lint_rust_lane lint_others_lane
  tested 'every row of the battery ran' battery_ran
  summarise
}

host_lane() {
  tested 'Rust tests' cargo test --locked --workspace --all-features --no-fail-fast
  tested 'schedules of threads' shuttle_tests
  tested 'a disk that is full' full_disk
  tested 'fuzzing, briefly' fuzz_short
  tested 'generated bindings are current' check_bindings
  tested 'third-party notices are current' node scripts/package/notices.mjs check
  tested 'JVM tests' mvn --batch-mode -f simulator/pom.xml test
}

phones_lane() {
  # Before the types are checked: a standard library to link with serves that, too.
  ios_all tested
  if [ "$mobile_compiler" = source ] && [ -d build/ios ]; then
    tested 'libraries to link with ours' ios_neighbours
    tested 'library for iOS, built again elsewhere' reproduce_one
  else
    echo '   SKIPPED: library for iOS, built again elsewhere: it is not built from source here'
  fi
  # Those of emulators are for ./dev android: a check of their types will do here.
  android_all tested arm64-v8a armeabi-v7a
  targets_all tested
}

web_lane() {
  tested 'TypeScript tests' npm test
  tested 'browser tests (web fallback)' npm run test:browser
  tested 'docs/internals/sizes.md is current' node scripts/package/sizes.mjs check
}

shrink_lane() { tested 'shrunk classes' npm run test:shrink; }

package_lane() {
  tested 'newcomer: tarball to phone' npm run test:newcomer
  tested 'iOS package' npm run test:ios
  tested 'Android libraries' npm run test:android
}

lint_rust_lane() { lint_rust tested; }
lint_others_lane() { lint_others tested; }

# at_once LANE...: runs functions side by side, since each leaves one of two cores idle for much of its time. None may read what another
# one writes. What a lane says of its steps is shown when all have ended.
at_once() {
  local lane start=$SECONDS pids=()
  printf '   %-44s' "at once: ${*//_/ }"
  for lane; do
    echo "$lane did not end" >"$logs/$lane.failed"
    { failed_steps=() && "$lane" && printf '%s\n' ${failed_steps[@]+"${failed_steps[@]}"} >"$logs/$lane.failed"; } >"$logs/$lane.steps" 2>&1 &
    pids+=($!)
  done
  while kill -0 "${pids[@]}" 2>/dev/null; do
    sleep 0.5
    if (( SECONDS > start && (SECONDS - start) % 30 == 0 )); then printf ' %ss' $((SECONDS - start)); sleep 1; fi
  done
  printf ' (%ss)\n' $((SECONDS - start))
  for lane; do
    cat "$logs/$lane.steps"
    while read -r failed; do
      if [ -n "$failed" ]; then failed_steps+=("$failed"); fi
    done <"$logs/$lane.failed"
  done
}

battery_ran() { node rust/battery/proof.mjs quick "$account"; }

# The other layers still run when one fails; the exit code and the last lines say that one did.
tested() { step "$@" || failed_steps+=("$1"); }

summarise() {
  say 'Passed'
  local passed=0 failed=0 skipped=0
  layer 'Rust' cargo_counts Rust-tests
  layer 'schedules' cargo_counts schedules-of-threads
  layer 'JVM' surefire_counts JVM-tests
  layer 'TypeScript' vitest_counts TypeScript-tests
  layer 'browser, web fallback' vitest_counts browser-tests-web-fallback
  layer 'browser, page to Keystore' vitest_counts browser-tests-page-to-Keystore
  if [ "$mobile_compiler" != none ]; then layer 'targets, types and lints' target_counts types-and-lints-for-phones; fi
  if [ -e build/shrink/tools/r8.jar ]; then layer 'shrunk classes' vitest_counts shrunk-classes; fi
  layer 'newcomer' vitest_counts newcomer-tarball-to-phone
  layer 'iOS package' vitest_counts iOS-package
  if [ -d "$jni_libs" ]; then layer 'Android libraries' vitest_counts Android-libraries; fi
  say 'The battery, in its quick form (the long one: ./dev prove)'
  cat "$logs/every-row-of-the-battery-ran.log"
  if [ -e build/ios/sizes.txt ]; then say 'The library for iOS' && cat build/ios/sizes.txt; fi
  echo
  if (( ${#failed_steps[@]} > 0 )); then
    local step
    for step in "${failed_steps[@]}"; do
      echo "FAILED: $step"
      failures "$step"
    done
    # A step can fail without a failing test, and must not look passed in the count.
    if (( failed == 0 )); then failed=${#failed_steps[@]}; fi
  fi
  echo "$passed passed, $failed failed, $skipped skipped"
  (( failed == 0 ))
}

# failures STEP: the tests that failed in it, with the first lines of each. Whoever sees only the end of the output needs them there.
failures() {
  local log
  log=$(log_of "$1")
  if [ -e "$log" ]; then
    plain "$log" | grep -E -A2 '^ *FAIL |^---- .* stdout ----|^\[ERROR\] +[A-Za-z]+Test|^error' | grep -v '^--$' | cut -c1-300 | head -n 24 | sed 's/^/   /' || true
  fi
}

# layer NAME COUNTER LOG: COUNTER prints "passed failed skipped" of a log.
layer() {
  local p f s
  read -r p f s < <("$2" "$logs/$3.log")
  printf '   %-28s %5d passed %5d failed %5d skipped\n' "$1" "$p" "$f" "$s"
  (( passed += p, failed += f, skipped += s )) || true
  if (( p == 0 )); then failed_steps+=("$1 ran no test"); fi
}

cargo_counts() {
  awk '/^test result:/ { p += $4; f += $6; s += $8 } END { print p + 0, f + 0, s + 0 }' "$1"
}

surefire_counts() {
  # The last such line is the total.
  plain "$1" | awk -F'[:,]' '
    /Tests run:.*Failures:.*Errors:.*Skipped: [0-9]+$/ { r = $2; b = $4 + $6; s = $8 }
    END { print r - b - s, b + 0, s + 0 }'
}

vitest_counts() {
  plain "$1" | awk '
    /^ *Tests / { for (i = 2; i < NF; i++) { if ($(i + 1) == "passed") p = $i; if ($(i + 1) == "failed") f = $i; if ($(i + 1) == "skipped") s = $i } }
    END { print p + 0, f + 0, s + 0 }'
}
