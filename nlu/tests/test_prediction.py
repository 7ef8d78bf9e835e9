"""Running the graph ourselves gives what Rasa's own runner gives, and no message touches another."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from benchmark.servers import distinct_texts
from rasa.core.channels.channel import UserMessage
from rasa.engine.constants import PLACEHOLDER_MESSAGE
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from serving.prediction import LoadedModel, Step
from serving.wire import ParseRequest

TODAY = {"today": "2026-11-24"}
BAD = "坏"


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return ["", " 贷20万 ", "😀", *distinct_texts()[:1000]]


def asked(texts: list[str]) -> list[ParseRequest]:
    return [ParseRequest(text, None, TODAY) for text in texts]


def test_our_runs_equal_rasas_runner_on_a_thousand_texts(
    archive: Path, model: LoadedModel, texts: list[str], tmp_path: Path
) -> None:
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path)
    described = json.loads((tmp_path / "metadata.json").read_text(encoding="utf-8"))
    nodes = described["predict_schema"]["nodes"]
    target = nodes.pop("run_RegexMessageHandler")["needs"]["messages"]
    schema = GraphSchema.from_dict({"nodes": nodes})
    storage = LocalModelStorage(tmp_path / "components")
    runner = DaskGraphRunner.create(schema, storage, ExecutionContext(schema, model_id=model.model_id))

    def by_rasa(text: str) -> dict[str, Any]:
        messages = [UserMessage(text=text, metadata=TODAY)]
        found = runner.run({PLACEHOLDER_MESSAGE: messages}, [target])[target][0]
        reply: dict[str, Any] = found.as_dict(only_output_properties=True)
        return reply

    assert model.parse_many(asked(texts)) == [by_rasa(text) for text in texts]


def test_a_text_means_the_same_alone_and_in_company(model: LoadedModel, texts: list[str]) -> None:
    together = model.parse_many(asked(texts[:64]))

    assert together == [model.parse(text, metadata=TODAY) for text in texts[:64]]


def test_a_bad_message_fails_alone(model: LoadedModel) -> None:
    outcomes = with_last_step(model, raise_for_bad).parse_each(asked(["贷5万", BAD, "贷6万"]))

    assert isinstance(outcomes[1], ValueError)
    assert [one["text"] for one in (outcomes[0], outcomes[2]) if isinstance(one, dict)] == ["贷5万", "贷6万"]


def test_a_graph_that_loses_a_message_gives_nobody_anothers_answer(model: LoadedModel) -> None:
    outcomes = with_last_step(model, lambda given: ("last", given[1][1:])).parse_each(asked(["贷5万", "贷6万"]))

    assert [type(one) for one in outcomes] == [RuntimeError, RuntimeError]


def with_last_step(model: LoadedModel, node: Any) -> LoadedModel:
    return LoadedModel(model.file, model.model_id, (*model.steps, Step("last", node, (model.steps[-1].name,))))


def raise_for_bad(given: tuple[str, list[Any]]) -> tuple[str, list[Any]]:
    if any(message.get("text") == BAD for message in given[1]):
        raise ValueError
    return "last", given[1]
