"""The graph component that names the intent. The full ranking goes out; the product applies floor and ambiguity."""

from __future__ import annotations

import json
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT_TOKENS
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.char_tokenizer import CharTokenizer
from components.features import CONCEPT_PREFIX, FeatureMaker
from components.intent_model import IntentModel, fit

CONCEPTS_FILE = "concepts.json"


class LinearIntentClassifier(GraphComponent, IntentClassifier):
    """A linear model over character and concept features."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """Made untrained; `train` or `load` gives it a model."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._maker = FeatureMaker({})
        self._model: IntentModel | None = None

    @classmethod
    def required_components(cls) -> list[type]:
        """Tokens must be there before."""
        return [CharTokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`penalty` is the C of the support vector machine; `ranking_length` 0 means all intents."""
        return {"penalty": 1.5, "seed": 0, "ranking_length": 0}

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
        """Learns from every example that has an intent, and keeps the model in the storage."""
        concepts = {
            regex["name"]: regex["pattern"]
            for regex in training_data.regex_features
            if regex["name"].startswith(CONCEPT_PREFIX)
        }
        self._maker = FeatureMaker(concepts)
        examples = [self._features(example) for example in training_data.intent_examples]
        labels = [example.get(INTENT) for example in training_data.intent_examples]
        self._model = fit(examples, labels, self._config["penalty"], self._config["seed"])
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
            (folder / CONCEPTS_FILE).write_text(json.dumps(concepts, ensure_ascii=False), encoding="utf-8")
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
            component._maker = FeatureMaker(json.loads((folder / CONCEPTS_FILE).read_text(encoding="utf-8")))
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets intent and ranking on each message; one without a single token gets no intent at all."""
        for message in messages:
            ranking = self._ranking(message)
            message.set(INTENT, ranking[0] if ranking else {"name": None, "confidence": 0.0}, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _ranking(self, message: Message) -> list[dict[str, Any]]:
        if self._model is None or not message.get(TEXT_TOKENS):
            return []
        probabilities = self._model.probabilities(self._features(message))
        pairs = zip(self._model.intents, (round(float(value), 4) for value in probabilities), strict=True)
        ranking = [{"name": name, "confidence": value} for name, value in sorted(pairs, key=lambda pair: -pair[1])]
        return ranking[: self._config["ranking_length"] or None]

    def _features(self, message: Message) -> dict[str, float]:
        return self._maker.features([token.text for token in message.get(TEXT_TOKENS) or []])
