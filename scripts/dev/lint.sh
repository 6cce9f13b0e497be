# Sourced by ./dev: formatting and lints of every language.
# shellcheck shell=bash

. scripts/dev/actionlint.sh
. scripts/dev/fuzz.sh
. scripts/dev/simulator_ios.sh

# lint_all [RUNNER]: runs each check with `step`, or with another command that takes a name and a command.
lint_all() {
  local run=${1:-step}
  say 'Lint'
  need_actionlint
  lint_rust "$run"
  lint_others "$run"
}

lint_rust() {
  "$1" 'rustfmt' lint_rustfmt
  "$1" 'clippy' lint_clippy
  "$1" 'clippy (fuzz targets)' lint_fuzz
  "$1" 'clippy (library for the simulator of iOS)' lint_ios_simulator
  "$1" 'rustdoc' env RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps
}

lint_others() {
  "$1" 'tests named in SECURITY.md' lint_claims
  "$1" 'prose' lint_prose
  "$1" 'eslint, tsc, prettier, swiftlint' npm run lint
  "$1" 'actionlint' actionlint
  "$1" 'ktlint' lint_ktlint
}

format_all() {
  cargo fmt --all
  cargo fmt --manifest-path rust/fuzz/Cargo.toml
  npm run fmt
  node scripts/dev/prose.mjs
  mvn --batch-mode --quiet -f simulator/android/pom.xml antrun:run@ktlint-format
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

lint_ios_simulator() {
  if [ "$(uname -s)" = Darwin ]; then
    echo 'SKIPPED: a Mac has a Keychain of its own'
  elif cargo clippy --version >/dev/null 2>&1; then
    simulator_ios_library_lints
  else
    echo 'SKIPPED: clippy is not installed'
  fi
}

lint_claims() { node scripts/dev/claims.mjs; }
lint_prose() { node scripts/dev/prose.mjs check; }
lint_ktlint() { mvn --batch-mode --quiet -f simulator/android/pom.xml antrun:run@ktlint; }

# lint_clippy [PACKAGE...]: of all, unless some are named.
lint_clippy() {
  if cargo clippy --version >/dev/null 2>&1; then
    cargo clippy --locked --all-targets --all-features "${@/#/--package=}" -- -D warnings
  else
    echo 'SKIPPED: clippy is not installed'
  fi
}
