"""Our NLU server beside stock Rasa: runs nlu/bench.py in Rasa's environment and takes over its figures.

Not beside a running product: both servers need the cores to themselves.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from config.settings import ROOT

NLU = ROOT / "nlu"
PYTHON = NLU / ".venv" / "bin" / "python"


def run() -> list[tuple[str, float, str, str]]:
    """Name, value, unit and bound of each figure. Prints its own table as well."""
    bring = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "--no-deps"]
    subprocess.run([*bring, "-r", str(NLU / "requirements-bench.txt")], check=True)
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "figures.json"
        subprocess.run([str(PYTHON), str(NLU / "bench.py"), "--json", str(found)], check=True)
        figures = json.loads(found.read_text(encoding="utf-8"))["figures"]
    return [(name, value, unit, bound) for name, value, unit, bound in figures]
