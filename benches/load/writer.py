"""Puts documents and says `ready`; then puts each again with another text, deletes it and puts it, until it is ended.
Says each half minute how many rounds were made and what was answered."""

import collections
import pathlib
import re
import sys
import time
import urllib.error
import urllib.request

address, pause = sys.argv[1], float(sys.argv[2])
seeds = sorted((pathlib.Path(__file__).parents[2] / "seeds").glob("*.txt"))
lines = [line for seed in seeds for line in seed.read_text(encoding="utf-8", errors="replace").splitlines()]
pieces = ["\n".join(lines[at : at + 120]) for at in range(0, len(lines) - 120, 120)][:12]
statuses = collections.Counter()


def change(method, name, body=None):
    request = urllib.request.Request(f"{address}/v1/documents/{name}", data=body, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            statuses[method, answer.status] += 1
    except urllib.error.HTTPError as error:
        statuses[method, error.code] += 1
    time.sleep(pause)


for at, piece in enumerate(pieces):
    change("PUT", f"soak-{at}", piece.encode())
print("ready", flush=True)
round_number = 0
said = time.monotonic()
while True:
    round_number += 1
    for at, piece in enumerate(pieces):
        name = f"soak-{at}"
        days = iter(range(round_number, 10**9))
        text = re.sub(r"\d+个工作日", lambda _: f"{next(days) % 90 + 1}个工作日", piece)
        change("PUT", name, f"第{round_number}轮\n{text}\n（{round_number}）办理时限压缩至{round_number}日。".encode())
        change("DELETE", name)
        change("PUT", name, piece.encode())
        if time.monotonic() - said > 30:
            said = time.monotonic()
            print(round_number, dict(statuses), flush=True)
