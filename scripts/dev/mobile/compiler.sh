# Sourced by ./dev: a Rust compiler for the targets that ship, with a standard library for each.
#
# Where rustup has the targets, as on a Mac, that is rustup's. Elsewhere it is the compiler that Debian keeps for its browsers: it
# comes with its own source, and so the standard library of any target can be built, without a linker or an SDK.
# shellcheck shell=bash

ios_targets=(aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios)
mobile_targets=(
  "${ios_targets[@]}" aarch64-apple-darwin
  aarch64-linux-android armv7-linux-androideabi x86_64-linux-android i686-linux-android
)

# The oldest iOS, as in Package.swift. It has to be known before the standard library is built.
export IPHONEOS_DEPLOYMENT_TARGET=15.0

# What to say where there is no compiler.
# shellcheck disable=SC2034
mobile_missing='neither has rustup the target, nor apt the package rust-web-src'

# need_mobile_compiler RUNNER: sets mobile_compiler to `rustup`, `debian` or `none`, and builds what standard libraries it lacks.
need_mobile_compiler() {
  if [ -n "${mobile_compiler:-}" ]; then return; fi
  local packages=(rustc-web cargo-web rust-web-src rust-web-clippy)
  if rustup_targets | grep -qx aarch64-apple-ios; then
    mobile_compiler=rustup
  elif same_version "${packages[@]}" || { apt_knows rust-web-src && apt_install "${packages[@]}" && same_version "${packages[@]}"; }; then
    mobile_compiler=debian
    mobile_home=$STRONGROOM_CACHE/mobile/$(dpkg-query -W -f '${Version}' rust-web-src | tr -c 'A-Za-z0-9.\n' _)-ios$IPHONEOS_DEPLOYMENT_TARGET
    "$1" 'standard libraries for phones' mobile_std
  else
    mobile_compiler=none
  fi
}

# mobile_target TARGET: whether there is a standard library for it, or one can be built.
mobile_target() {
  case $mobile_compiler in
    debian) ;;
    rustup) rustup_targets | grep -qx "$1" ;;
    none) false ;;
  esac
}

# mobile_cargo SUBCOMMAND ARGUMENT...
mobile_cargo() {
  local settings=(-u RUSTFLAGS CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0) cargo=(cargo) flags=()
  if [ "$mobile_compiler" = debian ]; then
    flags=("--sysroot=$mobile_home/sysroot")
    # rustup's compiler stays the first on the PATH, and its cargo would start its own clippy.
    settings=(-u RUSTUP_TOOLCHAIN "${settings[@]}" CARGO=/usr/bin/cargo RUSTC=/usr/bin/rustc "CARGO_TARGET_DIR=$mobile_home/target")
    cargo=(/usr/bin/cargo)
    if [ "$1" = clippy ]; then cargo=(/usr/bin/cargo-clippy); fi
  fi
  env "${settings[@]}" "CARGO_ENCODED_RUSTFLAGS=$(encoded_flags ${flags[@]+"${flags[@]}"})" "${cargo[@]}" "$@"
}

# mobile_rustc ARGUMENT...: the compiler itself.
mobile_rustc() {
  if [ "$mobile_compiler" = debian ]; then
    /usr/bin/rustc "--sysroot=$mobile_home/sysroot" "$@"
  else
    rustc "$@"
  fi
}

# encoded_flags FLAG...: for cargo, with those that keep the paths of this machine out of a library.
encoded_flags() {
  local IFS=$'\x1f'
  set -- "--remap-path-prefix=$PWD=." "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo" "$@"
  printf '%s' "$*"
}

# mobile_std: builds the standard libraries that are missing.
mobile_std() {
  local target checked=()
  for target in "${mobile_targets[@]}"; do
    case " ${ios_targets[*]} " in *" $target "*) ;; *) checked+=("$target") ;; esac
  done
  # What is linked later needs code, with bitcode for link-time optimisation; for a check of types the metadata will do.
  build_std -Cembed-bitcode=yes "${ios_targets[@]}" && build_std -Zno-codegen "${checked[@]}"
}

# build_std FLAG TARGET...
build_std() {
  local flag=$1 target work=$mobile_home/std missing=()
  shift
  for target in "$@"; do
    if [ ! -e "$mobile_home/sysroot/lib/rustlib/$target/complete" ]; then missing+=("$target"); fi
  done
  if (( ${#missing[@]} == 0 )); then return; fi
  rm -rf "$work"
  mkdir -p "$work/src" || return
  # Those of older compilers are of no use any more.
  find "$STRONGROOM_CACHE/mobile" -mindepth 1 -maxdepth 1 ! -path "$mobile_home" -exec rm -rf {} + || return
  echo '#![no_std]' >"$work/src/lib.rs" &&
    printf '%s\n' '[package]' 'name = "nothing"' 'version = "0.0.0"' 'edition = "2024"' '[workspace]' >"$work/Cargo.toml" || return
  env -u RUSTUP_TOOLCHAIN "CARGO_ENCODED_RUSTFLAGS=$(encoded_flags "$flag")" RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 \
    /usr/bin/cargo build --release -Zbuild-std=std,panic_abort,test --manifest-path "$work/Cargo.toml" \
    --target-dir "$work/target" "${missing[@]/#/--target=}" || return
  for target in "${missing[@]}"; do
    local to=$mobile_home/sysroot/lib/rustlib/$target
    # cargo does not notice that it built against another one.
    rm -rf "$to" "$mobile_home/target/$target"
    mkdir -p "$to/lib" &&
      find "$work/target/$target/release/deps" -name '*.rlib' ! -name 'libnothing-*' -exec cp -t "$to/lib" {} + &&
      touch "$to/complete" || return
  done
  rm -rf "$work"
}

mobile_target_dir() { if [ "$mobile_compiler" = debian ]; then echo "$mobile_home/target"; else echo "${CARGO_TARGET_DIR:-target}"; fi; }

rustup_targets() { rustup target list --installed 2>/dev/null || true; }

# same_version PACKAGE...: whether all are installed, from one source. A library fits only the very compiler it came with.
same_version() {
  [ "$(dpkg-query -W -f '${db:Status-Status} ${source:Version}\n' "$@" 2>/dev/null | sort | uniq -c | awk '{ print $1, $2 }')" = "$# installed" ]
}
