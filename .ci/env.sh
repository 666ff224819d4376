# Sourced by the other scripts: where the tools are found and how they are to behave.
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT" || exit 1

# target/tools holds a tool only where the machine's own has another version; node_modules/.bin has wasm-opt.
export PATH="$ROOT/target/tools/bin:$ROOT/node_modules/.bin:$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"
# Everything is built in one folder, also where the machine is set up otherwise.
export CARGO_TARGET_DIR="$ROOT/target"
# Trunk 0.21.14 takes NO_COLOR=1 for a bad option.
unset NO_COLOR

TRUNK_VERSION=0.21.14
# The version that Cargo.lock holds: the command line tool must be the same.
WASM_BINDGEN_VERSION=$(awk '/^name = "wasm-bindgen"$/ { getline; gsub(/version = |"/, ""); print; exit }' Cargo.lock)
RUST_VERSION=$(awk -F'"' '/^rust-version/ { print $2; exit }' Cargo.toml)

first_of() { local tool; for tool in "$@"; do command -v "$tool" && return; done; return 1; }
export CHROMIUM=${CHROMIUM:-$(first_of chromium chromium-browser google-chrome)}
export CHROMEDRIVER=${CHROMEDRIVER:-$(first_of chromedriver)}
# A busy machine needs more than the 20 seconds that the Rust tests in the browser get by default.
export WASM_BINDGEN_TEST_TIMEOUT=${WASM_BINDGEN_TEST_TIMEOUT:-180}
# Trunk's own errors come as a sentence; a backtrace of its insides hides it. Panics in our tests keep theirs.
export RUST_LIB_BACKTRACE=0
