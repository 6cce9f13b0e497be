# Sourced by ./dev: the Rust library for this machine. A file of its own, because the bindings are generated again if it changes.
# shellcheck shell=bash

# All crates but those that `default-members` in Cargo.toml leaves out.
build_library() { cargo build --locked; }
