#!/usr/bin/env bash
# Runs steps one after the other, prints how long each took, and stops at the first that fails with its exit code.
#   .ci/steps.sh STEP…      the steps are the functions below, named step_…
#   .ci/steps.sh a,b+c      a and then b, and c beside them: for what keeps one core busy at a time, as the linker of a release does
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

wasm32=(--target wasm32-unknown-unknown)
# `both` so that what clippy and the tests share is compiled once. Nothing here asks the network: setup has fetched the crates.
both=(--offline --locked --workspace --features "page,importer")
page=(--offline --locked --features page)
importer=(--offline --locked --features importer)

step_setup-rust() { .ci/setup.sh rust; }
step_setup-build() { .ci/setup.sh build; }
step_setup-browser() { .ci/setup.sh browser; }

step_fmt() { cargo fmt --all --check; }
step_types() {
  local project
  for project in .ci/jsconfig.json src/engine/worker/tsconfig.json src/offline/tsconfig.json; do
    tsc --project "$project"
  done
}
step_clippy() { cargo clippy "${both[@]}" --all-targets -- -D warnings; }
# Each program alone, as it ships: what only the other one uses would be dead code here.
step_clippy-wasm() {
  cargo clippy "${page[@]}" "${wasm32[@]}" --lib --bin spandeck --test web -- -D warnings
  cargo clippy "${importer[@]}" "${wasm32[@]}" --lib --bin importer -- -D warnings
}
step_unit() { cargo test "${both[@]}"; }
step_web-test() { cargo test "${page[@]}" "${wasm32[@]}" --test web; }

# All that the built page is made of. A folder is newer when a file in it came or went.
built_from=(src styles index.html Cargo.toml Cargo.lock Trunk.toml package-lock.json .ci .cargo)
is_built() {
  [ -f dist/index.html ] && [ -f target/dist.stamp ] &&
    [ -z "$(find "${built_from[@]}" -newer target/dist.stamp -print -quit)" ]
}
step_build() {
  if is_built; then
    echo "dist/ is up to date"
    return
  fi
  mkdir -p target
  # The time before the build: what changes while it runs counts as not built.
  touch target/dist.started
  trunk build --release
  mv target/dist.started target/dist.stamp
}
step_e2e() { node --test --test-reporter=spec --test-concurrency=2 --test-timeout=1200000 tests/e2e/*.test.mjs; }
step_bench() { node tests/e2e/bench.mjs; }

rows=()
clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }
table() {
  [ ${#rows[@]} -gt 1 ] || return 0
  echo
  printf '  %s\n' "${rows[@]}"
  printf '  %-14s %6s\n' total "$(clock $SECONDS)"
}

# One step; its row goes to the end of a file.
run_step() { # step, file of rows
  local from=$SECONDS code took
  echo "── $1"
  (set -e; "step_$1")
  code=$?
  took=$(clock $((SECONDS - from)))
  if [ "$code" -ne 0 ]; then
    printf '%-14s %6s  failed, exit code %d\n' "$1" "$took" "$code" >>"$2"
    echo "── $1 failed after $took (exit code $code)"
    return "$code"
  fi
  printf '%-14s %6s\n' "$1" "$took" >>"$2"
  echo "── $1 took $took"
}

# Steps one after the other, up to the first that fails. As in a step, `||` behind it or in it would switch `set -e` off.
run_lane() { # a,b,c, file of rows
  local step code
  set +e
  for step in ${1//,/ }; do
    run_step "$step" "$2"
    code=$?
    [ "$code" -eq 0 ] || return "$code"
  done
}

for name in ${*//[,+]/ }; do
  declare -F "step_$name" >/dev/null || { echo "There is no step $name." >&2; exit 2; }
done
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
for group in "$@"; do
  lanes=(${group//+/ })
  # The first lane is heard while it runs, the others afterwards.
  beside=()
  for ((at = 1; at < ${#lanes[@]}; at += 1)); do
    run_lane "${lanes[at]}" "$logs/rows.$at" >"$logs/out.$at" 2>&1 &
    beside+=($!)
  done
  set +e
  run_lane "${lanes[0]}" "$logs/rows.0"
  code=$?
  for ((at = 1; at < ${#lanes[@]}; at += 1)); do
    wait "${beside[at - 1]}" || code=$?
    cat "$logs/out.$at"
  done
  set -e
  for ((at = 0; at < ${#lanes[@]}; at += 1)); do mapfile -t -O ${#rows[@]} rows <"$logs/rows.$at"; done
  rm -f "$logs"/*
  if [ "$code" -ne 0 ]; then
    table
    exit "$code"
  fi
done
table
