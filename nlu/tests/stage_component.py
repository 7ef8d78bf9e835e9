"""A graph component for tests of the server: some texts make it wait, raise, hang or die, as a real one might."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

GATE_VARIABLE = "STAGE_GATE"
WAITS, RAISES, DIES = "等", "坏", "死"
LIMIT_S = 20.0


class Stage(GraphComponent):
    """Passes every message on. STAGE_GATE names a file; WAITS holds the batch until it exists.

    With `waits_to_load` the loading is held as well, and a second file tells that it has begun.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Stage:
        if config.get("waits_to_load"):
            gate = Path(os.environ[GATE_VARIABLE])
            loading_of(gate).touch()
            _wait_for(gate)
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT)
            if text == RAISES:
                raise ValueError(text)
            if text == DIES:
                os._exit(1)
            if text == WAITS:
                _wait_for(Path(os.environ[GATE_VARIABLE]))
        return messages


def loading_of(gate: Path) -> Path:
    """The file that tells that a model is being loaded."""
    return gate.with_name(f"{gate.name}-loading")


def _wait_for(gate: Path) -> None:
    give_up = time.monotonic() + LIMIT_S
    while not gate.exists() and time.monotonic() < give_up:
        time.sleep(0.005)
