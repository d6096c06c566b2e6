#!/usr/bin/env bash
# Clients at the edge of the line: 4, 64 and 1,000 of them, then 4 again, with mixed real queries.
#
#   benches/load/run.sh PROGRAM DATA_DIR [SECONDS] [MEMORY.csv]
#
# Prints for each: requests, answers by status, percentiles of the time to the whole answer (of refusals too), memory.
# Fails on any status but 2xx and 503, and on any error of a connection. Needs wrk and python3.
set -euo pipefail
source "$(dirname "$0")/service.sh"
seconds=${3:-60}
samples=${4:-$work/memory.csv}
start "$(realpath "$1")" "$2"
echo before >"$work/phase"
sample "$samples" &
sampler=$!

failed=0
round() { # name, clients
  echo "$1" >"$work/phase"
  local threads=2
  wrk --threads "$threads" --connections "$2" --duration "${seconds}s" --timeout 60s --script "$here/mixed.lua" \
    "$address" >"$work/wrk"
  echo after >"$work/phase"
  local result
  result=$(sed -n 's/^RESULT //p' "$work/wrk")
  echo "clients=$2 $result"
  echo "    $(memory "$samples" "$1")"
  if ! grep -Eq 'statuses=((2..|503):[0-9]+,?)+ connect=0 read=0 write=0 timeout=0$' <<<"$result"; then
    cat "$work/wrk"
    failed=1
  fi
  sleep 2
}
round four 4
round sixty-four 64
round thousand 1000
round four-again 4
grep -E ' (ERROR|panic)' "$work/log" && failed=1
exit "$failed"
