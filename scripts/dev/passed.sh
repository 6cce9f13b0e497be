# Sourced by ./dev: parts of the tests that passed, and what they passed with.
#
# `./dev test` does not run a part again if nothing changed that the part can depend on: the files of the repository but those in
# `no_input`, and what `surroundings` prints. With a part's name, `./dev test` always runs it.
# shellcheck shell=bash

reports=$PWD/build/reports
# The inputs of each part, from before the build: what changes during the run was not tested.
declare -A inputs=()
# The parts that passed in this run, and those that passed earlier with the same inputs.
passed_now=() passed_before=()

take_inputs() {
  local part outside
  mkdir -p "$reports"
  outside=$(surroundings)
  for part in "${test_parts[@]}"; do
    # A file can vanish meanwhile. Then the part runs, and nothing is noted.
    inputs[$part]=$(sum_of_inputs "$part" "$outside") || inputs[$part]=
  done
}

# run_part PART: unless it passed with the same inputs.
run_part() {
  if [ -n "${inputs[$1]}" ] && [ "$(cat "$reports/$1.passed" 2>/dev/null)" = "${inputs[$1]}" ]; then
    printf '   %-44s not run again: it passed, and nothing changed since\n' "$1"
    passed_before+=("$1")
  else
    run_part_anew "$1"
  fi
}

# run_part_anew PART: even if nothing changed.
run_part_anew() {
  local part=$1 failed=${#failed_steps[@]} skipped=${#skipped_steps[@]}
  rm -rf "${reports:?}/$part" "$reports/$part".*
  export STRONGROOM_PROOF=$reports/$part.jsonl
  "part_$part"
  # What was skipped may be possible the next time, but the simulator never has the WebView that one of the JVM tests needs.
  if (( ${#skipped_steps[@]} > skipped )) && [ "$part" != jvm ]; then return; fi
  if (( ${#failed_steps[@]} == failed )); then passed_now+=("$part"); fi
}

# note_passed: for the next run, unless something changed since the build.
note_passed() {
  local part outside
  outside=$(surroundings)
  for part in ${passed_now[@]+"${passed_now[@]}"}; do
    case $part in
      # They use the libraries for phones, which may be older than these inputs.
      typescript|newcomer|ios|android) [[ " ${passed_now[*]} " == *' phones '* ]] || continue ;;
    esac
    if [ -n "${inputs[$part]}" ] && [ "${inputs[$part]}" = "$(sum_of_inputs "$part" "$outside")" ]; then
      echo "${inputs[$part]}" >"$reports/$part.passed"
    fi
  done
}

# sum_of_inputs PART SURROUNDINGS
sum_of_inputs() {
  local others file files=()
  mapfile -t others < <(no_input "$1")
  others=(-- . ${others[@]+"${others[@]/#/:(exclude)}"})
  while IFS= read -r -d '' file; do
    if [ -f "$file" ]; then files+=("$file"); fi
  done < <(git ls-files -z --cached --others --exclude-standard "${others[@]}")
  {
    echo "$2"
    # Some tests read what is tracked, or a mode.
    git ls-files --stage "${others[@]}" | cut -d ' ' -f 1,4-
    for file in "${files[@]}"; do if [ -x "$file" ]; then echo "$file"; fi; done
    git hash-object --no-filters -- "${files[@]}"
  } | git hash-object --stdin
}

# no_input PART: what a part does not read. What is not named here is an input of it.
no_input() {
  local read_by_people=(.github docs/adr docs/internals CHANGELOG.md CONTRIBUTING.md TESTING.md)
  case $1 in
    rust|schedules|disk|fuzz) printf '%s\n' "${read_by_people[@]}" docs README.md SECURITY.md doctor e2e example-app simulator src-ts ;;
    jvm) printf '%s\n' "${read_by_people[@]}" docs README.md SECURITY.md doctor e2e example-app simulator/ios src-ts ;;
    web) printf '%s\n' "${read_by_people[@]}" android doctor ios rust simulator ;;
    swift) printf '%s\n' "${read_by_people[@]}" docs README.md SECURITY.md android doctor e2e simulator/android src-ts ;;
    iphone) printf '%s\n' "${read_by_people[@]}" android doctor simulator/android ;;
    page|shrink) printf '%s\n' "${read_by_people[@]}" doctor ios simulator/ios ;;
    # The others read the package or the pages, and so nearly everything.
  esac
}

# surroundings: programs, settings and tools that are not in the repository.
surroundings() {
  local browser
  uname -srm
  cat /proc/sys/kernel/core_pattern 2>/dev/null || true
  if command -v dpkg-query >/dev/null; then dpkg-query -W; fi
  rustc -vV
  cargo --version
  node --version
  npm --version
  mvn --version
  java -version 2>&1
  for browser in "${STRONGROOM_CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [ -n "$browser" ] && command -v "$browser" >/dev/null; then "$browser" --version 2>/dev/null; break; fi
  done
  env | grep -E '^(STRONGROOM_|RUST|CARGO_|PROPTEST_|ANDROID_|JAVA_|MAVEN_|NODE_)' | grep -v '^STRONGROOM_PROOF=' | sort
  cat node_modules/.strongroom-installed ./*/node_modules/.strongroom-installed e2e/*/node_modules/.strongroom-installed 2>/dev/null || true
}
