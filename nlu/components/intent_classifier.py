"""The graph component that names the intent. The full ranking goes out; the product applies floor and ambiguity."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT_TOKENS
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.char_tokenizer import CharTokenizer
from components.features import VIEWS
from components.intent_model import IntentModel

Ranking = list[dict[str, Any]]


class LinearIntentClassifier(GraphComponent, IntentClassifier):
    """A linear model over characters, sounds and pairs of characters."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """Made untrained; `train` or `load` gives it a model."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model: IntentModel | None = None

    @classmethod
    def required_components(cls) -> list[type]:
        """Tokens must be there before."""
        return [CharTokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`penalty` is the C of the machine, `views` what it sees (components.features); `ranking_length` 0 is all."""
        return {"penalty": 0.5, "seed": 0, "views": list(VIEWS), "ranking_length": 10}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa passes it by name
    ) -> LinearIntentClassifier:
        """A new, untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from every example that has an intent, and keeps the model in the storage. Prints its progress."""
        # Brings scikit-learn with it, which a server does without.
        from components.intent_training import Settings, fit  # noqa: PLC0415

        settings = Settings(self._config["penalty"], self._config["seed"], tuple(self._config["views"]))
        examples = training_data.intent_examples
        labels = [example.get(INTENT) for example in examples]
        self._model = fit([_tokens(example) for example in examples], labels, settings, _say)
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa passes it by name
        **_: Any,
    ) -> LinearIntentClassifier:
        """The component as `train` left it. Raises when the archive holds no model."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._model = IntentModel.load(folder)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets intent and ranking on each message; one without a single token gets no intent at all."""
        wordy = [message for message in messages if message.get(TEXT_TOKENS)]
        rankings = self._rankings([_tokens(message) for message in wordy])
        ranking_of = {id(message): ranking for message, ranking in zip(wordy, rankings, strict=True)}
        for message in messages:
            ranking = ranking_of.get(id(message), [])
            message.set(INTENT, ranking[0] if ranking else {"name": None, "confidence": 0.0}, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _rankings(self, messages: list[list[str]]) -> list[Ranking]:
        if self._model is None or not messages:
            return []
        intents, wanted = self._model.intents, self._config["ranking_length"] or None
        probabilities = self._model.probabilities(messages)
        orders = (-probabilities).argsort(axis=1, kind="stable")[:, :wanted]
        rounded = np.take_along_axis(probabilities, orders, axis=1).astype(np.float64).round(4)
        return [
            [{"name": intents[place], "confidence": share} for place, share in zip(order, shares, strict=True)]
            for order, shares in zip(orders.tolist(), rounded.tolist(), strict=True)
        ]


def _tokens(message: Message) -> list[str]:
    return [token.text for token in message.get(TEXT_TOKENS) or []]


def _say(line: str) -> None:
    print(f"[nlu]          {line}", flush=True)
