# Sourced by ./dev: runs the sealed vault under schedules that shuttle explores.
# shellcheck shell=bash

# Naming the target keeps the flag away from procedural macros, and naming no package gives those the features that they have in the other
# tests: so they are not built again. A failure prints a schedule to replay.
shuttle_tests() {
  RUSTFLAGS='--cfg shuttle' cargo test --locked --all-features --test shuttle --target "$(rust_host)" "$@"
}
