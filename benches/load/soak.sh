#!/usr/bin/env bash
# Four clients for a quarter of an hour while documents are put again with another text, deleted and put: the index
# holds the same at the end of each round, so what grows is not the index.
#
#   benches/load/soak.sh PROGRAM DATA_DIR [MINUTES] [MEMORY.csv] [PAUSE]
#
# PAUSE between two changes in seconds, 0.5 without it. The documents are put for the first time before it begins.
# Compares the median of memory in the sixth minute, when what keeps queries is full, with that of the last, and fails
# where resident memory grew by more than 5 %, or a client heard of an error. Needs wrk and python3.
set -euo pipefail
source "$(dirname "$0")/service.sh"
minutes=${3:-15}
samples=${4:-$work/memory.csv}
start "$(realpath "$1")" "$2"
echo soak >"$work/phase"
touch "$work/changes"
python3 "$here/writer.py" "$address" "${5:-0.5}" >"$work/changes" 2>&1 &
writer=$!
until grep -q ready "$work/changes"; do
  kill -0 "$writer" || { cat "$work/changes" >&2; exit 1; }
  sleep 0.2
done
sample "$samples" &
sampler=$!
wrk --threads 2 --connections 4 --duration "$((minutes * 60))s" --timeout 60s --script "$here/mixed.lua" "$address" \
  >"$work/wrk"
sed -n 's/^RESULT /clients=4 /p' "$work/wrk"
tail -1 "$work/changes"
curl -s "$address/metrics" | grep -E '^tiaokuan_(documents_ingested_total|merges_total|segments|generation|ingestion_seconds_(sum|count))' || true

median() { # column, from, to
  awk -F, -v column="$1" -v from="$2" -v to="$3" 'NR > 1 && $1 >= from && $1 < to {print $column}' "$samples" |
    sort -n | awk '{all[NR] = $1} END {print all[int((NR + 1) / 2)] + 0}'
}
end=$((minutes * 60))
failed=0
for row in 3:rss 4:anonymous 5:mapped; do
  first=$(median "${row%%:*}" 300 360)
  last=$(median "${row%%:*}" "$((end - 60))" "$end")
  growth=$(awk -v a="$first" -v b="$last" 'BEGIN {printf "%.1f", a ? (b / a - 1) * 100 : 0}')
  echo "${row#*:}: sixth minute $((first / 1024)) MiB, last minute $((last / 1024)) MiB, $growth %"
  if [ "${row#*:}" = rss ] && awk -v growth="$growth" 'BEGIN {exit !(growth > 5)}'; then failed=1; fi
done
grep -Eq '^RESULT .* statuses=(2..:[0-9]+,?)+ connect=0 read=0 write=0 timeout=0$' "$work/wrk" || failed=1
grep -E ' (ERROR|panic)' "$work/log" && failed=1
exit "$failed"
