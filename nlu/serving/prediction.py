"""A trained Rasa model, ready to parse: the prediction half of the archive and nothing else.

Rasa's own loader also imports every class that training used, and through them TensorFlow (350 MB, 8 s). Here only the
prediction graph is read. Its last node, which lets a text such as "/affirm" set the intent, is left out as well: anyone
may write to a service account.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.engine.constants import PLACEHOLDER_MESSAGE
from rasa.engine.graph import ExecutionContext, GraphNode, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from serving.wire import ParseRequest
from tarsafe import TarSafe

_COMMAND_NODE = "run_RegexMessageHandler"
_EMPTY_REPLY: dict[str, Any] = {"text": "", "intent": {"name": None, "confidence": 0.0}, "entities": []}
# No component of a prediction graph answers through it; Rasa would make one for every message.
_NO_CHANNEL = CollectingOutputChannel()

Reply = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One node of the graph and the nodes whose results it takes."""

    name: str
    node: GraphNode
    needs: tuple[str, ...]


@dataclass(frozen=True)
class LoadedModel:
    """Safe to call from several threads: nothing in it changes after loading."""

    file: str
    model_id: str
    steps: tuple[Step, ...]

    def parse(self, text: str, message_id: str | None = None, metadata: dict[str, Any] | None = None) -> Reply:
        """Rasa's parse reply for one text. `metadata["today"]` (YYYY-MM-DD) is the day that dates are counted from."""
        return self.parse_many([ParseRequest(text, message_id, metadata)])[0]

    def parse_many(self, wanted: Sequence[ParseRequest]) -> list[Reply]:
        """The replies in the order of the requests, from one run of the graph. Raises what a component raises."""
        results: dict[str, Any] = {PLACEHOLDER_MESSAGE: [_user_message(one) for one in wanted]}
        for step in self.steps:
            _, results[step.name] = step.node(*((need, results[need]) for need in step.needs))
        messages = results[self.steps[-1].name]
        # zip would quietly give a customer the answer to another one's message.
        if len(messages) != len(wanted):
            raise RuntimeError("the graph lost or added a message")
        return [{**_EMPTY_REPLY, **message.as_dict(only_output_properties=True)} for message in messages]

    def parse_each(self, wanted: Sequence[ParseRequest]) -> list[Reply | Exception]:
        """As parse_many, but a message that cannot be parsed gives its exception and leaves its neighbours alone."""
        try:
            return list(self.parse_many(wanted))
        except Exception as error:  # noqa: BLE001 - whatever one message does to a component, the others must not suffer
            if len(wanted) == 1:
                return [error]
        return [outcome for one in wanted for outcome in self.parse_each([one])]


def load_model(archive: Path) -> LoadedModel:
    """The model of an archive that train.py or `rasa train nlu` wrote. Raises OSError or KeyError for anything else."""
    with tempfile.TemporaryDirectory(prefix="xinqiao-nlu-") as unpacked:
        with TarSafe.open(archive, mode="r:gz") as tar:
            tar.extractall(unpacked)
        metadata = json.loads((Path(unpacked) / "metadata.json").read_text(encoding="utf-8"))
        nodes = metadata["predict_schema"]["nodes"]
        target = nodes.pop(_COMMAND_NODE)["needs"]["messages"]
        schema = GraphSchema.from_dict({"nodes": nodes}).minimal_graph_schema([target])
        context = ExecutionContext(graph_schema=schema, model_id=metadata["model_id"])
        storage = LocalModelStorage(Path(unpacked) / "components")
        # Every component reads its files while its node is built, so the folder may go afterwards.
        steps = tuple(
            Step(name, GraphNode.from_schema_node(name, schema.nodes[name], storage, context), _needs(schema, name))
            for name in _in_order(schema, target)
        )
    return LoadedModel(archive.name, metadata["model_id"], steps)


def _in_order(schema: GraphSchema, target: str) -> list[str]:
    """Node names, each after all it needs, the target last. Dask would sort them anew for every message."""
    ordered: list[str] = []

    def visit(name: str) -> None:
        if name in ordered or name == PLACEHOLDER_MESSAGE:
            return
        for need in _needs(schema, name):
            visit(need)
        ordered.append(name)

    visit(target)
    return ordered


def _needs(schema: GraphSchema, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(schema.nodes[name].needs.values()))


def _user_message(wanted: ParseRequest) -> UserMessage:
    """The id is in no reply, so a missing one needs no random number."""
    return UserMessage(wanted.text, _NO_CHANNEL, message_id=wanted.message_id or "", metadata=wanted.metadata)
