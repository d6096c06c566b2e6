"""What Schemathesis cannot know of this API: how to read tables, and which refusals no schema can foresee."""

import csv
import io
import json
import os
import urllib.request
import zipfile

import schemathesis
from hypothesis import strategies as st

# Of names that are looked up, of files that are read, of cursors that were never given. A request that the description
# allows is refused for one of these reasons or for none.
UNFORESEEABLE = {
    "unknown_region",
    "unknown_domain",
    "unknown_document",
    "unknown_kind",
    "unknown_unit",
    "invalid_year",
    "invalid_document_id",
    "invalid_cursor",
    "invalid_query",
    "empty_query",
    "empty_text",
    "empty_document",
    "malformed_document",
    "unsupported_format",
    "encrypted_document",
    "scanned_document",
    "unmapped_text",
    "too_many_clauses",
}

# What excludes each other in an address has no place in OpenAPI: there a parameter stands for itself.
OF_OPERATION = {
    "export_by_address": {"unknown_parameter", "clause_or_text", "clause_text_or_query"},
}


WORDS = ("type", "title", "title_zh", "detail", "detail_zh", "code")
NO_LINE = {"index": 0, "id": None, "error": {"status": 400, **dict.fromkeys(WORDS, "")}}

# Files that can be read, beside bytes that cannot.
POLICY = """关于优化营商环境的实施方案

一、总体要求
深化改革，提升服务。
二、主要任务
（一）%s办理时限压缩至%d个工作日。由市行政审批局牵头，市住建局配合，2025年底前完成。
"""
schemathesis.openapi.media_type(
    "application/octet-stream",
    st.binary(max_size=500)
    | st.builds(
        lambda what, days: (POLICY % (what, days)).encode(),
        st.sampled_from(["企业开办", "用水报装", "不动产登记", "施工许可"]),
        st.integers(1, 60),
    ),
)


def known(path):
    """What the service itself answers at `path`."""
    with urllib.request.urlopen(os.environ["TIAOKUAN_URL"] + path) as answer:
        return json.load(answer)


DOCUMENTS = [document["id"] for document in known("/v1/documents")["documents"]]
KNOWN = {
    "clause": known(f"/v1/documents/{DOCUMENTS[0]}/clauses")["clauses"][0]["id"],
    "measure": known("/v1/atlas")["measures"][0]["id"],
}


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Every other id is one that exists, and nobody deletes those."""
    operation = context.operation.definition.raw.get("operationId")
    given = str((path_parameters or {}).get("id", ""))
    if operation in ("put_document", "delete_document"):
        return {**path_parameters, "id": given + "x"} if given in DOCUMENTS else path_parameters
    if not given or len(given) % 2:
        return path_parameters
    return {**path_parameters, "id": KNOWN.get(operation, DOCUMENTS[0])}


@schemathesis.check
def refused_for_a_reason_no_schema_states(ctx, response, case):
    meta = case.meta
    if meta is None or not meta.generation.mode.is_positive or response.status_code not in (400, 413, 415, 422):
        return
    problem = response.json()
    operation = case.operation.definition.raw.get("operationId")
    allowed = UNFORESEEABLE | OF_OPERATION.get(operation, set())
    assert problem["code"] in allowed, f"the description allows this request: {problem['code']}: {problem['detail']}"


@schemathesis.deserializer("text/csv")
def read_csv(ctx, response):
    text = response.content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))), "a table without a heading"
    return text


@schemathesis.deserializer("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
def read_workbook(ctx, response):
    assert zipfile.ZipFile(io.BytesIO(response.content)).testzip() is None
    return response.content.decode("latin-1")


@schemathesis.deserializer("application/x-ndjson")
def read_lines(ctx, response):
    lines = [json.loads(line) for line in response.content.splitlines()]
    # The description is that of one line; no item, no line.
    return lines[0] if lines else NO_LINE


@schemathesis.deserializer("application/atom+xml")
def read_feed(ctx, response):
    return response.text
