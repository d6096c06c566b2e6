# Shared by run.sh and soak.sh: a service over a copy of an index, and samples of its memory.

command -v wrk >/dev/null || { echo "wrk is needed: apt-get install wrk" >&2; exit 2; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
service=
sampler=
writer=
stop() {
  for process in $writer $sampler $service; do kill "$process" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT

# start PROGRAM DATA_DIR: serves a copy; sets $address and $service, makes $TARGETS.
start() {
  cp -r "$2" "$work/data"
  "$1" --data-dir "$work/data" serve --listen 127.0.0.1:0 >"$work/log" 2>&1 &
  service=$!
  for _ in $(seq 600); do
    grep -q '^serving ' "$work/log" && break
    kill -0 "$service" 2>/dev/null || break
    sleep 0.1
  done
  address=$(sed -n 's/^serving \(http[^ ;]*\).*/\1/p' "$work/log")
  [ -n "$address" ] || { cat "$work/log" >&2; exit 1; }
  export TARGETS=$work/targets
  python3 "$here/targets.py" "$address" "$TARGETS"
}

# sample FILE: a line a second with what is in $work/phase, memory in KiB and open files.
sample() {
  echo "seconds,phase,rss,anonymous,mapped,files" >"$1"
  local began=$SECONDS
  while kill -0 "$service" 2>/dev/null; do
    printf '%d,%s,%s,%d\n' $((SECONDS - began)) "$(cat "$work/phase")" \
      "$(awk '/^VmRSS/{r=$2} /^RssAnon/{a=$2} /^RssFile/{f=$2} END{print r","a","f}' "/proc/$service/status")" \
      "$(ls "/proc/$service/fd" | wc -l)" >>"$1"
    sleep 1
  done
}

# memory FILE PHASE: first, median and last of resident and of anonymous memory, in MiB.
memory() {
  for column in 3 4; do
    awk -F, -v phase="$2" -v column="$column" '$2 == phase {print $column}' "$1" >"$work/column"
    sort -n "$work/column" | awk '{all[NR] = $1} END {printf "%.1f ", all[int((NR + 1) / 2)] / 1024}' >"$work/median"
    awk -v name="$([ "$column" = 3 ] && echo rss || echo anonymous)" -v median="$(cat "$work/median")" \
      'NR == 1 {first = $1} {last = $1}
       END {printf "%s_mib first=%.1f median=%s last=%.1f  ", name, first / 1024, median, last / 1024}' "$work/column"
  done
  echo
}
