"""gunicorn's settings for the worker processes of the public app (`--config python:webhooks.workers`): their metrics
are kept in files of one folder, so that whichever worker is asked for /metrics tells those of all.

The recipe is prometheus_client's own for several processes. The folder is named before a worker imports the library,
and lives as long as the master does.
"""

import os
import shutil
import tempfile
from typing import Any

FOLDER = tempfile.mkdtemp(prefix="xinqiao-metrics-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = FOLDER


def child_exit(server: Any, worker: Any) -> None:  # noqa: ARG001 -- gunicorn calls it with both
    """A worker ended: its gauges are not true any more, its counts stay."""
    from prometheus_client import multiprocess  # noqa: PLC0415 -- after the folder is named

    multiprocess.mark_process_dead(worker.pid, path=FOLDER)  # type: ignore[no-untyped-call]


def on_exit(server: Any) -> None:  # noqa: ARG001 -- as above
    """The master ends."""
    shutil.rmtree(FOLDER, ignore_errors=True)
