#!/usr/bin/env bash
# Unpacks the corpus of laws for `tiaokuan bench`: benches/corpora.sh FOLDER [ARCHIVE]
# FOLDER must lie outside the repository; without ARCHIVE it is ../shared/corpora/laws.tar.zst beside the repository.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:?usage: benches/corpora.sh FOLDER [ARCHIVE]}
archive=${2:-$root/../shared/corpora/laws.tar.zst}
[ -f "$archive" ] || { echo "there is no $archive; name any folder of documents to \`tiaokuan bench\` instead" >&2; exit 1; }
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
case "$folder/" in "$root"/*) echo "choose a folder outside the repository" >&2; exit 1 ;; esac
tar --zstd -xf "$archive" -C "$folder"
echo "tiaokuan bench $folder --work $folder-index --articles 10000,50000,all --json figures.json"
