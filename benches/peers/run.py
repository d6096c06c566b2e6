#!/usr/bin/env python3
"""The same questions to Tiaokuan, OpenSearch and LanceDB in turns: benches/peers/run.py FOLDER --tiaokuan URL ...

FOLDER is what `tiaokuan bench --peers` wrote. Tiaokuan and OpenSearch are asked over HTTP at the addresses given
(start both first; the head of the README beside this file says how), LanceDB in this process where the package
is installed. Rounds alternate, so that a busy machine slows all alike.
"""
import argparse
import array
import http.client
import json
import multiprocessing
import time
import urllib.parse

DIMENSIONS = 512
LIMIT = 10
# Seconds after which a client that does not answer is given up.
ANSWERING = 600


def post(connection, path, body, kind="application/json", method="POST"):
    connection.request(method, path, body.encode(), {"Content-Type": kind})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status >= 300:
        raise RuntimeError(f"{path}: {answer.status} {content[:300]!r}")
    return json.loads(content)


def connect(url):
    address = urllib.parse.urlsplit(url)
    return http.client.HTTPConnection(address.hostname, address.port, timeout=1200)


class Tiaokuan:
    def __init__(self, url):
        self.url = url

    def load(self, folder):
        pass

    def start(self):
        self.connection = connect(self.url)

    def request(self, mode, query):
        mode = {"vector": "semantic"}.get(mode, mode)
        return json.dumps({"query": query["query"], "mode": mode, "limit": LIMIT, "correct": False})

    def ask(self, mode, request):
        return post(self.connection, "/v1/search", request)


class OpenSearch:
    """BM25 over words that jieba cut and k-NN by Lucene, fused here by reciprocal ranks from one _msearch.

    With `every` an article is found by each vector that Tiaokuan finds it by, in nested documents; else by one.
    """

    def __init__(self, url, candidates, looked_at, every):
        self.url = url
        self.candidates = candidates
        self.looked_at = looked_at
        self.every = every
        self.index = "articles-every" if every else "articles"

    def load(self, folder):
        connection = connect(self.url)
        connection.request("DELETE", f"/{self.index}")
        connection.getresponse().read()
        vector = {"type": "knn_vector", "dimension": DIMENSIONS,
                  "method": {"name": "hnsw", "engine": "lucene", "space_type": "innerproduct"}}
        fields = {"words": {"type": "text", "analyzer": "whitespace"}}
        if self.every:
            fields["passages"] = {"type": "nested", "properties": {"vector": vector}}
        else:
            fields["vector"] = vector
        settings = {"index": {"knn": True, "number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1"}}
        mappings = {"_source": {"excludes": ["vector", "passages"]}, "properties": fields}
        post(connection, f"/{self.index}", json.dumps({"settings": settings, "mappings": mappings}), method="PUT")
        for lines in batches(folder, every=self.every):
            rows = []
            for article, vectors in lines:
                found_by = ({"passages": [{"vector": vector} for vector in vectors]} if self.every
                            else {"vector": vectors[0]})
                rows.append(json.dumps({"index": {"_id": article["id"]}}))
                rows.append(json.dumps({"words": article["words"], "text": article["text"], **found_by}))
            answer = post(connection, f"/{self.index}/_bulk", "\n".join(rows) + "\n", "application/x-ndjson")
            if answer["errors"]:
                raise RuntimeError("the bulk request failed in part")
        post(connection, f"/{self.index}/_forcemerge?max_num_segments=1", "")
        post(connection, f"/{self.index}/_refresh", "")

    def start(self):
        self.connection = connect(self.url)

    def request(self, mode, query):
        size = LIMIT if mode != "hybrid" else self.candidates
        source = mode != "hybrid"
        words = {"size": size, "_source": source, "query": {"match": {"words": query["words"]}}}
        near = {"vector": query["vector"], "k": size, "method_parameters": {"ef_search": max(size, self.looked_at)}}
        if self.every:
            near = {"nested": {"path": "passages", "score_mode": "max", "query": {"knn": {"passages.vector": near}}}}
        else:
            near = {"knn": {"vector": near}}
        vector = {"size": size, "_source": source, "query": near}
        legs = {"keyword": [words], "vector": [vector], "hybrid": [words, vector]}[mode]
        return "".join("{}\n" + json.dumps(leg) + "\n" for leg in legs)

    def ask(self, mode, request):
        answers = post(self.connection, f"/{self.index}/_msearch", request, "application/x-ndjson")["responses"]
        if mode != "hybrid":
            return answers
        scores = {}
        for answer in answers:
            for rank, hit in enumerate(answer["hits"]["hits"]):
                scores[hit["_id"]] = scores.get(hit["_id"], 0) + 1 / (60 + rank)
        best = sorted(scores, key=lambda name: (-scores[name], name))[:LIMIT]
        return post(self.connection, f"/{self.index}/_mget", json.dumps({"ids": best}))


class LanceDb:
    """In this process, full-text index over the same words and IVF-HNSW over the same vectors."""

    def __init__(self, folder):
        self.folder = folder

    def load(self, folder):
        import lancedb
        database = lancedb.connect(self.folder)
        rows = lambda: ([{**article, "vector": vector} for article, (vector,) in lines] for lines in batches(folder))
        first = next(rows())
        table = database.create_table("articles", first, mode="overwrite")
        for number, some in enumerate(rows()):
            if number:
                table.add(some)
        table.create_fts_index("words", base_tokenizer="whitespace", with_position=False)
        table.create_index(metric="dot", index_type="IVF_HNSW_SQ", num_partitions=1)

    def start(self):
        import lancedb
        self.table = lancedb.connect(self.folder).open_table("articles")

    def request(self, mode, query):
        return query

    def ask(self, mode, query):
        if mode == "keyword":
            search = self.table.search(query["words"], query_type="fts")
        elif mode == "vector":
            search = self.table.search(query["vector"])
        else:
            search = self.table.search(query_type="hybrid").vector(query["vector"]).text(query["words"])
        return search.select(["id", "text"]).limit(LIMIT).to_list()


def vectors_file(folder, every):
    """The file of the articles' vectors: one of each, or `every` one."""
    return f"{folder}/passages.f32" if every else f"{folder}/vectors.f32"


def batches(folder, size=500, every=False):
    """Articles with their vectors, one or `every` one, some articles at a time."""
    with open(f"{folder}/articles.jsonl", encoding="utf-8") as articles, open(vectors_file(folder, every), "rb") as file:
        some = []
        for line in articles:
            article, vectors = json.loads(line), []
            for _ in range(article["vectors"] if every else 1):
                vector = array.array("f")
                vector.frombytes(file.read(DIMENSIONS * 4))
                vectors.append(vector.tolist())
            some.append((article, vectors))
            if len(some) == size:
                yield some
                some = []
        if some:
            yield some


def client(peer, mode, queries, seconds, first, ready, results):
    peer.start()
    requests = [peer.request(mode, query) for query in queries]
    for request in requests:
        peer.ask(mode, request)
    ready.wait(ANSWERING)
    times, number, started = [], first, time.perf_counter()
    while time.perf_counter() - started < seconds:
        asked = time.perf_counter()
        peer.ask(mode, requests[number % len(requests)])
        times.append(time.perf_counter() - asked)
        number += 1
    results.put(times)


def measure(peer, mode, queries, clients, seconds):
    # Spawned: LanceDB's threads do not outlive a fork.
    context = multiprocessing.get_context("spawn")
    results, ready = context.Queue(), context.Barrier(clients)
    arguments = [(peer, mode, queries, seconds, start * 37, ready, results) for start in range(clients)]
    running = [context.Process(target=client, args=given) for given in arguments]
    for process in running:
        process.start()
    times = sorted(sum((results.get(timeout=ANSWERING) for _ in running), []))
    for process in running:
        process.join()
    at = lambda share: times[int((len(times) - 1) * share)] * 1e3
    return at(0.5), at(0.95), len(times) / seconds


def recall(peer, folder, queries):
    """How many of the ten nearest articles by an exact search OpenSearch's k-NN finds. Needs NumPy."""
    import numpy
    with open(f"{folder}/articles.jsonl", encoding="utf-8") as file:
        articles = [json.loads(line) for line in file]
    counts = [article["vectors"] if peer.every else 1 for article in articles]
    vectors = numpy.memmap(vectors_file(folder, peer.every), dtype="<f4", mode="r").reshape(-1, DIMENSIONS)
    firsts = numpy.cumsum([0, *counts[:-1]])
    at = {article["id"]: place for place, article in enumerate(articles)}
    peer.start()
    found = 0
    for query in queries:
        # An article is as near as its nearest vector.
        near = numpy.maximum.reduceat(vectors @ numpy.array(query["vector"], dtype="f4"), firsts)
        tenth = numpy.partition(near, -LIMIT)[-LIMIT]
        (answer,) = peer.ask("vector", peer.request("vector", query))
        found += sum(near[at[hit["_id"]]] >= tenth - 1e-5 for hit in answer["hits"]["hits"])
    return found / LIMIT / len(queries)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--tiaokuan", metavar="URL")
    parser.add_argument("--opensearch", metavar="URL")
    parser.add_argument("--lancedb", metavar="FOLDER")
    parser.add_argument("--candidates", type=int, default=200, help="of each leg that OpenSearch's hybrid fuses")
    parser.add_argument("--ef-search", type=int, default=100, help="vectors that OpenSearch looks at, at least")
    parser.add_argument("--every-vector", action="store_true",
                        help="ask OpenSearch also with every vector of an article, as Tiaokuan has them")
    parser.add_argument("--recall", action="store_true", help="print how much OpenSearch's k-NN finds, and end")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-load", action="store_true", help="the peers hold the articles already")
    given = parser.parse_args()
    makers = [("tiaokuan", Tiaokuan, given.tiaokuan),
              ("opensearch", lambda url: OpenSearch(url, given.candidates, given.ef_search, False), given.opensearch),
              ("opensearch, every vector", lambda url: OpenSearch(url, given.candidates, given.ef_search, True),
               given.opensearch if given.every_vector else None),
              ("lancedb", LanceDb, given.lancedb)]
    peers = {name: make(where) for name, make, where in makers if where}
    if not given.no_load:
        for name, peer in peers.items():
            started = time.time()
            peer.load(given.folder)
            print(f"{name}: loaded in {time.time() - started:.0f} s", flush=True)
    with open(f"{given.folder}/queries.jsonl", encoding="utf-8") as file:
        queries = [json.loads(line) for line in file]
    if given.recall:
        for name, peer in peers.items():
            if isinstance(peer, OpenSearch):
                print(f"{name}: recall@{LIMIT} {recall(peer, given.folder, queries):.3f}", flush=True)
        return
    print("| mode | clients | peer | p50 ms | p95 ms | answers/s |\n|---|---|---|---|---|---|")
    for mode in ["keyword", "vector", "hybrid"]:
        for clients in [1, 4]:
            found = {name: [] for name in peers}
            for _ in range(given.rounds):
                for name, peer in peers.items():
                    found[name].append(measure(peer, mode, queries, clients, given.seconds))
            for name, rounds in found.items():
                p50, p95, rate = (sorted(values)[len(values) // 2] for values in zip(*rounds))
                print(f"| {mode} | {clients} | {name} | {p50:.2f} | {p95:.2f} | {rate:.0f} |", flush=True)


if __name__ == "__main__":
    main()
