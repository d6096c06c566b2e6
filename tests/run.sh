#!/usr/bin/env bash
# Installs what the tests need, then runs all of them: Rust (the real model too), the tools for language models with a
# client that others wrote, the API against its description, then the pages in Chromium.
#
#   tests/run.sh          everything
#   CHROMIUM=/path ...    a browser of yours instead of Debian's
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }

# Debian packages, through sudo where this is not root.
install_packages() {
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "install these packages, then run this again: $*" >&2; exit 1; }
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

# What the examples of docs/examples run with, besides the Node that the pages' tests need.
prepare_examples() {
  local missing=()
  for program in curl jq python3; do command -v "$program" >/dev/null || missing+=("$program"); done
  [ "${#missing[@]}" -eq 0 ] || install_packages "${missing[@]}"
}

prepare_browser() {
  local missing=()
  export CHROMIUM="${CHROMIUM:-$(command -v chromium || true)}"
  [ -n "$CHROMIUM" ] || missing+=(chromium)
  ls /usr/share/fonts/opentype/noto/Noto*CJK* >/dev/null 2>&1 || missing+=(fonts-noto-cjk)
  [ "${#missing[@]}" -eq 0 ] || install_packages "${missing[@]}"
  export CHROMIUM="${CHROMIUM:-/usr/bin/chromium}"
}

# A Python environment named $1 with the packages of the file $2; sets $python.
prepare_python() {
  local missing=()
  python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3 python3-venv)
  [ "${#missing[@]}" -eq 0 ] || install_packages "${missing[@]}"
  python="${CARGO_TARGET_DIR:-target}/$1/bin/python"
  # One that was interrupted while it was made has no pip.
  "$python" -m pip --version >/dev/null 2>&1 || python3 -m venv --clear "${CARGO_TARGET_DIR:-target}/$1"
  "$python" -m pip install --quiet --disable-pip-version-check -r "$2"
}

# Waits until the service in $1 (a log file) says its address, and prints the address.
address() {
  for _ in $(seq 600); do
    if grep -q '^serving ' "$1"; then
      sed -n 's/^serving \(http[^ ;]*\).*/\1/p' "$1"
      return
    fi
    kill -0 "$service" 2>/dev/null || break
    sleep 0.1
  done
  echo "the service did not start:" >&2
  cat "$1" >&2
  return 1
}

say "browser and fonts"
prepare_browser
npm ci --prefix tests/web --no-audit --no-fund --loglevel=error

say "curl, jq and Python for the examples"
prepare_examples

say "Schemathesis"
if prepare_python schemathesis-venv tests/schemathesis/requirements.txt; then
  schemathesis=$(realpath "$(dirname "$python")")/st
else
  echo "SKIPPED: Schemathesis cannot be installed here, so the API is not tried against its description" >&2
  schemathesis=
fi

say "client of the Model Context Protocol"
prepare_python mcp-venv tests/mcp/requirements.txt

say "model"
cargo build --locked
tiaokuan="${CARGO_TARGET_DIR:-target}/debug/tiaokuan"
"$tiaokuan" model fetch

say "Rust"
cargo test --locked --no-fail-fast

say "a served index"
work=$(mktemp -d)
service=
trap '[ -z "$service" ] || kill "$service" 2>/dev/null || true; rm -rf "$work"' EXIT
export TIAOKUAN_DATA_DIR="$work/data"
# The Rust tests have made the seeds' vectors already.
cp -r "${CARGO_TARGET_DIR:-target}/tmp/end_to_end/." "$work/data"
"$tiaokuan" index seeds tests/web/documents
"$tiaokuan" serve --listen 127.0.0.1:0 >"$work/log" 2>&1 &
service=$!
TIAOKUAN_URL=$(address "$work/log")
export TIAOKUAN_URL

say "tools for language models, both transports"
"$python" tests/mcp/tools.py "$tiaokuan" "$TIAOKUAN_URL"

if [ -n "$schemathesis" ]; then
  say "the API against its description"
  SCHEMATHESIS="$schemathesis" tests/schemathesis/run.sh "$tiaokuan" "${CARGO_TARGET_DIR:-target}/tmp/end_to_end" 10
fi

say "pages in $("$CHROMIUM" --version)"
# One file after the other: documents come and go in one of them.
(cd tests/web && node --test --test-concurrency=1)

say "all tests passed"
