"""Two processes of the public app keep their counts in one folder, as gunicorn's workers do."""

import subprocess
import sys

from config.settings import ROOT

# As a master does: the folder is named first, then two workers count and one of them is asked.
TWO_WORKERS = """
import os
from webhooks import workers
for _ in range(2):
    if os.fork() == 0:
        from bot.metrics import PUSHES, STREAMS
        PUSHES.labels("answered").inc()
        STREAMS.set(3)
        os._exit(0)
    pid, _ = os.wait()
    workers.child_exit(None, type("Worker", (), {"pid": pid}))
from prometheus_client import generate_latest
from bot.health import _registry
from bot.metrics import PUSHES
PUSHES.labels("answered").inc()
print(generate_latest(_registry()).decode())
workers.on_exit(None)
print("left:", os.path.exists(workers.FOLDER))
"""


def test_one_worker_tells_the_counts_of_all_and_forgets_the_gauges_of_those_that_ended() -> None:
    told = subprocess.run(
        [sys.executable, "-c", TWO_WORKERS], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    ).stdout

    assert 'xinqiao_pushes_total{result="answered"} 3.0' in told
    assert "xinqiao_event_streams 3.0" not in told
    assert "left: False" in told
