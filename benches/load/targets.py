"""Writes what clients ask of a service, a request a line: method, path, body. From the graded queries of tests/gold and
from what the service itself answers to them."""

import json
import pathlib
import sys
import urllib.parse
import urllib.request

address, out = sys.argv[1:]
gold = pathlib.Path(__file__).parents[2] / "tests/gold/queries.jsonl"
queries = [json.loads(line)["query"] for line in gold.read_text(encoding="utf-8").splitlines() if line.strip()]


def get(path):
    with urllib.request.urlopen(address + path) as answer:
        return json.load(answer)


lines = []
for at, query in enumerate(queries):
    asked = "/v1/search?q=" + urllib.parse.quote(query)
    extra = ["", "&limit=20&facets=region,domain", "&mode=keyword", "&group_by=region", "&collapse=true"][at % 5]
    lines.append(("GET", asked + extra, ""))
    if at % 4:
        continue
    hits = get(asked)["hits"]
    if hits:
        clause = hits[0]["clause"]["id"]
        lines.append(("GET", "/v1/clauses/" + urllib.parse.quote(clause), ""))
        lines.append(("POST", "/v1/similar", json.dumps({"clause_id": clause, "per_region": 1})))
        lines.append(("GET", "/search?q=" + urllib.parse.quote(query), ""))
    lines.append(("POST", "/v1/similar", json.dumps({"text": query})))
pathlib.Path(out).write_text("".join("\t".join(line) + "\n" for line in lines), encoding="utf-8")
