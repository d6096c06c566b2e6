#!/usr/bin/env bash
# Tiaokuan with curl (and jq to read its answers): search, similar, compare, put a document, its versions, delete.
#
#   docs/examples/curl.sh              http://127.0.0.1:7878, on this machine without a key
#   TIAOKUAN_URL=https://policy.example.cn TIAOKUAN_KEY=tk_… docs/examples/curl.sh
set -euo pipefail

api=${TIAOKUAN_URL:-http://127.0.0.1:7878}/v1
ask() { curl --silent --show-error --fail-with-body ${TIAOKUAN_KEY:+-H "Authorization: Bearer $TIAOKUAN_KEY"} "$@"; }
json=(-H 'Content-Type: application/json')

# Search in your own words; a filter narrows, a cursor continues.
found=$(ask "$api/search" "${json[@]}" -d '{"query": "企业开办办结时限", "limit": 3}')
jq -r '.hits[] | "search: \(.clause.document.title) \(.clause.text[:40])"' <<<"$found"
clause=$(jq -r '.hits[0].clause.id' <<<"$found")

# Measures like a text of yours, the best of each region.
ask "$api/similar" "${json[@]}" -d '{"text": "企业开办压缩至半个工作日", "per_region": 1, "limit": 3}' |
  jq -r '.hits[] | "similar: \(.relevance) \(.clause.id)"'

# The measure of a clause, region by region.
ask "$api/compare" "${json[@]}" -d "$(jq -n --arg id "$clause" '{clause_id: $id}')" |
  jq -r '.cells[] | "compare: \(.region.name // "?") \(if .found then "has it" else "none found" end)"'

# Take a document in: the body is the file as it is. The answer comes when it can be searched.
draft=$(mktemp)
trap 'rm -f "$draft"' EXIT
printf '某区优化营商环境方案\n\n一、企业开办\n1.压缩办结时限。企业开办办结时限压缩至1个工作日以内。\n' >"$draft"
ask --upload-file "$draft" "$api/documents/example-curl?file=draft.txt" | jq -r '"put: \(.outcome), version \(.version)"'

ask "$api/documents/example-curl/versions" | jq -r '.versions[] | "version: \(.version) \(.received)"'

# Take it out, in every version.
ask --request DELETE "$api/documents/example-curl" | jq -r '"delete: \(.outcome)"'
