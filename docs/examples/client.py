"""Tiaokuan with Python's standard library: search, similar, compare, put a document, its versions, delete.

    python3 docs/examples/client.py         http://127.0.0.1:7878, on this machine without a key
    TIAOKUAN_URL=https://policy.example.cn TIAOKUAN_KEY=tk_… python3 docs/examples/client.py
"""

import json
import os
import urllib.error
import urllib.request

API = os.environ.get("TIAOKUAN_URL", "http://127.0.0.1:7878") + "/v1"
KEY = os.environ.get("TIAOKUAN_KEY")

DRAFT = "某区优化营商环境方案\n\n一、企业开办\n1.压缩办结时限。企业开办办结时限压缩至1个工作日以内。\n"


def ask(method, path, body=None, content_type="application/json"):
    """The JSON that the service answers. An error says its stable code, and what to do about it in Chinese."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(API + path, data, {"Content-Type": content_type}, method=method)
    if KEY:
        request.add_header("Authorization", f"Bearer {KEY}")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        problem = json.load(error)
        raise SystemExit(f"{problem['code']}: {problem['detail']} {problem['detail_zh']}") from error


# Search in your own words; a filter narrows, a cursor continues.
found = ask("POST", "/search", {"query": "企业开办办结时限", "limit": 3})
for hit in found["hits"]:
    print("search:", hit["clause"]["document"]["title"], hit["clause"]["text"][:40])
clause = found["hits"][0]["clause"]["id"]

# Measures like a text of yours, the best of each region.
for hit in ask("POST", "/similar", {"text": "企业开办压缩至半个工作日", "per_region": 1, "limit": 3})["hits"]:
    print("similar:", round(hit["relevance"], 2), hit["clause"]["id"])

# The measure of a clause, region by region.
for cell in ask("POST", "/compare", {"clause_id": clause})["cells"]:
    region = cell["region"]["name"] if cell["region"] else "?"
    print("compare:", region, "has it" if cell["found"] else "none found")

# Take a document in: the body is the file as it is. The answer comes when it can be searched.
put = ask("PUT", "/documents/example-python?file=draft.txt", DRAFT.encode(), "application/octet-stream")
print("put:", put["outcome"], "version", put["version"])

for version in ask("GET", "/documents/example-python/versions")["versions"]:
    print("version:", version["version"], version["received"])

# Take it out, in every version.
print("delete:", ask("DELETE", "/documents/example-python")["outcome"])
