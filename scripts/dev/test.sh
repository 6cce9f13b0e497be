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
  tested 'Rust tests' cargo test --locked --workspace --all-features --no-fail-fast
  tested 'schedules of threads' shuttle_tests
  tested 'a disk that is full' full_disk
  tested 'fuzzing, briefly' fuzz_short
  # Before the types are checked: a standard library to link with serves that, too.
  ios_all tested
  if [ -n "${ios_built:-}" ] && [ "$mobile_compiler" = source ]; then tested 'libraries to link with ours' ios_neighbours; fi
  if [ -n "${ios_built:-}" ]; then
    tested 'library for iOS, built again elsewhere' reproduce_one
  else
    echo "   SKIPPED: library for iOS, built again elsewhere: it is not built here"
  fi
  # The other two are for emulators, and a release has all four.
  android_all tested arm64-v8a armeabi-v7a
  targets_all tested
  tested 'R8' need_r8
  tested 'generated bindings are current' check_bindings
  tested 'third-party notices are current' node scripts/dev/notices.mjs check
  # The build wrote their generated parts anew.
  tested 'API in README and docs/configuration.md' git diff --exit-code README.md docs/configuration.md
  tested 'tests of JVM, TypeScript and web fallback' jvm_and_web_tests
  tested 'browser tests (page to Keystore)' npm run test:e2e
  tested 'docs/sizes.md is current' node scripts/dev/sizes.mjs check
  tested 'newcomer, R8, libraries for phones' package_tests
  lint_all tested
  tested 'every row of the battery ran' battery_ran
  summarise
}

# At once, which takes three quarters of the time that one after the other takes on two cores.
jvm_and_web_tests() {
  local status=0 jvm
  logged JVM-tests mvn --batch-mode -f simulator/pom.xml test &
  jvm=$!
  logged TypeScript-tests npm test || status=1
  logged browser-tests-web-fallback npm run test:browser || status=1
  wait "$jvm" || status=1
  return "$status"
}

# Two at once again: one waits for JVMs, the other for Capacitor's CLI.
package_tests() {
  local status=0 shrink
  logged shrunk-classes npm run test:shrink &
  shrink=$!
  logged newcomer npm run test:newcomer || status=1
  logged iOS-package npm run test:ios || status=1
  logged Android-libraries npm run test:android || status=1
  wait "$shrink" || status=1
  return "$status"
}

# logged LOG COMMAND...: keeps what the command prints in a log of its own, and shows what failed or was left out.
logged() {
  local log=$logs/$1.log
  shift
  if "$@" >"$log" 2>&1; then plain "$log" | grep '^SKIPPED' || true; else tail -n 200 "$log" && return 1; fi
}

battery_ran() { node scripts/dev/proof.mjs quick "$account"; }

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
  layer 'newcomer' vitest_counts newcomer
  layer 'iOS package' vitest_counts iOS-package
  if [ -d "$jni_libs" ]; then layer 'Android libraries' vitest_counts Android-libraries; fi
  say 'The battery, in its quick form (the long one: ./dev prove)'
  cat "$logs/every-row-of-the-battery-ran.log"
  if [ -e build/ios/sizes.txt ]; then say 'The library for iOS' && cat build/ios/sizes.txt; fi
  echo
  if (( ${#failed_steps[@]} > 0 )); then
    printf 'FAILED: %s\n' "${failed_steps[@]}"
    # A step can fail without a failing test, and must not look passed in the count.
    if (( failed == 0 )); then failed=${#failed_steps[@]}; fi
  fi
  echo "$passed passed, $failed failed, $skipped skipped"
  (( failed == 0 ))
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
