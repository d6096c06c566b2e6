#!/usr/bin/env bash
# Makes the corpus that the fuzzers begin with out of the seeds and the tests' documents.
set -euo pipefail
cd "$(dirname "$0")"
for target in load split numeral query requests; do
  mkdir -p "corpus/$target"
  cp ../tests/cases/documents/* "corpus/$target/"
done
for seed in ../seeds/*.txt; do
  head -c 6000 "$seed" >"corpus/split/$(basename "$seed")"
  awk 'NF { print; if (++lines == 40) exit }' "$seed" >"corpus/query/$(basename "$seed")"
done
# Bodies and addresses as README.md shows them, one a file.
number=0
grep -oE "'[^']*[{=][^']*'" ../README.md | tr -d "'" | while IFS= read -r example; do
  number=$((number + 1))
  printf '%s' "$example" >"corpus/requests/readme-$number"
done
