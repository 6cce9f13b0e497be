# Sourced by ./dev: lets SwiftLint's Linux binary start on Debian.
#
# The binary in the npm package @expo/swiftlint needs the libraries of a Swift toolchain. Debian has them since trixie, built
# for that release's C library. So both are unpacked into one folder, and a wrapper runs SwiftLint with that loader.
# shellcheck shell=bash

swift_suite=trixie

need_swift_runtime() {
  local bin=$STRONGROOM_CACHE/swift-runtime/bin
  PATH=$bin:$PATH
  if swiftlint version >/dev/null 2>&1; then return; fi
  if [ "$(uname -m)" != x86_64 ] || [ ! -e /usr/share/keyrings/debian-archive-keyring.gpg ]; then return; fi
  note "libswiftlang of Debian $swift_suite, unpacked into ${STRONGROOM_CACHE#"$PWD"/}, for SwiftLint"
  step 'Swift runtime libraries' unpack_swift_runtime || echo '     SwiftLint will be skipped'
}

unpack_swift_runtime() {
  local home=$STRONGROOM_CACHE/swift-runtime mirror
  mirror=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' | sed -n 's/^Debian //p' | grep -v security | head -n 1)
  mkdir -p "$home"/{apt/lists/partial,apt/archives/partial,root,bin}
  : >"$home/apt/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $swift_suite main" >"$home/apt/sources.list"
  # A separate apt without installed packages, so the system's packages do not change.
  local options=(
    -o "Dir::Etc::sourcelist=$home/apt/sources.list" -o Dir::Etc::sourceparts=-
    -o "Dir::State::lists=$home/apt/lists" -o "Dir::State::status=$home/apt/status"
    -o "Dir::Cache::archives=$home/apt/archives" -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache="
    -o Debug::NoLocking=1 -o APT::Install-Recommends=0
  )
  apt-get "${options[@]}" update && apt-get "${options[@]}" install --yes --download-only libswiftlang || return
  local package
  for package in "$home"/apt/archives/*.deb; do dpkg-deb --extract "$package" "$home/root" || return; done
  rm -rf "$home/apt"
  cat >"$home/bin/swiftlint" <<'WRAPPER'
#!/bin/sh
# SourceKit is not part of the runtime. The configuration has no rule that needs it.
root=$(dirname "$0")/../root
export SWIFTLINT_DISABLE_SOURCEKIT=1
exec "$root/usr/lib64/ld-linux-x86-64.so.2" \
  --library-path "$root/usr/lib/x86_64-linux-gnu:$root/usr/libexec/swift/lib/swift/linux" \
  "$(dirname "$0")/../../../node_modules/@expo/swiftlint/bin/linux-x64/swiftlint" "$@"
WRAPPER
  chmod +x "$home/bin/swiftlint"
}
