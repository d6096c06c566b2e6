-- Asks the requests of the file TARGETS in turn, each thread from another place on, and counts answers by status.

local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init()
  requests = {}
  for line in io.lines(os.getenv("TARGETS")) do
    local method, path, body = line:match("^(%u+)\t([^\t]+)\t(.*)$")
    local headers = { ["content-type"] = "application/json" }
    if body == "" then
      table.insert(requests, wrk.format(method, path))
    else
      table.insert(requests, wrk.format(method, path, headers, body))
    end
  end
  at = number * 37
  statuses = ""
  counts = {}
end

function request()
  at = at + 1
  return requests[at % #requests + 1]
end

function response(status)
  counts[status] = (counts[status] or 0) + 1
  local parts = {}
  for code, count in pairs(counts) do
    table.insert(parts, code .. "=" .. count)
  end
  statuses = table.concat(parts, " ")
end

function done(summary, latency)
  local all = {}
  for _, thread in ipairs(threads) do
    for code, count in thread:get("statuses"):gmatch("(%d+)=(%d+)") do
      all[code] = (all[code] or 0) + tonumber(count)
    end
  end
  local parts = {}
  for code, count in pairs(all) do
    table.insert(parts, code .. ":" .. count)
  end
  table.sort(parts)
  local errors = summary.errors
  io.write(string.format(
    "RESULT requests=%d seconds=%.1f p50_ms=%.1f p99_ms=%.1f max_ms=%.1f statuses=%s connect=%d read=%d write=%d timeout=%d\n",
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3, table.concat(parts, ","), errors.connect, errors.read, errors.write, errors.timeout))
end
