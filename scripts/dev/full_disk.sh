# Sourced by ./dev: a disk that is really full.
# shellcheck shell=bash

# Mounts a small file system in its own namespace, where no other process sees it.
full_disk() {
  local program=target/debug/full_disk mount
  mount=$(mktemp -d)
  if ! unshare --map-root-user --mount mount -t tmpfs tmpfs "$mount" 2>/dev/null; then
    rmdir "$mount"
    echo 'SKIPPED: this machine does not allow mounting a file system in a namespace'
    return 0
  fi
  # With the features of all crates, as `build_library` has built it.
  cargo build --locked --bin full_disk &&
    unshare --map-root-user --mount sh -c 'mount -t tmpfs -o size=512k tmpfs "$1" && exec "$2" "$1"' - "$mount" "$PWD/$program"
  local status=$?
  rmdir "$mount"
  return "$status"
}
