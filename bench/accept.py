"""What accepting a push costs: verify, decrypt, one committed row, an answer without the model; beside a bare echo.

Both run under the same gunicorn with the same threads, loaded one after the other, twice each, in one run.
"""

import subprocess
import sys
import time
from collections.abc import Mapping

from bench.answers import present_second
from bench.pushes import at_full_speed, event_push, percentile, text_push
from config.settings import ROOT, Settings
from deploy.local.beside import free_ports
from deploy.local.local_http import answers

REQUESTS = 1500
CLIENTS = 16
ROUNDS = 2
START_WITHIN_S = 20


def run(env: Mapping[str, str]) -> list[tuple[str, float, str, str]]:
    """Requests a second of both, and the ratio in percent."""
    settings = Settings.from_env(env)
    ours, echo, worst = [], [], []
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "gunicorn", "bench.echo:create_app()", "--bind", f"127.0.0.1:{port}"]
    command += ["--threads", "24", "--worker-class", "gthread", "--workers", "1", "--no-control-socket"]
    with subprocess.Popen(command, cwd=ROOT, env=dict(env), stderr=subprocess.DEVNULL) as server:
        try:
            _await(port)
            for number in range(ROUNDS):
                at = present_second(settings)
                views = [
                    event_push(settings, f"oBenchView{number}_{one:018d}", "VIEW", f"https://example.com/{one}", at)
                    for one in range(REQUESTS)
                ]
                texts = [text_push(settings, f"oBenchEcho_{one:018d}", "你好", at) for one in range(REQUESTS)]
                timings, rate = at_full_speed(settings.web_port, views, CLIENTS)
                ours.append(rate)
                worst.append(percentile([timing.took_s for timing in timings], 0.99) * 1000)
                echo.append(at_full_speed(port, texts, CLIENTS)[1])
        finally:
            server.terminate()
    return [
        ("bare Flask + wechatpy echo", max(echo), "/s", ""),
        ("accept path: stored, committed, answered", max(ours), "/s", ""),
        ("accept path as a share of the echo, same run", 100 * max(ours) / max(echo), "%", ">= 25"),
        ("accept path under full load: p99", max(worst), "ms", "< 1000"),
    ]


def _await(port: int) -> None:
    until = time.monotonic() + START_WITHIN_S
    while not answers(port, "/healthz") and time.monotonic() < until:
        time.sleep(0.1)
