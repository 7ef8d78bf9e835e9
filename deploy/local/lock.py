"""`make lock`: pin what requirements*.in want. Present versions stay; delete a pinned file to renew all of it."""

import subprocess
import sys

from config.settings import ROOT

# (wanted, pinned, Python, more options); nlu/requirements-override.txt leaves out what Rasa asks for and we never load.
FILES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("requirements.in", "requirements.txt", "3.11", ()),
    ("requirements-dev.in", "requirements-dev.txt", "3.11", ()),
    (
        "nlu/requirements.in",
        "nlu/requirements.txt",
        "3.10",
        ("--override", "nlu/requirements-override.txt", "--universal"),
    ),
)


def main() -> int:
    """Exit code: 0 when every file was written."""
    for wanted, pinned, python, options in FILES:
        command = (sys.executable, "-m", "uv", "pip", "compile", wanted, "-o", pinned, "--python-version", python)
        print(f"{wanted} -> {pinned}", flush=True)
        done = subprocess.run((*command, "--quiet", *options), cwd=ROOT, check=False)
        if done.returncode != 0:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
