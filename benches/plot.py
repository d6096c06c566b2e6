#!/usr/bin/env python3
"""Draws how figures grow with the index: benches/plot.py figures.json growth.svg

Reads what `tiaokuan bench --json` wrote for several sizes. Needs Python 3 alone.
"""
import json
import math
import sys

WIDTH, HEIGHT, LEFT, RIGHT, TOP, GAP = 360, 220, 56, 14, 34, 110
COLOURS = ["#1b6ca8", "#c0392b", "#2e7d32", "#8e44ad", "#b9770e", "#455a64"]


def rows(size, clients):
    """p50 and rate without a filter, by mode and where the vectors come from."""
    found = {}
    for row in size["query"]["rows"]:
        if row["share"] > 0.99:
            for latency in row["latency"]:
                if latency["clients"] == clients:
                    found[f'{row["mode"]}, vectors: {row["model"]}'] = latency
    return found


def panels(sizes):
    """Title, unit, and for each line its points (clauses, value)."""
    at = lambda size: size["build"]["clauses"]
    names = [name for name in rows(sizes[0], 1) if not name.endswith("model")]
    latency = {name: [(at(s), rows(s, 1)[name]["p50_ms"]) for s in sizes if name in rows(s, 1)] for name in names}
    rate = {name: [(at(s), rows(s, 4)[name]["per_second"]) for s in sizes if name in rows(s, 4)] for name in names}
    memory = {
        "opened": [(at(s), s["query"]["opened_bytes"] / 1e6) for s in sizes],
        "steady": [(at(s), s["query"]["steady_bytes"] / 1e6) for s in sizes],
        "peak of the build": [(at(s), s["build"]["peak_bytes"] / 1e6) for s in sizes],
        "disk": [(at(s), sum(s["build"]["disk"].values()) / 1e6) for s in sizes],
    }
    time = {
        "open": [(at(s), s["query"]["open_seconds"]) for s in sizes],
        "unchanged build": [(at(s), s["rebuild"]["seconds"]) for s in sizes],
        "first build": [(at(s), s["build"]["seconds"]) for s in sizes],
    }
    return [("p50, one client", "ms", latency), ("answers a second, four clients", "1/s", rate),
            ("memory and disk", "MB", memory), ("time", "s", time)]


def panel(x, y, title, unit, lines):
    """One set of axes, both logarithmic."""
    points = [point for line in lines.values() for point in line if point[1] > 0]
    if not points:
        return []
    xs, ys = [math.log10(p[0]) for p in points], [math.log10(p[1]) for p in points]
    x0, x1, y0, y1 = min(xs), max(max(xs), min(xs) + 0.1), math.floor(min(ys)), math.ceil(max(ys) + 1e-9)
    y1 = max(y1, y0 + 1)
    px = lambda v: x + LEFT + (math.log10(v) - x0) / (x1 - x0) * (WIDTH - LEFT - RIGHT)
    py = lambda v: y + HEIGHT - (math.log10(v) - y0) / (y1 - y0) * HEIGHT
    out = [f'<text x="{x + LEFT}" y="{y - 10}" class="title">{title} ({unit})</text>']
    for power in range(y0, y1 + 1):
        at = py(10 ** power)
        out.append(f'<path d="M{x + LEFT} {at:.1f}H{x + WIDTH - RIGHT}" class="grid"/>')
        out.append(f'<text x="{x + LEFT - 6}" y="{at + 4:.1f}" class="end">{10 ** power:g}</text>')
    for clauses in sorted({point[0] for point in points}):
        out.append(f'<text x="{px(clauses):.1f}" y="{y + HEIGHT + 16}" class="middle">{clauses:,}</text>')
    for number, (name, line) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{px(a):.1f},{py(b):.1f}" for a, b in line if b > 0)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{px(a):.1f}" cy="{py(b):.1f}" r="3" fill="{colour}"/>' for a, b in line if b > 0]
        left, top = x + LEFT + number % 2 * (WIDTH - LEFT) // 2, y + HEIGHT + 34 + 15 * (number // 2)
        out.append(f'<text x="{left}" y="{top}" style="fill:{colour}">{name}</text>')
    return out


def main(source, target):
    with open(source, encoding="utf-8") as file:
        sizes = sorted(json.load(file), key=lambda size: size["build"]["clauses"])
    out = []
    for number, (title, unit, lines) in enumerate(panels(sizes)):
        out += panel((number % 2) * (WIDTH + 30), TOP + (number // 2) * (HEIGHT + GAP), title, unit, lines)
    width, height = 2 * WIDTH + 40, TOP + 2 * (HEIGHT + GAP)
    style = ("text{font:11px sans-serif;fill:#333}.title{font-weight:bold;font-size:13px}.end{text-anchor:end}"
             ".middle{text-anchor:middle}.grid{stroke:#ddd}")
    with open(target, "w", encoding="utf-8") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}">'
                   f'<title>Growth with the number of clauses</title><style>{style}</style>'
                   f'<rect width="{width}" height="{height}" fill="#fff"/>{"".join(out)}</svg>\n')


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
