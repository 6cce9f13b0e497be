# Sourced by ./dev: finds a Rust compiler for the published targets, with a standard library for each.
#
# If rustup has the targets for iOS, as on a Mac, they are used unchanged. Otherwise the standard library of each target is
# built from the compiler's own source, without a linker or an SDK: rustup's component rust-src, or the package
# rust-web-src of the compiler that Debian keeps for its browsers.
# shellcheck shell=bash

ios_targets=(aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios)
mobile_targets=(
  "${ios_targets[@]}" aarch64-apple-darwin
  aarch64-linux-android armv7-linux-androideabi x86_64-linux-android i686-linux-android
)

# The oldest iOS, as in Package.swift. The build of the standard library needs it, too.
export IPHONEOS_DEPLOYMENT_TARGET=15.0

# The message if there is no compiler.
# shellcheck disable=SC2034
mobile_missing='rustup has neither the target nor the component rust-src, and apt not the package rust-web-src'

# Without `backtrace`: a fifth of the library would read debugging symbols that no app ships (docs/internals/sizes.md).
mobile_std_features=panic-unwind,optimize_for_size
mobile_std_opt_level=s

mobile_rustc=rustc mobile_cargo=cargo mobile_clippy=cargo-clippy

# need_mobile_compiler: sets mobile_compiler to `prebuilt`, `source` or `none`.
need_mobile_compiler() {
  if [ -n "${mobile_compiler:-}" ]; then return; fi
  local packages=(rustc-web cargo-web rust-web-src rust-web-clippy) version
  if rustup_targets | grep -qx aarch64-apple-ios; then
    mobile_compiler=prebuilt
  elif [ -d "$(rustc --print sysroot 2>/dev/null)/lib/rustlib/src/rust/library" ]; then
    mobile_compiler=source version=$(rustc --version)
  elif same_version "${packages[@]}" || { apt_knows rust-web-src && apt_install "${packages[@]}" && same_version "${packages[@]}"; }; then
    # By its path, because rustup's compiler is first on the PATH, and its cargo would start its own clippy.
    mobile_compiler=source version=$(dpkg-query -W -f '${Version}' rust-web-src)
    mobile_rustc=/usr/bin/rustc mobile_cargo=/usr/bin/cargo mobile_clippy=/usr/bin/cargo-clippy
  else
    mobile_compiler=none
  fi
  if [ "$mobile_compiler" != none ]; then mobile_fetch; fi
  # Everything that a standard library depends on.
  mobile_home=$STRONGROOM_CACHE/mobile/$(tr -c 'A-Za-z0-9.,\n' _ <<<"${version:-}-ios$IPHONEOS_DEPLOYMENT_TARGET-$mobile_std_features-$mobile_std_opt_level")
}

# mobile_target TARGET: whether there is a standard library for it, or one can be built.
mobile_target() {
  case $mobile_compiler in
    source) ;;
    prebuilt) rustup_targets | grep -qx "$1" ;;
    none) false ;;
  esac
}

# mobile_cargo SUBCOMMAND ARGUMENT...: cargo, or the program in mobile_wrapper that starts it.
mobile_cargo() {
  local settings=(-u RUSTFLAGS CARGO_INCREMENTAL=0 "CARGO=$(command -v "$mobile_cargo")") flags=()
  local cargo=(${mobile_wrapper[@]+"${mobile_wrapper[@]}"})
  if [ "$mobile_compiler" = source ]; then
    flags=("--sysroot=$mobile_home/sysroot")
    settings+=("RUSTC=$(command -v "$mobile_rustc")" "CARGO_TARGET_DIR=$(mobile_target_dir)")
    if [ "$1" = clippy ]; then cargo=("$mobile_clippy"); fi
  fi
  if [ ${#cargo[@]} = 0 ]; then cargo=("$mobile_cargo"); fi
  mobile_env "${settings[@]}" "CARGO_ENCODED_RUSTFLAGS=$(encoded_flags ${flags[@]+"${flags[@]}"})" "${cargo[@]}" "$@"
}

# mobile_env ARGUMENT...: env, without rustup's setting if the compiler is not one of rustup's.
mobile_env() {
  case $mobile_cargo in
    /*) env -u RUSTUP_TOOLCHAIN "$@" ;;
    *) env "$@" ;;
  esac
}

# mobile_fetch: downloads the crates, because the flags below name their folders.
mobile_fetch() {
  mobile_env "RUSTC=$(command -v "$mobile_rustc")" "$mobile_cargo" fetch --locked --quiet
}

# mobile_rustc ARGUMENT...: the compiler itself.
mobile_rustc() {
  if [ "$mobile_compiler" = source ]; then set -- "--sysroot=$mobile_home/sysroot" "$@"; fi
  "$mobile_rustc" "$@"
}

# encoded_flags FLAG...: flags for cargo, with those that keep the paths of this machine and the name of its registry out of a library.
encoded_flags() {
  local IFS=$'\x1f' home=${CARGO_HOME:-$HOME/.cargo} source flags=() sources
  flags=("--remap-path-prefix=$PWD=." "--remap-path-prefix=$home=cargo")
  # The last matching flag wins.
  for sources in "$home"/registry/src/*; do
    if [ -d "$sources" ]; then flags+=("--remap-path-prefix=$sources=cargo"); fi
  done
  source=$("$mobile_rustc" --print sysroot)/lib/rustlib/src/rust
  if [ -d "$source" ]; then flags+=("--remap-path-prefix=$source=rust" "--remap-path-prefix=$(readlink -f "$source")=rust"); fi
  set -- "${flags[@]}" "$@"
  printf '%s' "$*"
}

# need_std KIND TARGET...: builds the standard libraries that are missing: `code`, to link, or `types`, to check against.
need_std() {
  local kind=$1 target missing=() flag=-Zno-codegen
  shift
  if [ "$mobile_compiler" != source ]; then return; fi
  for target in "$@"; do
    if ! has_std "$kind" "$target"; then missing+=("$target"); fi
  done
  if (( ${#missing[@]} == 0 )); then return; fi
  # Bitcode, for link-time optimisation.
  if [ "$kind" = code ]; then flag=-Cembed-bitcode=yes; fi
  build_std "$kind" "$flag" "${missing[@]}"
}

has_std() {
  local to=$mobile_home/sysroot/lib/rustlib/$2
  [ -e "$to/$1" ] || { [ "$1" = types ] && [ -e "$to/code" ]; }
}

# build_std KIND FLAG TARGET...
build_std() {
  local kind=$1 flag=$2 target work=$mobile_home/std
  shift 2
  rm -rf "$work"
  mkdir -p "$work/src" || return
  # Removes those of older compilers.
  find "$STRONGROOM_CACHE/mobile" -mindepth 1 -maxdepth 1 ! -path "$mobile_home" -exec rm -rf {} + || return
  echo '#![no_std]' >"$work/src/lib.rs" &&
    printf '%s\n' '[package]' 'name = "nothing"' 'version = "0.0.0"' 'edition = "2024"' '[workspace]' >"$work/Cargo.toml" || return
  std_cargo build --release -Zbuild-std=std,panic_abort,test "-Zbuild-std-features=$mobile_std_features" \
    --manifest-path "$work/Cargo.toml" --target-dir "$work/target" "${@/#/--target=}" || return
  for target in "$@"; do
    local to=$mobile_home/sysroot/lib/rustlib/$target
    # cargo does not notice that the standard library has changed.
    rm -rf "$to" "$mobile_home/target/$target"
    mkdir -p "$to/lib" &&
      find "$work/target/$target/release/deps" -name '*.rlib' ! -name 'libnothing-*' -exec cp -t "$to/lib" {} + &&
      touch "$to/$kind" || return
  done
  rm -rf "$work"
}

# Uses variables of its caller build_std.
std_cargo() {
  local settings=("CARGO_ENCODED_RUSTFLAGS=$(encoded_flags "$flag")" "CARGO_PROFILE_RELEASE_OPT_LEVEL=$mobile_std_opt_level")
  # Allows unstable features, for the standard library only, which cannot be built without them.
  mobile_env "${settings[@]}" "RUSTC=$(command -v "$mobile_rustc")" RUSTC_BOOTSTRAP=1 "$mobile_cargo" "$@"
}

# cargo's output folder. Set STRONGROOM_MOBILE_TARGET to build everything again.
mobile_target_dir() {
  if [ "$mobile_compiler" = source ]; then echo "${STRONGROOM_MOBILE_TARGET:-$mobile_home/target}"; else echo "${CARGO_TARGET_DIR:-target}"; fi
}

# The compiler's version of LLVM.
mobile_llvm() { "$mobile_rustc" -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p'; }

rustup_targets() { rustup target list --installed 2>/dev/null || true; }

# same_version PACKAGE...: whether all are installed, from one source. A library fits only the compiler that it came with.
same_version() {
  [ "$(dpkg-query -W -f '${db:Status-Status} ${source:Version}\n' "$@" 2>/dev/null | sort | uniq -c | awk '{ print $1, $2 }')" = "$# installed" ]
}
