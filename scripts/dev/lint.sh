# Sourced by ./dev: formatting and lints of every language.
# shellcheck shell=bash

. scripts/dev/actionlint.sh
. scripts/dev/fuzz.sh

# lint_all [RUNNER]: runs each check with `step`, or with another command that takes a name and a command.
lint_all() {
  local run=${1:-step}
  say 'Lint'
  need_actionlint
  "$run" 'rustfmt' lint_rustfmt
  "$run" 'clippy' lint_clippy
  "$run" 'clippy (fuzz targets)' lint_fuzz
  "$run" 'rustdoc' env RUSTDOCFLAGS='-D warnings' cargo doc --locked --workspace --no-deps
  "$run" 'tests named in SECURITY.md' node scripts/dev/claims.mjs
  "$run" 'eslint, tsc, prettier, swiftlint' npm run lint
  "$run" 'actionlint' actionlint
  "$run" 'ktlint' mvn --batch-mode --quiet -f simulator/pom.xml antrun:run@ktlint
}

format_all() {
  cargo fmt --all
  cargo fmt --manifest-path rust/fuzz/Cargo.toml
  npm run fmt
  mvn --batch-mode --quiet -f simulator/pom.xml antrun:run@ktlint-format
}

lint_rustfmt() {
  if cargo fmt --version >/dev/null 2>&1; then cargo fmt --all --check && cargo fmt --manifest-path rust/fuzz/Cargo.toml --check; else echo 'SKIPPED: rustfmt is not installed'; fi
}

# With the flags of the fuzz build, so that libFuzzer is not built again.
lint_fuzz() {
  if cargo clippy --version >/dev/null 2>&1; then
    fuzz_cargo clippy --all-targets -- -D warnings
  else
    echo 'SKIPPED: clippy is not installed'
  fi
}

lint_clippy() {
  if cargo clippy --version >/dev/null 2>&1; then
    cargo clippy --locked --workspace --all-targets --all-features -- -D warnings
  else
    echo 'SKIPPED: clippy is not installed'
  fi
}
