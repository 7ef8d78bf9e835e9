"""A trained Rasa model, ready to parse: the prediction half of the archive and nothing else.

Rasa's own loader also imports every class that training used, and through them TensorFlow (350 MB, 8 s). Here only the
prediction graph is read. Its last node, which lets a text such as "/affirm" set the intent, is left out as well: anyone
may write to a service account.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.engine.constants import PLACEHOLDER_MESSAGE
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from tarsafe import TarSafe

_COMMAND_NODE = "run_RegexMessageHandler"
_EMPTY_REPLY: dict[str, Any] = {"text": "", "intent": {"name": None, "confidence": 0.0}, "entities": []}


@dataclass(frozen=True)
class LoadedModel:
    """Safe to call from several threads: nothing in it changes after loading."""

    file: str
    model_id: str
    runner: DaskGraphRunner
    target: str

    def parse(self, text: str, message_id: str | None = None, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
        """Rasa's parse reply for one text. `metadata["today"]` (YYYY-MM-DD) is the day that dates are counted from."""
        message = UserMessage(text=text, message_id=message_id, metadata=metadata)
        results = self.runner.run(inputs={PLACEHOLDER_MESSAGE: [message]}, targets=[self.target])
        return {**_EMPTY_REPLY, **results[self.target][0].as_dict(only_output_properties=True)}


def load_model(archive: Path) -> LoadedModel:
    """The model of an archive that train.py or `rasa train nlu` wrote. Raises OSError or KeyError for anything else."""
    with tempfile.TemporaryDirectory(prefix="xinqiao-nlu-") as unpacked:
        with TarSafe.open(archive, mode="r:gz") as tar:
            tar.extractall(unpacked)
        metadata = json.loads((Path(unpacked) / "metadata.json").read_text(encoding="utf-8"))
        nodes = metadata["predict_schema"]["nodes"]
        command_node = nodes.pop(_COMMAND_NODE)
        schema = GraphSchema.from_dict({"nodes": nodes})
        # Every component reads its files while the runner is built, so the folder may go afterwards.
        runner = DaskGraphRunner.create(
            graph_schema=schema,
            model_storage=LocalModelStorage(Path(unpacked) / "components"),
            execution_context=ExecutionContext(graph_schema=schema, model_id=metadata["model_id"]),
        )
    return LoadedModel(archive.name, metadata["model_id"], runner, command_node["needs"]["messages"])
