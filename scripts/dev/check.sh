# Sourced by ./dev: what a change can break at once. `./dev test` decides; this takes two minutes.
# shellcheck shell=bash

# check_all [REVISION]: checks the files that differ from it (HEAD, unless another is named), in the languages that they are written in.
check_all() {
  local revision=${1:-HEAD} start=$SECONDS check failed=() files=() arguments
  git rev-parse --verify --quiet "$revision^{commit}" >/dev/null || { echo "check: there is no revision '$revision'" >&2; return 64; }
  mapfile -t files < <({ git diff --name-only --diff-filter=d "$revision"; git ls-files --others --exclude-standard; } | sort -u)
  if (( ${#files[@]} == 0 )); then
    echo "Nothing differs from $revision: name an older revision, as in ./dev check HEAD~1"
    return
  fi
  say "${#files[@]} files that differ from $revision"
  while read -ra check; do
    arguments=("${check[@]:1}")
    step "${check[0]//_/ }" "check_${check[0]}" ${arguments[@]+"${arguments[@]}"} || failed+=("${check[0]}")
  done < <(node scripts/dev/changed.mjs "${files[@]}")
  echo
  if (( ${#failed[@]} > 0 )); then printf 'FAILED: %s\n' "${failed[@]//_/ }"; fi
  echo "checked in $((SECONDS - start)) seconds; ./dev test runs the rest"
  (( ${#failed[@]} == 0 ))
}

check_rustfmt() { lint_rustfmt; }
check_clippy() { cargo clippy --locked --all-targets --all-features "${@/#/--package=}" -- -D warnings; }
check_rust_tests() { cargo test --locked --all-features "${@/#/--package=}"; }
check_types() { npm run --silent typecheck; }
check_eslint() { npx eslint --cache --cache-location build/eslint-cache "$@"; }
check_prettier() { npx prettier --check --ignore-unknown "$@"; }
check_unit_tests() { npx vitest related --run --project unit "$@"; }
check_doctor() { npx vitest run --project doctor doctor/test; }
check_prose() { node scripts/dev/prose.mjs check; }
check_claims() { node scripts/dev/claims.mjs; }
check_pages() { npx vitest run --project package e2e/package/docs.test.mjs e2e/package/prose.test.mjs; }
check_workflows() { npx vitest run --project package e2e/package/workflows.test.mjs; }
check_ktlint() { mvn --batch-mode --quiet -f simulator/pom.xml antrun:run@ktlint; }
check_kotlin() { build_simulator; }
check_swiftlint() { npm run --silent swiftlint -- lint --strict; }
check_bash() { local file; for file; do bash -n "$file" || return; done; }
