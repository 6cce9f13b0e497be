# Sourced by ./dev: the sealed vault under schedules that shuttle explores.
# shellcheck shell=bash

# In a target folder of its own, because of the flag everything is built anew. A failure prints a schedule to replay.
shuttle_tests() {
  RUSTFLAGS='--cfg shuttle' CARGO_TARGET_DIR=target/shuttle \
    cargo test --locked -p strongroom-core --test shuttle "$@"
}
