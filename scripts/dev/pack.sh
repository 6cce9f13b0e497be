# Sourced by ./dev: makes the npm package as it is published, with every library, SBOMs and checksums.
# shellcheck shell=bash

. scripts/dev/build.sh
. scripts/dev/ios.sh
. scripts/dev/android.sh

pack_home=build/pack

# pack_all [--release] [--test]: --release refuses what must not be published, --test runs the newcomer's test with the tarball.
pack_all() {
  local option release='' test=''
  for option; do
    case $option in
      --release) release=1 ;;
      --test) test=1 ;;
      *) echo "pack: there is no option '$option', only --release and --test" >&2; return 64 ;;
    esac
  done
  if [ -n "$test" ]; then setup; else pack_setup; fi
  say 'Build'
  step 'plugin (TypeScript)' npm run build
  need_mobile_compiler
  # A release packs the libraries that were built and tested before.
  if [ -z "$release" ] || [ ! -e "$xcframework/Info.plist" ]; then ios_all; fi
  if [ -z "$release" ] || [ ! -d "$jni_libs" ]; then android_all; fi
  pack_lacks=()
  lacking ios aarch64-apple-ios "$xcframework/Info.plist"
  lacking android aarch64-linux-android "$jni_libs"
  say 'Pack'
  step 'npm package, SBOMs, checksums' pack_package
  local tarball
  tarball=$(echo "$pack_home"/*.tgz)
  STRONGROOM_TARBALL=$tarball node scripts/package/sizes.mjs
  echo
  echo "   $tarball"
  publishable "$release" || return
  if [ -n "$test" ]; then try_package "$tarball"; fi
}

pack_setup() {
  say 'Set-up'
  need_apt cc gcc libc6-dev
  need_rust
  need_node
  npm_packages .
}

# lacking PLATFORM TARGET PATH: notes a platform whose libraries are missing and cannot be built here. Libraries that another machine
# has built may already be in place.
lacking() {
  if [ -e "$3" ] || mobile_target "$2"; then return; fi
  echo "   SKIPPED: the libraries of $1 in the package: $mobile_missing"
  pack_lacks+=("$1")
}

pack_package() {
  local rust
  rust=$(pack_rust -V | cut -d' ' -f2) &&
    node scripts/package/pack.mjs "$pack_home" "$rust" ${pack_lacks[@]+"${pack_lacks[@]/#/--without=}"}
}

# The Rust whose standard library is linked into the libraries.
pack_rust() { if [ "$mobile_compiler" = none ]; then rustc "$@"; else mobile_rustc "$@"; fi; }

# publishable RELEASE: whether the libraries may be published; for a release they must be.
publishable() {
  local why='' abi libraries=()
  for abi in "${android_abis[@]}"; do libraries+=("$jni_libs/$abi/libstrongroom.so"); done
  if (( ${#pack_lacks[@]} > 0 )); then
    why="the libraries of ${pack_lacks[*]} are missing: not for publishing"
  elif why=$(node scripts/package/publishable.mjs "${libraries[@]}" 2>&1); then
    return
  fi
  # The check also names the libraries that an NDK has linked.
  grep -v ': linked by NDK' <<<"${why:-not for publishing, and the check does not say why}" | sed 's/^/   /'
  [ -z "$1" ]
}

# try_package TARBALL: the newcomer's test with that tarball.
try_package() {
  say 'Test'
  step 'native library for this machine' build_library
  step 'simulator (Capacitor, Kotlin shim)' build_simulator
  step 'newcomer: this tarball to phone' env "STRONGROOM_TARBALL=$1" npm run test:newcomer
  plain "$logs/newcomer-this-tarball-to-phone.log" | grep -E '^ *Tests '
}
