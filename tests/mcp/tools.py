"""Lists and calls every tool of tiaokuan with the official Python SDK, over both transports.

    python tools.py PROGRAM URL     PROGRAM is tiaokuan, over the data directory of TIAOKUAN_DATA_DIR; URL is served

Each transport is tried with the newest revision of the protocol and with the handshake of older ones. The SDK checks
every answer against the tool's own output schema.
"""

import asyncio
import json
import os
import sys

from mcp import Client, StdioServerParameters

TOOLS = {"search_clauses", "similar_measures", "compare_regions", "get_clause"}
# No answer is larger than this, in bytes of JSON: a model reads each of them.
LARGEST = 64_000


async def call(client, name, arguments):
    """What the tool answers, after checking that its text says the same."""
    result = await client.call_tool(name, arguments)
    assert not result.is_error, (name, arguments, result.content)
    assert json.loads(result.content[0].text) == result.structured_content, name
    size = len(result.content[0].text.encode())
    assert size <= LARGEST, (name, size)
    return result.structured_content


async def refused(client, name, arguments, code, field=None):
    """Checks that the call is an error of the tool, with a stable code and a sentence."""
    result = await client.call_tool(name, arguments)
    assert result.is_error, (name, arguments)
    fault = json.loads(result.content[0].text)
    assert (fault["code"], fault["field"]) == (code, field), fault
    assert fault["message"] and fault["message_zh"], fault


async def check_descriptions(client):
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert tools.keys() == TOOLS, tools.keys()
    for tool in tools.values():
        assert tool.description and tool.output_schema and tool.annotations.read_only_hint, tool.name
        for name, field in tool.input_schema["properties"].items():
            assert field.get("description"), (tool.name, name)


async def check_answers(client):
    first = await call(client, "search_clauses", {"query": "用水用气外线工程并联审批", "limit": 3})
    assert first["hits"] and first["total"] >= len(first["hits"]), first
    found = first["hits"][0]
    assert 0 < len(found["snippet"]) <= 300 and found["url"].endswith(found["id"]), found
    if first["next_cursor"]:
        more = {"query": "用水用气外线工程并联审批", "limit": 3, "cursor": first["next_cursor"]}
        second = await call(client, "search_clauses", more)
        ids = [hit["id"] for hit in first["hits"] + second["hits"]]
        assert len(ids) == len(set(ids)), ids

    code = found["document"]["region"]["code"]
    narrow = {"query": "办理时间", "limit": 20, "filter": {"region": [code], "kind": ["measure"]}}
    for hit in (await call(client, "search_clauses", narrow))["hits"]:
        assert hit["kind"] == "measure" and hit["document"]["region"]["code"] == code, hit

    clause = await call(client, "get_clause", {"id": found["id"]})
    assert clause["id"] == found["id"] and clause["text"] and clause["citation"].startswith("《"), clause
    assert clause["next_offset"] is None, clause

    for arguments in ({"clause_id": found["id"]}, {"text": clause["text"], "limit": 20}):
        alike = await call(client, "similar_measures", arguments)
        assert alike["hits"], alike
    for arguments in ({"clause_id": found["id"]}, {"query": "用水报装", "limit": 20}):
        compared = await call(client, "compare_regions", arguments)
        assert compared["cells"] and compared["found"] >= 1, compared


async def check_refusals(client):
    await refused(client, "get_clause", {"id": "none"}, "unknown_clause")
    await refused(client, "search_clauses", {"query": "用水", "limit": 21}, "invalid_limit", "limit")
    await refused(client, "search_clauses", {}, "missing_field", "query")
    await refused(client, "search_clauses", {"query": "用水", "colour": 1}, "unknown_field", "colour")
    await refused(client, "search_clauses", {"query": "用水", "filter": {"kind": ["x"]}}, "wrong_type", "filter.kind[0]")
    await refused(client, "search_clauses", {"query": "用水", "cursor": "x"}, "invalid_cursor", "cursor")
    await refused(client, "similar_measures", {}, "clause_or_text", "clause_id")
    await refused(client, "compare_regions", {}, "clause_text_or_query", "clause_id")


async def check(name, server, mode):
    async with Client(server, mode=mode, read_timeout_seconds=60) as client:
        await check_descriptions(client)
        await check_answers(client)
        await check_refusals(client)
        print(f"ok {name}, protocol {client.protocol_version}")


async def main(program, url):
    stdio = StdioServerParameters(command=program, args=["mcp"], env=dict(os.environ))
    for mode in ("auto", "legacy"):
        await check("stdio", stdio, mode)
        await check("streamable HTTP", f"{url}/mcp", mode)


asyncio.run(main(sys.argv[1], sys.argv[2]))
