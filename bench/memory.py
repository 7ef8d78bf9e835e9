"""How much the whole running product holds, after the load of the other benchmarks: proportional set size,
shared pages once.
"""

from collections.abc import Mapping

import psutil

from config.settings import Settings

MIB = 1024 * 1024


def run(env: Mapping[str, str]) -> list[tuple[str, float, str, str]]:
    """MiB of all processes, and of our own Python processes (all but the model and Redis)."""
    settings = Settings.from_env(env)
    found = family(settings.web_port)
    whole = sum(process.memory_full_info().pss for process in found)
    foreign = [process for process in found if _is_foreign(process.cmdline())]
    own = whole - sum(process.memory_full_info().pss for process in foreign)
    return [
        ("memory of the whole product (PSS)", whole / MIB, "MiB", "< 2500"),
        ("memory of our own Python processes (PSS)", own / MIB, "MiB", "< 700"),
    ]


def family(web_port: int) -> list[psutil.Process]:
    """The supervisor of the run that serves this port, and all its children."""
    for process in psutil.process_iter(["cmdline"]):
        if f"127.0.0.1:{web_port}" in (process.info["cmdline"] or []):
            top = process
            while (parent := top.parent()) is not None and "deploy.local.run" in " ".join(parent.cmdline()):
                top = parent
            return [top, *top.children(recursive=True)]
    raise LookupError(f"nothing serves port {web_port}")


def _is_foreign(command: list[str]) -> bool:
    words = " ".join(command)
    return "nlu/server.py" in words or "serving.model_process" in words or "redis-server" in words
