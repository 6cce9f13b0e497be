# Sourced by ./dev: what a change can break at once. `./dev test` decides; this takes two minutes.
# shellcheck shell=bash

# check_all [REVISION]: checks the files that differ from it (HEAD, unless another is named), in the languages that they are written in.
check_all() {
  local revision=${1:-HEAD} start=$SECONDS checks check failed=() files=() arguments
  git rev-parse --verify --quiet "$revision^{commit}" >/dev/null || { echo "check: there is no revision '$revision'" >&2; return 64; }
  mapfile -t files < <({ git diff --name-only "$revision"; git ls-files --others --exclude-standard; } | sort -u)
  if (( ${#files[@]} == 0 )); then
    echo "Nothing differs from $revision: name an older revision, as in ./dev check HEAD~1"
    return
  fi
  say "${#files[@]} files that differ from $revision"
  checks=$(node scripts/dev/changed.mjs "${files[@]}") || return
  if [ -z "$checks" ]; then
    echo 'SKIPPED: no check is for these files; ./dev test runs all tests'
    return
  fi
  while read -ra check; do
    arguments=("${check[@]:1}")
    step "${check[0]//_/ }" "check_${check[0]}" ${arguments[@]+"${arguments[@]}"} || failed+=("${check[0]}")
  done <<<"$checks"
  echo
  if (( ${#failed[@]} > 0 )); then printf 'FAILED: %s\n' "${failed[@]//_/ }"; fi
  echo "checked in $((SECONDS - start)) seconds; ./dev test runs the rest"
  (( ${#failed[@]} == 0 ))
}

check_rustfmt() { lint_rustfmt; }
check_clippy() { lint_clippy "$@"; }
check_rust_tests() { cargo test --locked --all-features "${@/#/--package=}"; }
check_types() { npm run --silent typecheck; }
check_eslint() { npx eslint --cache --cache-location build/eslint-cache "$@"; }
check_prettier() { npx prettier --check --ignore-unknown "$@"; }
# check_unit_tests [FILE...]: those that use these files, or all.
check_unit_tests() {
  if (( $# > 0 )); then npx vitest related --run --project unit "$@"; else npx vitest run --project unit; fi
}
check_doctor() { npx vitest run --project doctor doctor/test; }
check_prose() { lint_prose; }
check_claims() { lint_claims; }
check_pages() { npx vitest run --project package e2e/package/docs.test.mjs e2e/package/prose.test.mjs; }
check_workflows() { npx vitest run --project package e2e/package/workflows.test.mjs; }
check_ktlint() { lint_ktlint; }
check_kotlin() { build_simulator; }
check_swift() {
  if [ -n "$swift_missing" ]; then echo "SKIPPED: Swift: $swift_missing"; return; fi
  simulator_ios_library && simulator/ios/build --library-path "$(simulator_ios_folder)"
}
check_swiftlint() { npm run --silent swiftlint -- lint --strict; }
check_bash() { local file; for file; do bash -n "$file" || return; done; }
