#!/usr/bin/env bash
# Prints the home of a JDK of version 21 or newer: TIAOKUAN_TEST_JDK, JAVA_HOME, what `java` is, or what stands beside it.
set -euo pipefail
java=$(readlink -f "$(command -v java || true)")
beside=${java%/bin/java}
for home in "${TIAOKUAN_TEST_JDK:-}" "${JAVA_HOME:-}" "$beside" "${beside%/*}"/* /usr/lib/jvm/*; do
  [ -n "$home" ] && [ -x "$home/bin/java" ] || continue
  version=$("$home/bin/java" -version 2>&1 | sed -nE '1s/.*version "([0-9]+).*/\1/p') || continue
  if [ "${version:-0}" -ge 21 ]; then
    echo "$home"
    exit 0
  fi
done
echo "no JDK of version 21 or newer; name one with TIAOKUAN_TEST_JDK" >&2
exit 1
