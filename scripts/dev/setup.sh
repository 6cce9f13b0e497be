# Sourced by ./dev: installs what is missing, only from package registries, and prints what.
# shellcheck shell=bash

. scripts/dev/swift.sh

setup() {
  say 'Set-up'
  need_apt cc gcc libc6-dev
  need_apt c++ g++
  need_apt git git
  need_apt strace strace
  need_rust
  need_node
  need_apt java openjdk-17-jdk-headless default-jdk-headless
  need_apt javac openjdk-17-jdk-headless default-jdk-headless
  need_apt mvn maven
  need_chromium
  npm_packages .
  npm_packages example-app
  npm_packages e2e/app
  npm_packages e2e/libraries
  npm_packages e2e/migrating/app
  npm_packages e2e/package/app
  need_swift
  if [ -n "$swift_missing" ]; then echo "   SKIPPED: Swift, and so SwiftLint and the simulator of iOS: $swift_missing"; fi
}

# need_apt COMMAND PACKAGE...: installs the first package that apt has, unless the command exists.
need_apt() {
  local command=$1 package
  shift
  if command -v "$command" >/dev/null; then return; fi
  for package in "$@"; do
    if apt_knows "$package"; then
      apt_install "$package"
      [ "$command" = cc ] || return 0
    fi
  done
  command -v "$command" >/dev/null || missing "$command" "$*"
}

need_rust() {
  local least
  least=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
  if at_least "$least" "$(cargo --version 2>/dev/null | cut -d' ' -f2)"; then return; fi
  # Debian has a current compiler for its browsers, Ubuntu has numbered packages.
  if apt_knows cargo-web; then
    apt_install rustc-web cargo-web rust-web-clippy rustfmt-web
  else
    local version
    version=$(apt-cache pkgnames cargo-1. | sed 's/^cargo-//' | sort -V | tail -n 1)
    [ -n "$version" ] || missing cargo "Rust $least or newer"
    apt_install "rustc-$version" "cargo-$version" "rust-$version-clippy" "rustfmt-$version"
  fi
  hash -r
  at_least "$least" "$(cargo --version 2>/dev/null | cut -d' ' -f2)" || missing cargo "Rust $least or newer"
}

need_node() {
  need_node_itself
  # Debian's npm cannot write an SBOM, and does not install a folder correctly.
  if at_least 10 "$(npm --version)"; then return; fi
  note 'npm 11, from its own package'
  step 'install npm' npm install --silent --no-fund --no-audit --prefix "$STRONGROOM_CACHE/npm-package" npm@11
  mkdir -p "$STRONGROOM_CACHE/node/bin"
  ln -sf "$STRONGROOM_CACHE/npm-package/node_modules/.bin/"{npm,npx} "$STRONGROOM_CACHE/node/bin/"
  PATH=$STRONGROOM_CACHE/node/bin:$PATH
  hash -r
}

need_node_itself() {
  if at_least 22 "$(node --version 2>/dev/null | tr -d v)" && command -v npm >/dev/null; then return; fi
  need_apt npm npm
  # The npm package `node` contains the binary of Node itself.
  note 'Node 22 from the npm package `node`'
  step 'install Node' npm install --silent --no-fund --no-audit --prefix "$STRONGROOM_CACHE/node-package" node@22
  mkdir -p "$STRONGROOM_CACHE/node/bin"
  ln -sf "$STRONGROOM_CACHE/node-package/node_modules/.bin/node" "$STRONGROOM_CACHE/node/bin/node"
  PATH=$STRONGROOM_CACHE/node/bin:$PATH
  hash -r
}

need_chromium() {
  local command
  for command in "${STRONGROOM_CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [ -n "$command" ] && command -v "$command" >/dev/null; then return; fi
  done
  need_apt chromium chromium
}

# npm_packages FOLDER: installs the packages of its lock file, unless that was done for the same lock file.
npm_packages() {
  local mark=$1/node_modules/.strongroom-installed sum
  sum=$(cat "$1/package-lock.json" "$1/package.json" | git hash-object --stdin)
  if [ "$(cat "$mark" 2>/dev/null)" = "$sum" ]; then return; fi
  # From inside: with --prefix, npm 9 omits the packages that a folder takes from its neighbours.
  step "npm packages of $1" env -C "$1" npm ci
  echo "$sum" >"$mark"
}

apt_knows() {
  command -v apt-get >/dev/null || return 1
  if [ -z "${apt_updated:-}" ]; then
    step 'apt-get update' as_root apt-get update
    apt_updated=1
  fi
  [ -n "$(apt-cache policy "$1" | sed -n 's/.*Candidate: //p' | grep -v '(none)')" ]
}

apt_install() {
  note "$*"
  step "apt-get install ${1}" as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "$@"
  hash -r
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

at_least() { [ -n "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }
note() { echo "   missing, so installing: $*"; }
missing() { echo "dev: '$1' is missing and could not be installed ($2)" >&2; exit 69; }
