# Sourced by ./dev: where things are, and how steps are reported.
# shellcheck shell=bash

export STRONGROOM_CACHE=${STRONGROOM_CACHE:-$PWD/.cache}
logs=$PWD/build/logs
skipped_steps=()

# Tools that setup.sh put into the cache come before those of the system.
for tools in "$STRONGROOM_CACHE"/node/bin "$HOME"/.cargo/bin; do
  if [ -d "$tools" ]; then PATH=$tools:$PATH; fi
done

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

# A log without its colours, which can stand before anything that is looked for.
plain() { sed 's/\x1b\[[0-9;]*m//g' "$1"; }

# log_of NAME: the log of the step with this name.
log_of() { printf '%s/%s.log' "$logs" "$(tr -cs 'a-zA-Z0-9' '-' <<<"$1" | sed 's/-$//')"; }

# sum_of FILE
sum_of() {
  if [ ! -e "$1" ]; then echo 'no file'; elif command -v sha256sum >/dev/null; then sha256sum "$1" | cut -d' ' -f1; else shasum -a 256 "$1" | cut -d' ' -f1; fi
}

# The target of this machine.
rust_host() { rustc -vV | sed -n 's/^host: //p'; }

# maven_tools WHAT FOLDER POM: fetches tools that nothing else needs. Without them, the tests of WHAT are skipped.
maven_tools() {
  local answer
  if ! answer=$(mvn --batch-mode -f "$3" process-resources 2>&1); then
    rm -rf "$2"
    echo "SKIPPED: $1: Maven could not get the tools: $(grep -m 1 '^\[ERROR\]' <<<"$answer")"
  fi
}

# step NAME COMMAND...: runs the command, shows how long it takes and how long it used a processor, and the end of its log if it fails.
step() {
  local name=$1 log start=$SECONDS status=0 TIMEFORMAT='%U %S' took
  shift
  mkdir -p "$logs"
  log=$(log_of "$name")
  printf '   %-44s' "$name"
  { LC_NUMERIC=C; time "$@" >"$log" 2>&1 </dev/null; } 2>"$log.time" &
  local pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    if (( SECONDS > start && (SECONDS - start) % 30 == 0 )); then printf ' %ss' $((SECONDS - start)); sleep 0.8; fi
  done
  wait "$pid" || status=$?
  took="$((SECONDS - start))s, processor $(awk '{ sum += $1 + $2 } END { printf "%.0f", sum }' "$log.time")s"
  if (( status == 0 )); then
    printf ' ok (%s)\n' "$took"
    # A step that could not do part of its work says so here, not only in its log.
    if plain "$log" | grep '^SKIPPED' | sed 's/^/     /' | grep .; then skipped_steps+=("$name"); fi
  else
    printf ' FAILED (%s)\n' "$took"
    tail -n 200 "$log"
    echo "   the whole log: ${log#"$PWD"/}"
  fi
  return "$status"
}
