"""Each finder passes most messages over after one look: that look must never hide what its patterns would find."""

from __future__ import annotations

import re

import pytest
from benchmark.servers import distinct_texts
from components import amounts, dates, terms
from components.normalise import normalise

FINDERS = {
    "amounts": (amounts._HINT, [pattern for pattern, _, _ in amounts._READERS]),
    "dates": (dates._HINT, [pattern for pattern, _ in dates._READERS]),
    "terms": (terms._HINT, [terms._ONE, terms._SHARED_UNIT]),
}


@pytest.mark.parametrize("finder", FINDERS)
def test_what_a_look_passes_over_has_nothing_to_find(finder: str) -> None:
    hint, patterns = FINDERS[finder]
    passed = [text for raw in distinct_texts() if not hint.search(text := normalise(raw).text)]

    assert len(passed) > 10_000
    assert not [text for text in passed if any(re.search(pattern, text) for pattern in patterns)]
