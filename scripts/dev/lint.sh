# Sourced by ./dev: formatting and lints of every language.
# shellcheck shell=bash

lint_all() {
  say 'Lint'
  step 'rustfmt' lint_rustfmt
  step 'clippy' lint_clippy
  step 'rustdoc' env RUSTDOCFLAGS='-D warnings' cargo doc --locked --workspace --no-deps
  step 'eslint, tsc, prettier, swiftlint' npm run lint
  step 'ktlint' mvn --batch-mode --quiet -f simulator/pom.xml antrun:run@ktlint
}

format_all() {
  cargo fmt --all
  npm run fmt
  mvn --batch-mode --quiet -f simulator/pom.xml antrun:run@ktlint-format
}

lint_rustfmt() {
  if cargo fmt --version >/dev/null 2>&1; then cargo fmt --all --check; else echo 'SKIPPED: rustfmt is not installed'; fi
}

lint_clippy() {
  if cargo clippy --version >/dev/null 2>&1; then
    cargo clippy --locked --workspace --all-targets --all-features -- -D warnings
  else
    echo 'SKIPPED: clippy is not installed'
  fi
}
