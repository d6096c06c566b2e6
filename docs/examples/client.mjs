// Tiaokuan with JavaScript (Node 20, or any browser of the same origin), no packages: search, similar, compare, put a
// document, its versions, delete.
//
//   node docs/examples/client.mjs          http://127.0.0.1:7878, on this machine without a key
//   TIAOKUAN_URL=https://policy.example.cn TIAOKUAN_KEY=tk_… node docs/examples/client.mjs

const api = `${process.env.TIAOKUAN_URL ?? "http://127.0.0.1:7878"}/v1`;
const key = process.env.TIAOKUAN_KEY;

const draft = "某区优化营商环境方案\n\n一、企业开办\n1.压缩办结时限。企业开办办结时限压缩至1个工作日以内。\n";

// The JSON that the service answers. An error says its stable code, and what to do about it in Chinese.
async function ask(method, path, body, type = "application/json") {
  const headers = { "content-type": type, ...(key && { authorization: `Bearer ${key}` }) };
  const response = await fetch(api + path, { method, headers, body });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.code}: ${answer.detail} ${answer.detail_zh}`);
  return answer;
}

// Search in your own words; a filter narrows, a cursor continues.
const found = await ask("POST", "/search", JSON.stringify({ query: "企业开办办结时限", limit: 3 }));
for (const { clause } of found.hits) console.log("search:", clause.document.title, clause.text.slice(0, 40));
const clauseId = found.hits[0].clause.id;

// Measures like a text of yours, the best of each region.
const text = "企业开办压缩至半个工作日";
const similar = await ask("POST", "/similar", JSON.stringify({ text, per_region: 1, limit: 3 }));
for (const hit of similar.hits) console.log("similar:", hit.relevance.toFixed(2), hit.clause.id);

// The measure of a clause, region by region.
const compared = await ask("POST", "/compare", JSON.stringify({ clause_id: clauseId }));
for (const cell of compared.cells) {
  console.log("compare:", cell.region?.name ?? "?", cell.found ? "has it" : "none found");
}

// Take a document in: the body is the file as it is. The answer comes when it can be searched.
const put = await ask("PUT", "/documents/example-javascript?file=draft.txt", draft, "application/octet-stream");
console.log("put:", put.outcome, "version", put.version);

const { versions } = await ask("GET", "/documents/example-javascript/versions");
for (const version of versions) console.log("version:", version.version, version.received);

// Take it out, in every version.
console.log("delete:", (await ask("DELETE", "/documents/example-javascript")).outcome);
