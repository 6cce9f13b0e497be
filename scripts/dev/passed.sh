# Sourced by ./dev: parts of the tests that passed, and what they passed with.
#
# `./dev test` does not run a part again if nothing changed that the part can depend on: no file of the repository but those in
# `no_input`, no program, no package of the system. With a part's name, `./dev test` always runs it.
# shellcheck shell=bash

passed=$PWD/build/passed
battery=$PWD/build/battery

# run_part PART: unless it passed with the same inputs.
run_part() {
  local part=$1 inputs
  inputs=$(sum_of_inputs "$part")
  if [ "$(cat "$passed/$part" 2>/dev/null)" = "$inputs" ]; then
    printf '   %-44s not run again: it passed, and nothing changed since\n' "$part"
  else
    run_part_anew "$part" "$inputs"
  fi
}

# run_part_anew PART [INPUTS]: even if nothing changed.
run_part_anew() {
  local part=$1 inputs=${2:-$(sum_of_inputs "$1")} failed=${#failed_steps[@]} skipped=${#skipped_steps[@]}
  mkdir -p "$passed" "$battery"
  rm -rf "${passed:?}/$part" "$battery/$part.jsonl" "${reports:?}/$part" "$reports/$part.json"
  export STRONGROOM_PROOF=$battery/$part.jsonl
  "part_$part"
  # What was skipped may be possible the next time, and what changed meanwhile was not tested.
  if (( ${#failed_steps[@]} == failed && ${#skipped_steps[@]} == skipped )) && [ "$inputs" = "$(sum_of_inputs "$part")" ]; then
    echo "$inputs" >"$passed/$part"
  fi
}

# sum_of_inputs PART: of everything that its result can depend on.
sum_of_inputs() {
  local others files
  mapfile -t others < <(no_input "$1")
  files=$(git ls-files --cached --others --exclude-standard -- . "${others[@]/#/:(exclude)}" | LC_ALL=C sort -u |
    while IFS= read -r file; do if [ -f "$file" ]; then printf '%s\n' "$file"; fi; done)
  { tool_versions; echo "$files"; git hash-object --no-filters --stdin-paths <<<"$files"; } | git hash-object --stdin
}

# no_input PART: what a part does not read. What is not named here is an input of it.
no_input() {
  local carried_on=(.github docs/adr docs/internals CHANGELOG.md CONTRIBUTING.md TESTING.md)
  case $1 in
    rust|schedules|disk|fuzz) printf '%s\n' "${carried_on[@]}" docs README.md SECURITY.md doctor e2e example-app simulator src-ts ;;
    jvm) printf '%s\n' "${carried_on[@]}" docs README.md SECURITY.md doctor e2e example-app src-ts ;;
    web) printf '%s\n' "${carried_on[@]}" android doctor ios rust simulator ;;
    page|shrink) printf '%s\n' "${carried_on[@]}" doctor ios ;;
    # The others read the package or the pages, and so nearly everything.
  esac
}

tool_versions() {
  uname -srm
  if command -v dpkg-query >/dev/null; then dpkg-query -W; fi
  rustc -vV
  node --version
  java -version 2>&1
}
