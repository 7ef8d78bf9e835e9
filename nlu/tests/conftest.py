"""Puts the nlu folder on the import path, as `python server.py` and a stock `rasa run` in that folder have it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

NLU_DIR = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(NLU_DIR))
os.environ["RASA_TELEMETRY_ENABLED"] = "false"

from serving.prediction import LoadedModel, load_model  # noqa: E402
from train import current_model_path  # noqa: E402


@pytest.fixture(scope="session")
def archive() -> Path:
    """The model of the present data and code; a stale one must not pass for it."""
    path = current_model_path()
    assert path.exists(), "run `python nlu/train.py` first: data, settings or code have changed since the last training"
    return path


@pytest.fixture(scope="session")
def model(archive: Path) -> LoadedModel:
    return load_model(archive)
