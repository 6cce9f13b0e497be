# Sourced by ./dev: checks that a second build of the libraries is identical (docs/internals/reproducible-build.md).
#
# The second build is in another folder, with no library built before. Only the standard libraries come from the cache: they are built
# once for each compiler.
# shellcheck shell=bash

. scripts/dev/ios.sh

# reproduce_all: every library, from the last commit.
reproduce_all() {
  . scripts/dev/android.sh
  say 'Build here'
  ios_all
  android_all
  if ! git diff --quiet HEAD --; then echo '   this compares the last commit, without the uncommitted changes'; fi
  say 'Build again, in another folder'
  local again path paths=() status=0
  again=$(mktemp -d)/once-more
  step 'clone' git clone --quiet . "$again"
  step 'libraries' build_again "$again" build_all_here || return
  say 'Compare'
  while read -r path; do paths+=("$path"); done < <({ native_binaries; (cd "$again" && native_binaries) } | sort -u)
  compare_libraries . "$again" ${paths[@]+"${paths[@]}"} || status=1
  rm -rf "${again%/*}"
  return "$status"
}

# build_again FOLDER FUNCTION: runs it there, in a shell that gets the folder of the standard libraries from here.
build_again() {
  ln -s "$PWD/node_modules" "$1/node_modules" &&
    env -C "$1" "STRONGROOM_CACHE=$STRONGROOM_CACHE" "STRONGROOM_MOBILE_TARGET=$1/target" bash -c '
      set -euo pipefail
      for part in common setup reproduce; do . "scripts/dev/$part.sh"; done
      "$1"' bash "$2"
}

build_all_here() {
  . scripts/dev/android.sh
  ios_all plainly
  android_all plainly
}

# A runner that shows all output, for a step of its own.
plainly() { shift; "$@"; }

# native_binaries: those of the package that are built.
native_binaries() {
  find android/src/main ios -type f \( -path '*/jniLibs/*.so' -o -path '*.framework/StrongroomFFI' \)
}

# compare_libraries FOLDER OTHER PATH...: prints a line for each.
compare_libraries() {
  local here=$1 there=$2 path sum other status=0
  shift 2
  if [ $# = 0 ]; then echo 'there is no library to compare' && return 1; fi
  for path; do
    sum=$(sum_of "$here/$path") other=$(sum_of "$there/$path")
    if [ "$sum" = "$other" ] && [ -e "$here/$path" ]; then
      echo "   ok: $sum $path"
    else
      echo "   differs: $path: $sum here, $other there"
      status=1
    fi
  done
  return "$status"
}
