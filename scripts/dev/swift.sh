# Sourced by ./dev and simulator/ios/build: a Swift toolchain for Linux, without any change to the system.
#
# Debian has one since trixie, built for that release's C library. So the packages are unpacked into the cache: the compiler
# runs in a root of its own, programs run beside everything else with the loader and the libraries of that root. SwiftLint's
# binary from the npm package @expo/swiftlint needs the same libraries.
# shellcheck shell=bash

swift_suite=trixie
swift_packages=(swiftlang libc6-dev libstdc++-14-dev)
swift_home=$STRONGROOM_CACHE/swift
swift_root=$swift_home/root

# Installs the toolchain unless it is there. Without it, what needs it says SKIPPED and $swift_missing.
need_swift() {
  PATH=$swift_home/bin:$PATH
  swift_missing=$(swift_obstacle)
  if [ -n "$swift_missing" ] || [ "$(uname -s)" = Darwin ] || [ -e "$swift_home/complete" ]; then return; fi
  note "Swift of Debian $swift_suite, unpacked into ${STRONGROOM_CACHE#"$PWD"/} (2.5 GB)"
  step 'Swift toolchain' swift_unpack || swift_missing="the packages of Debian $swift_suite could not be had"
}

# Why this machine cannot have a toolchain. Prints nothing if it can.
swift_obstacle() {
  if [ "$(uname -s)" = Darwin ]; then
    command -v swift >/dev/null || echo 'Xcode is not installed'
  elif [ -e "$swift_home/complete" ]; then
    swift_enter true 2>/dev/null || echo 'this system does not let a program have mounts of its own (unshare --map-root-user --mount)'
  elif [ "$(uname -m)" != x86_64 ]; then
    echo "SwiftLint and the toolchain are for x86_64, this is $(uname -m)"
  elif [ -z "$(swift_mirror)" ] || [ ! -e /usr/share/keyrings/debian-archive-keyring.gpg ]; then
    echo "apt of this system has no mirror of Debian, so there are no packages of $swift_suite"
  elif ! swift_enter true 2>/dev/null; then
    echo 'this system does not let a program have mounts of its own (unshare --map-root-user --mount)'
  fi
}

# swift_run COMMAND...: runs a program of the toolchain in its root, in which the repository and the folders of $swift_folders have
# their own paths.
swift_folders=()
swift_run() {
  if [ "$(uname -s)" = Darwin ]; then "$@"; return; fi
  # shellcheck disable=SC2016
  swift_enter sh -euc '
    root=$1
    shift
    while [ "$1" != -- ]; do
      mkdir -p "$root$1"
      mount --rbind "$1" "$root$1"
      shift
    done
    shift
    # Caches of the compiler go where the next one finds them, and nobody else.
    exec env -i PATH=/usr/bin HOME=/ unshare --root="$root" --wd="$PWD" "$@"
  ' sh "$(cd "$swift_root" && pwd -P)" /proc /dev /tmp "$(pwd -P)" "${swift_folders[@]}" -- "$@"
}

# swift_program FILE ARGUMENT...: runs a program that was built with the toolchain, outside of its root.
swift_program() {
  if [ "$(uname -s)" = Darwin ]; then "$@"; else "$(swift_loader)" --library-path "$(swift_libraries)" "$@"; fi
}

# swift_enter COMMAND...: as root of a namespace, whose mounts end with the command.
swift_enter() { unshare --map-root-user --mount --propagation private -- "$@"; }

swift_loader() { echo "$swift_root/usr/lib64/ld-linux-x86-64.so.2"; }
swift_libraries() { echo "$swift_root/usr/lib/x86_64-linux-gnu:$swift_root/usr/libexec/swift/lib/swift/linux"; }

# The system's own mirror, from its own list.
swift_mirror() {
  apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 2>/dev/null | sed -n 's/^Debian //p' | grep -v security | head -n 1
}

swift_unpack() {
  local apt=$swift_home/apt package folder
  mkdir -p "$apt"/{lists/partial,archives/partial} "$swift_root"/usr/{bin,lib,lib64,sbin}
  : >"$apt/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(swift_mirror) $swift_suite main" >"$apt/sources.list"
  # A separate apt without installed packages, so the system's packages do not change.
  local options=(
    -o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=-
    -o "Dir::State::lists=$apt/lists" -o "Dir::State::status=$apt/status"
    -o "Dir::Cache::archives=$apt/archives" -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache="
    -o Debug::NoLocking=1 -o APT::Install-Recommends=0
  )
  apt-get "${options[@]}" update && apt-get "${options[@]}" install --yes --download-only "${swift_packages[@]}" || return
  for package in "$apt"/archives/*.deb; do dpkg-deb --extract "$package" "$swift_root" || return; done
  rm -rf "$apt"
  # What the package base-files would bring.
  for folder in bin lib lib64 sbin; do [ -e "$swift_root/$folder" ] || ln -s "usr/$folder" "$swift_root/$folder" || return; done
  swift_wrap_swiftlint
  swift_run swiftc --version && touch "$swift_home/complete"
}

swift_wrap_swiftlint() {
  mkdir -p "$swift_home/bin"
  cat >"$swift_home/bin/swiftlint" <<'WRAPPER'
#!/bin/sh
# SourceKit is not used. The configuration has no rule that needs it.
root=$(dirname "$0")/../root
export SWIFTLINT_DISABLE_SOURCEKIT=1
exec "$root/usr/lib64/ld-linux-x86-64.so.2" \
  --library-path "$root/usr/lib/x86_64-linux-gnu:$root/usr/libexec/swift/lib/swift/linux" \
  "$(dirname "$0")/../../../node_modules/@expo/swiftlint/bin/linux-x64/swiftlint" "$@"
WRAPPER
  chmod +x "$swift_home/bin/swiftlint"
}
