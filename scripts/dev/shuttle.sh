# Sourced by ./dev: runs the sealed vault under schedules that shuttle explores.
# shellcheck shell=bash

# In its own target folder, because the flag would rebuild everything. A failure prints a schedule to replay.
shuttle_tests() {
  RUSTFLAGS='--cfg shuttle' CARGO_TARGET_DIR=target/shuttle \
    cargo test --locked -p strongroom-core --test shuttle "$@"
}
