#!/usr/bin/env bash
# Puts OpenSearch with its k-NN plugin into the folder TARGET, unless it is there: fetch.sh TARGET
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
target=${1:?fetch.sh TARGET}
[ ! -e "$target/.complete" ] || exit 0
mkdir -p "$target"
target=$(cd "$target" && pwd)
work=$(mktemp -d "$target/fetching-XXXXXX")
trap 'rm -rf "$work"' EXIT
copy=org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies
# What Maven keeps for itself is of no use afterwards: only the two archives are wanted, without what they depend on.
mvn -q -B -f "$here/pom.xml" "$copy" -DexcludeTransitive=true -DoutputDirectory="$work"
(cd "$work" && sha256sum -c --quiet "$here/SHA256SUMS")
unzip -q "$work/opensearch-3.5.0.zip" -d "$work"
home=$work/opensearch-3.5.0
mkdir -p "$home/plugins/opensearch-knn"
unzip -q "$work/opensearch-knn-3.5.0.0.zip" -d "$home/plugins/opensearch-knn"
# Databases of places and browsers that no test asks for.
rm -rf "$home/modules/ingest-geoip" "$home/modules/ingest-user-agent" "$home/modules/opensearch-dashboards"
chmod -R a+rX "$home"
rm -rf "$target/home"
mv "$home" "$target/home"
touch "$target/.complete"
