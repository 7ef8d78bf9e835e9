"""Trains the NLU model: `python train.py` from anywhere, in Rasa's own environment.

Trains only when something that shapes the model has changed: the archive carries a hash of data, settings and code
in its name. `--force` trains anyway. Prints the path of the model as its last line.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time
import warnings
from pathlib import Path

NLU_DIR = Path(__file__).resolve().parent
MODELS_DIR = NLU_DIR / "models"
SHAPING_FILES = ("config.yml", "domain.yml", "requirements.txt", "data/**/*.yml", "components/*.py")
MODELS_KEPT = 2


def main() -> int:
    """Exit status 0 when a current model stands in models/, 1 when training failed."""
    parser = argparse.ArgumentParser(description="Train the NLU model when its data, settings or code have changed.")
    parser.add_argument("--force", action="store_true", help="train even if the current model is up to date")
    force = parser.parse_args().force
    model = current_model_path()
    if model.exists() and not force:
        print(f"[nlu] model is up to date\n{model}")
        return 0
    started = time.monotonic()
    trained = _train(model, started)
    if trained is None:
        print("[nlu] training failed", file=sys.stderr)
        return 1
    _drop_old_models()
    print(f"[nlu] {time.monotonic() - started:5.1f} s  done, {model.stat().st_size / 1e6:.1f} MB\n{model}")
    return 0


def current_model_path() -> Path:
    """Where the model of the present data, settings and code is, or will be once trained."""
    digest = hashlib.sha256()
    for pattern in SHAPING_FILES:
        for path in sorted(NLU_DIR.glob(pattern)):
            digest.update(str(path.relative_to(NLU_DIR)).encode() + b"\0" + path.read_bytes() + b"\0")
    return MODELS_DIR / f"xinqiao-{digest.hexdigest()[:12]}.tar.gz"


def _train(model: Path, started: float) -> Path | None:
    """Rasa's own training under a temporary name, so that a killed run leaves no half model behind."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["TQDM_DISABLE"] = "1"
    # Rasa's step cache sees the source of a component but not of the modules it uses; our hash sees both.
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    os.chdir(NLU_DIR)
    sys.path.insert(0, str(NLU_DIR))
    # Deprecations inside Rasa's pinned packages; filters do not last, because those packages reset them.
    warnings.showwarning = lambda *_, **__: None
    print(f"[nlu] {time.monotonic() - started:5.1f} s  loading Rasa", flush=True)
    from rasa.model_training import train_nlu  # noqa: PLC0415 - takes 8 s, so only when there is something to train

    print(f"[nlu] {time.monotonic() - started:5.1f} s  training on data/", flush=True)
    output = train_nlu("config.yml", "data", str(MODELS_DIR), fixed_model_name=f".{model.name}", domain="domain.yml")
    if output is None:
        return None
    return Path(output).replace(model)


def _drop_old_models() -> None:
    archives = sorted(MODELS_DIR.glob("xinqiao-*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for stale in archives[MODELS_KEPT:]:
        stale.unlink()


if __name__ == "__main__":
    sys.exit(main())
