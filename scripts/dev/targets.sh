# Sourced by ./dev: checks types and lints of the published code, for every target.
# shellcheck shell=bash

. scripts/dev/mobile/compiler.sh

# The tests are checked, too, for one target of each system and pointer size.
targets_with_tests=(aarch64-apple-ios-sim aarch64-apple-darwin aarch64-linux-android armv7-linux-androideabi)

# targets_all [RUNNER [TARGET...]]: runs each part with `step`, or with another command that takes a name and a command.
targets_all() {
  local run=${1:-step}
  shift $(( $# > 0 ))
  if [ $# = 0 ]; then set -- "${mobile_targets[@]}"; fi
  need_mobile_compiler
  "$run" 'standard libraries, to check against' need_std types "$@"
  "$run" 'types and lints for phones' check_targets "$@"
}

check_targets() {
  local target status=0 apple=() android=()
  for target; do
    if ! mobile_target "$target"; then
      echo "SKIPPED: $target: $mobile_missing"
    elif is_apple "$target"; then
      apple+=("$target")
    else
      android+=("$target")
    fi
  done
  # All targets of a kind at once use every core. Then one by one, which takes no time, shows which one failed.
  check_kind ${apple[@]+"${apple[@]}"} || true
  check_kind ${android[@]+"${android[@]}"} || true
  for target in ${apple[@]+"${apple[@]}"} ${android[@]+"${android[@]}"}; do
    if check_kind "$target"; then echo "ok: $target"; else echo "FAILED: $target" && status=1; fi
  done
  return "$status"
}

# check_kind TARGET...: all of Apple's or all of Android's.
check_kind() {
  local target with_tests=() packages=(--package=strongroom-core --package=strongroom-ffi)
  if [ $# = 0 ]; then return; fi
  if is_apple "$1"; then packages+=(--package=strongroom-apple); else packages+=(--package=strongroom-android); fi
  # First as published, because the tests switch features on. With `--release`, what the compiler runs on this machine is built once for
  # these checks and for the libraries.
  mobile_cargo clippy --locked --release "${packages[@]}" --lib "${@/#/--target=}" -- -D warnings || return
  for target in "$@"; do
    case " ${targets_with_tests[*]} " in *" $target "*) with_tests+=("--target=$target") ;; esac
  done
  if [ ${#with_tests[@]} = 0 ]; then return; fi
  packages+=(--package=strongroom-testkit --package=strongroom-battery)
  mobile_cargo clippy --locked --release "${packages[@]}" --tests "${with_tests[@]}" -- -D warnings
}

is_apple() { case $1 in *-apple-*) ;; *) false ;; esac; }
