# Sourced by ./dev: tests the build that wrote version 1 of the format with a file of version 2.
# shellcheck shell=bash

# The last commit before version 2.
older_commit=b308f6f

# An older build must answer NEWER_FORMAT, and change no byte.
older_build() {
  local work status=0
  if ! git cat-file -e "$older_commit^{commit}" 2>/dev/null; then
    echo "SKIPPED: this clone has no history back to $older_commit"
    return 0
  fi
  work=$(mktemp -d)
  git archive "$older_commit" Cargo.toml Cargo.lock rust | tar -x -C "$work" &&
    cargo build --locked --manifest-path "$work/Cargo.toml" --target-dir "$PWD/target/older" -p strongroom-core --features testing --example model_process &&
    cargo build --locked --bin model_process &&
    older_answers target/older/debug/examples/model_process target/debug/model_process "$work/store" || status=$?
  rm -rf "$work"
  return "$status"
}

# older_answers OLD NEW DIRECTORY: lets the old program read a store of the new one.
older_answers() {
  local old=$1 new=$2 store=$3 before after answers
  local habits='{"small_file":262144,"dead_bytes":65536,"seals":1000,"rotate_after_ms":null,"rotate_kek_after_ms":null}'
  local set='{"now_ms":1000,"step":{"SetMany":[{"name":"token","value":"secret","when":"Never"}]}}'
  local get='{"now_ms":1001,"step":{"Get":"token"}}'
  mkdir -p "$store"
  "$new" "$store" "$habits" <<<"$set" >/dev/null || return
  before=$(older_snapshot "$store")
  answers=$(printf '%s\n' "$get" "$set" '{"now_ms":1002,"step":"Look"}' '{"now_ms":1003,"step":"RotateKeys"}' '{"now_ms":1004,"step":"Recover"}' |
    "$old" "$store" "$habits") || return
  after=$(older_snapshot "$store")
  if [[ $before != "$after" ]]; then
    echo 'older: the older build changed a file or a key of a newer store' >&2
    return 1
  fi
  if (( $(grep -c '"Refused":"NEWER_FORMAT"' <<<"$answers") != 5 )); then
    echo 'older: the older build did not answer NEWER_FORMAT to every call' >&2
    return 1
  fi
  "$new" "$store" "$habits" <<<"$get" | grep -q '"Value":"secret"' || return
  echo 'The older build answered NEWER_FORMAT to 5 calls and changed no byte.'
}

older_snapshot() {
  (cd "$1" && find . -type f ! -name '*.lock' | sort | xargs sha256sum)
}
