#!/usr/bin/env bash
# Asks a service what its OpenAPI file says can be asked, and what it says cannot, with every check of Schemathesis.
#
#   tests/schemathesis/run.sh PROGRAM DATA_DIR [EXAMPLES]
#
# PROGRAM serves a copy of DATA_DIR, since documents are put and deleted. EXAMPLES an operation: 25 without it, which
# takes about a minute. SCHEMATHESIS names the program `st` where it is not on the path.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "$1")
examples=${3:-25}
schemathesis=${SCHEMATHESIS:-st}

work=$(mktemp -d)
service=
trap '[ -z "$service" ] || kill "$service" 2>/dev/null || true; rm -rf "$work"' EXIT
cp -r "$2" "$work/data"
"$program" --data-dir "$work/data" serve --listen 127.0.0.1:0 --max-queue 1000 >"$work/log" 2>&1 &
service=$!
for _ in $(seq 600); do
  grep -q '^serving ' "$work/log" && break
  kill -0 "$service" 2>/dev/null || break
  sleep 0.1
done
address=$(sed -n 's/^serving \(http[^ ;]*\).*/\1/p' "$work/log")
[ -n "$address" ] || { echo "the service did not start:" >&2; cat "$work/log" >&2; exit 1; }

cd "$work"
export SCHEMATHESIS_HOOKS=hooks TIAOKUAN_URL=$address
export PYTHONPATH=$here${PYTHONPATH:+:$PYTHONPATH}
status=0
"$schemathesis" --config-file "$here/schemathesis.toml" run "$address/openapi.json" \
  --checks all --mode all --phases examples,coverage,fuzzing,stateful --max-examples "$examples" \
  --continue-on-failure --suppress-health-check all --request-timeout 60 --no-color || status=$?
if grep -E ' (ERROR|panic)' "$work/log"; then
  echo "the service logged errors" >&2
  status=1
fi
kill -0 "$service" || { echo "the service has ended" >&2; status=1; }
exit "$status"
