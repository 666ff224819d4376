#!/usr/bin/env bash
# Installs what is missing on this machine; what it cannot install it names, with the command that does.
#   .ci/setup.sh rust      to check and test Rust code        (make lint, make unit)
#   .ci/setup.sh build     and to build the page              (make build, make serve)
#   .ci/setup.sh browser   and to test it in Chromium         (make test, make web-test, make e2e)
# When all is there it takes a second and asks nothing of the network.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
level=${1:-build}

missing=()
# what is missing, and the command that installs it
name_missing() { missing+=("$1"$'\n'"    $2"); }
stop_if_missing() {
  [ ${#missing[@]} -eq 0 ] && return
  echo "Not found on this machine:" >&2
  printf '  %s\n' "${missing[@]}" >&2
  exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }
say() { echo "setup: $*"; }
# is version $1 at least $2?
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# --- Rust and Node: the two that are not ours to install ---
rust_found=$(rustc --version 2>/dev/null | awk '{ print $2 }' || true)
if ! has cargo || ! has rustc; then
  name_missing "Rust $RUST_VERSION or newer" "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh   (then open a new terminal)"
elif [ -z "$rust_found" ]; then
  name_missing "a Rust toolchain (rustc is there, but does not start)" "rustup default stable"
elif ! at_least "$rust_found" "$RUST_VERSION"; then
  name_missing "Rust $RUST_VERSION or newer ($rust_found is too old)" "rustup update stable"
fi
node_wanted=20.11
if ! has node || ! has npm; then
  name_missing "Node $node_wanted or newer, with npm" "see https://nodejs.org/en/download, or: nvm install --lts"
elif ! at_least "$(node --version | tr -d v)" "$node_wanted"; then
  name_missing "Node $node_wanted or newer ($(node --version) is too old)" "see https://nodejs.org/en/download, or: nvm install --lts"
fi
stop_if_missing

# --- what Debian packages: installed as root, named otherwise ---
packages=()
# what it is, the test, Debian's package, how to get it elsewhere
system_tool() {
  eval "$2" >/dev/null 2>&1 && return
  if has apt-get; then
    packages+=("$3")
    [ "$(id -u)" -eq 0 ] || name_missing "$1" "sudo apt-get install $3"
  else
    name_missing "$1" "$4"
  fi
}
clang_makes_wasm() { echo 'int spandeck;' | clang --target=wasm32-unknown-unknown -xc -c - -o /dev/null; }
system_tool "a C compiler and linker" "has cc" "gcc libc6-dev" "macOS: xcode-select --install; Fedora: sudo dnf install gcc; Arch: sudo pacman -S gcc"
system_tool "clang with WebAssembly support" "clang_makes_wasm" "clang" "macOS: brew install llvm, and put its bin folder on PATH; Fedora: sudo dnf install clang; Arch: sudo pacman -S clang"
if [ "$level" = browser ]; then
  system_tool "Chromium" '[ -x "$CHROMIUM" ]' "chromium" "install Chromium or Chrome and set CHROMIUM=/path/to/it"
  system_tool "Chromium's driver" '[ -x "$CHROMEDRIVER" ]' "chromium-driver" "install chromedriver of the browser's version and set CHROMEDRIVER=/path/to/it"
fi
stop_if_missing
if [ ${#packages[@]} -gt 0 ]; then
  say "apt-get install ${packages[*]}"
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2068  # one entry may name two packages
  if ! { apt-get update && apt-get install -y ${packages[@]}; } >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    echo "setup: apt-get could not install ${packages[*]} (its last lines are above). By hand: apt-get update && apt-get install ${packages[*]}" >&2
    exit 1
  fi
  rm -f "$log"
  source .ci/env.sh
fi

# --- parts of the Rust toolchain ---
has_component() { cargo "$1" --version >/dev/null 2>&1; }
has_wasm_target() { compgen -G "$(rustc --print target-libdir --target wasm32-unknown-unknown)/libstd-*.rlib" >/dev/null; }
rustup_part() { # what it is, the test, rustup's arguments
  eval "$2" && return
  if ! has rustup; then
    name_missing "$1" "rustup $3   (this Rust was not installed by rustup: see https://rustup.rs)"
  else
    say "rustup $3"
    # shellcheck disable=SC2086
    rustup $3 && eval "$2" || name_missing "$1" "rustup $3"
  fi
}
rustup_part "Rust's standard library for wasm32" has_wasm_target "target add wasm32-unknown-unknown"
rustup_part "rustfmt" "has_component fmt" "component add rustfmt"
rustup_part "clippy" "has_component clippy" "component add clippy"
stop_if_missing

# --- crates and npm packages of the lock files ---
host=$(rustc -vV | awk '/^host:/ { print $2 }')
fetch=(cargo fetch --quiet --locked --target wasm32-unknown-unknown --target "$host")
if ! "${fetch[@]}" --offline 2>/dev/null; then
  say "the crates of Cargo.lock"
  "${fetch[@]}" || { echo "setup: Cargo could not fetch the crates of Cargo.lock; this needs a network once: ${fetch[*]}" >&2; exit 1; }
fi
if ! node .ci/npm-current.mjs; then
  say "npm ci"
  npm ci --no-audit --no-fund --loglevel=error || { echo "setup: npm could not install the packages of package-lock.json; this needs a network once: npm ci" >&2; exit 1; }
fi
[ "$level" = rust ] && exit 0

# --- programs that come as crates ---
# A quick profile: these run for seconds, their own optimisation would take a quarter of an hour.
cargo_tool() { # program, crate, version, further arguments of cargo install
  local program=$1 crate=$2 version=$3 where=()
  shift 3
  has "$program" && "$program" --version 2>/dev/null | grep -qwF "$version" && return
  # Another version that somebody uses for something else stays where it is.
  has "$program" && where=(--root "$ROOT/target/tools")
  say "cargo install $crate $version (a few minutes, once)"
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
    CARGO_TARGET_DIR="$ROOT/target/tools/build" \
    cargo install --quiet "$crate" --version "$version" --force ${where[@]+"${where[@]}"} "$@" ||
    { echo "setup: could not install $program. By hand: cargo install $crate --version $version $*" >&2; exit 1; }
  hash -r
}
cargo_tool trunk trunk "$TRUNK_VERSION" --locked --no-default-features --features rustls
cargo_tool wasm-bindgen wasm-bindgen-cli "$WASM_BINDGEN_VERSION"
rm -rf "$ROOT/target/tools/build"
