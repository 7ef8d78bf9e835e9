"""Our server beside stock Rasa, in one run: `python bench.py [--seconds 8] [--json FILE]`.

(a) `rasa run` with a stock DIET pipeline on our data, (b) `rasa run` with our model, (c) our server with ours; with
1 and with 32 clients, on texts that are all different, so that no cache answers. Then (b) and (c) must say the same of
1,000 texts. Figures of one run compare with each other, not with those of another day or machine.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmark.servers import Running, distinct_texts, load, our_command, parse_all, running, stock_command, stock_model
from publishing.published import model_to_serve

CLIENTS = (1, 32)
WARM_UP_S = 2
COMPARED = 1000
SAME_CONFIDENCE = 1e-3


@dataclass(frozen=True)
class Server:
    """What was measured of one server; `runs` by number of clients."""

    name: str
    ready_s: float
    rss_mb: float
    runs: dict[int, dict[str, float]]


def main() -> None:
    """Prints the tables; writes all figures when asked to."""
    parser = argparse.ArgumentParser(description="Measure our NLU server beside stock Rasa.")
    parser.add_argument("--seconds", type=int, default=8, help="of each run")
    parser.add_argument("--json", type=Path, help="file for the figures")
    options = parser.parse_args()
    if importlib.util.find_spec("jieba") is None:
        raise SystemExit("jieba is missing: `make bench` brings it, or install nlu/requirements-bench.txt.")
    texts = distinct_texts()
    ours = model_to_serve()
    if ours is None:
        raise SystemExit("No trained model in nlu/models: run `python nlu/train.py` first.")
    stock = stock_model()
    port = _free_port()
    servers, replies = [], []
    for name, command in (
        ("a: rasa run, DIET", stock_command(stock, port)),
        ("b: rasa run, our model", stock_command(ours, port)),
        ("c: our server, our model", our_command(ours, port)),
    ):
        print(f"[bench] {name}", flush=True)
        with running(command, port) as server:
            servers.append(_measure(name, server, texts, options.seconds))
            replies.append(parse_all(port, texts[:COMPARED]))
    same = sum(_says_the_same(*pair) for pair in zip(replies[1], replies[2], strict=True))
    _print_table(servers)
    figures = _figures(servers, same)
    for figure in figures:
        print(f"{figure[0]:<58} {figure[1]:>9.1f} {figure[2]:<5} {figure[3]}")
    print("The stock DIET learnt for one epoch only: that changes its answers, not its speed.")
    if options.json:
        options.json.write_text(json.dumps({"figures": figures}, ensure_ascii=False), encoding="utf-8")


def _measure(name: str, server: Running, texts: list[str], seconds: int) -> Server:
    runs = {}
    for clients in CLIENTS:
        load(server.port, clients, WARM_UP_S, texts)
        runs[clients] = load(server.port, clients, seconds, texts)
    return Server(name, server.ready_s, server.rss_mb(), runs)


def _says_the_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    near = abs(one["intent"]["confidence"] - other["intent"]["confidence"]) <= SAME_CONFIDENCE
    return near and all(one[part] == other[part] for part in ("text", "entities")) and _name(one) == _name(other)


def _name(reply: dict[str, Any]) -> str | None:
    name: str | None = reply["intent"]["name"]
    return name


def _print_table(servers: list[Server]) -> None:
    print(
        f"{'':<26}{'clients':>8}{'msg/s':>8}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'failed':>8}{'client us/msg':>15}"
    )
    for server in servers:
        for clients, run in server.runs.items():
            times = "".join(f"{run[f'p{share}_ms']:>9.2f}" for share in (50, 95, 99))
            cost = f"{run['failed']:>8.0f}{run['client_us']:>15.0f}"
            print(f"{server.name:<26}{clients:>8}{run['per_second']:>8.0f}{times}{cost}")
    for server in servers:
        print(f"{server.name:<26} ready after {server.ready_s:.1f} s, {server.rss_mb:.0f} MB resident")


def _figures(servers: list[Server], same: int) -> list[tuple[str, float, str, str]]:
    """Name, value, unit and bound, as `make bench` takes them."""
    a, b, c = servers
    many = {server.name: server.runs[CLIENTS[1]]["per_second"] for server in (a, b, c)}
    alone = {server.name: server.runs[CLIENTS[0]]["p50_ms"] for server in (a, b, c)}
    failed = sum(run["failed"] for server in (a, b, c) for run in server.runs.values())
    return [
        ("NLU: messages with 32 clients", many[c.name], "/s", ""),
        ("NLU: times stock rasa with DIET, 32 clients", many[c.name] / many[a.name], "x", ">= 10"),
        ("NLU: times stock rasa with our model, 32 clients", many[c.name] / many[b.name], "x", ">= 4"),
        ("NLU: one client, p50", alone[c.name], "ms", ""),
        ("NLU: p50 of one client as a share of stock with DIET", 100 * alone[c.name] / alone[a.name], "%", "< 50"),
        ("NLU: resident memory", c.rss_mb, "MB", ""),
        ("NLU: resident memory as a share of stock with DIET", 100 * c.rss_mb / a.rss_mb, "%", "< 100"),
        ("NLU: seconds from start to ready", c.ready_s, "s", "< 20"),
        (f"NLU: same reply as stock with our model, of {COMPARED}", float(same), "", f">= {COMPARED}"),
        ("NLU: failed requests of all runs", failed, "", "< 1"),
    ]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
