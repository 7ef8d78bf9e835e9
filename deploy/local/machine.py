"""What this machine has: Pythons, Node, a browser, the right to install. Standard library only; used by plan.py."""

import os
import re
import shutil
import subprocess
from pathlib import Path

ASK_TIMEOUT_S = 20
# The oldest Node that Vite and the console's tools run on.
OLDEST_NODE = (20, 19)


def find_python310() -> str | None:
    """A Python 3.10 that runs: on PATH or kept by pyenv. None when there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    kept = [str(found) for found in sorted(pyenv.glob("versions/3.10*/bin/python3.10"), reverse=True)]
    # pyenv puts a python3.10 on PATH that only works when that version is selected: ask before believing.
    for candidate in (shutil.which("python3.10"), shutil.which("python3"), *kept):
        if candidate and ask(candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])") == "3.10":
            return candidate
    return None


def has_node(folder: Path | None = None) -> bool:
    """True when a new enough Node and its npm are on PATH, or in `folder`."""
    path = str(folder) if folder else None
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    version = re.match(r"v(\d+)\.(\d+)", ask(node, "--version")) if node and npm else None
    return version is not None and (int(version[1]), int(version[2])) >= OLDEST_NODE


def find_browser() -> str | None:
    """Where Chromium is; None when it is not installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def has_chinese_font() -> bool:
    """True when a font with Chinese characters is installed; without one every label is a row of boxes."""
    lister = shutil.which("fc-list")
    return bool(lister and ask(lister, ":lang=zh-cn", "family"))


def root_prefix() -> tuple[str, ...] | None:
    """What to write before a command to run it as root: nothing, sudo, or None when that would ask for a password."""
    if os.geteuid() == 0:
        return ()
    sudo = shutil.which("sudo")
    if sudo and subprocess.run((sudo, "-n", "true"), capture_output=True, check=False).returncode == 0:
        return (sudo, "-n")
    return None


def ask(*argv: str) -> str:
    """What a program prints, stripped; empty when it cannot be run or fails."""
    try:
        return subprocess.run(argv, capture_output=True, text=True, timeout=ASK_TIMEOUT_S, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""
