"""The graph component that names the entities: tables learnt from the training data, and rules for numbers and days."""

from __future__ import annotations

import json
from datetime import date, datetime
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.amounts import find_amounts
from components.companies import find_companies
from components.dates import find_dates
from components.found import Found, without_overlaps
from components.lookups import LookupTable, Spellings
from components.normalise import NormalText, normalise
from components.phones import find_phones
from components.sound_lookups import SoundLookups, learn
from components.terms import find_terms

SPELLINGS_FILE, SOUNDS_FILE = "spellings.json", "sounds.json"
# A table of this entity lists phrases such as 毕业证书 that only look like another table's spelling.
NOT_AN_ENTITY = "none"
_BANK_TIME = ZoneInfo("Asia/Shanghai")


class ChineseEntityExtractor(GraphComponent):
    """Sets `entities` in Rasa's shape; values are the normal forms of nlu/README.md, offsets those of the raw text."""

    def __init__(
        self, model_storage: ModelStorage, resource: Resource, spellings: Spellings, sounds: SoundLookups
    ) -> None:
        """Made with empty tables for training, with the learnt ones for serving."""
        self._model_storage = model_storage
        self._resource = resource
        self._table = LookupTable(spellings)
        self._sounds = sounds

    @classmethod
    def create(
        cls,
        config: dict[str, Any],  # noqa: ARG003 - Rasa passes it by name
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa passes it by name
    ) -> ChineseEntityExtractor:
        """A new component without tables."""
        return cls(model_storage, resource, {}, SoundLookups({}, {}))

    def train(self, training_data: TrainingData) -> Resource:
        """Keeps the tables called `entity/value`. Raises ValueError when one spelling has two values."""
        spellings: dict[str, tuple[str, str]] = {}
        for table in training_data.lookup_tables:
            entity, _, value = table["name"].partition("/")
            for spelling in (normalise(raw).text for raw in table["elements"]):
                if spellings.setdefault(spelling, (entity, value)) != (entity, value):
                    raise ValueError(f"{spelling} stands for {spellings[spelling]} and for {(entity, value)}")
        self._table, self._sounds = LookupTable(spellings), learn(spellings)
        heard = {"syllables": self._sounds.syllables, "names": self._sounds.names}
        with self._model_storage.write_to(self._resource) as folder:
            (folder / SPELLINGS_FILE).write_text(json.dumps(spellings, ensure_ascii=False), encoding="utf-8")
            (folder / SOUNDS_FILE).write_text(json.dumps(heard, ensure_ascii=False), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],  # noqa: ARG003 - Rasa passes it by name
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa passes it by name
        **_: Any,
    ) -> ChineseEntityExtractor:
        """The component with the tables `train` kept."""
        with model_storage.read_from(resource) as folder:
            stored = json.loads((folder / SPELLINGS_FILE).read_text(encoding="utf-8"))
            heard = json.loads((folder / SOUNDS_FILE).read_text(encoding="utf-8"))
        spellings = {spelling: (entity, value) for spelling, (entity, value) in stored.items()}
        names = {sounds: (entity, value) for sounds, (entity, value) in heard["names"].items()}
        return cls(model_storage, resource, spellings, SoundLookups(heard["syllables"], names))

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entities to each message, in text order."""
        for message in messages:
            normal = normalise(message.get(TEXT))
            found = self._find(normal.text, _today(message.get("metadata")))
            message.set(ENTITIES, [_as_rasa(one, normal) for one in found], add_to_output=True)
        return messages

    def _find(self, text: str, today: date) -> list[Found]:
        rivals = chain(
            find_phones(text),
            find_dates(text, today),
            find_amounts(text),
            find_terms(text),
            find_companies(text),
            self._table.find(text),
            self._sounds.find(text),
        )
        return [
            one for one in without_overlaps(rivals) if one.entity != NOT_AN_ENTITY and not _names_a_street(one, text)
        ]


def _today(metadata: Any) -> date:
    """The caller's day when it gives one, so that a replayed message keeps its meaning; else today at the bank."""
    given = metadata.get("today") if isinstance(metadata, dict) else None
    return date.fromisoformat(given) if given else datetime.now(_BANK_TIME).date()


def _names_a_street(found: Found, text: str) -> bool:
    """芜湖路 may be in any city."""
    return found.entity == "city" and text[found.end : found.end + 1] in {"路", "街", "巷", "道"}


def _as_rasa(found: Found, normal: NormalText) -> dict[str, Any]:
    start, end = normal.raw_span(found.start, found.end)
    entity: dict[str, Any] = {
        "entity": found.entity,
        "start": start,
        "end": end,
        "value": found.value,
        "confidence_entity": 1.0,
        "extractor": ChineseEntityExtractor.__name__,
    }
    if found.role:
        entity["role"] = found.role
    return entity
