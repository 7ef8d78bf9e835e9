"""The scrubber over a million made-up messages; the seed makes a failure repeatable."""

import itertools

from bot.compliance.secrets import mask_secrets
from tests.secret_talk import Talker, faults

COUNT = 1_000_000
SEED = 20_261_124
MOST_SHOWN = 20


def test_no_secret_survives_in_a_million_messages() -> None:
    talker = Talker(SEED)

    found = (fault for talk in talker.talks(COUNT) for fault in _faults_of(talk))

    assert list(itertools.islice(found, MOST_SHOWN)) == []


def _faults_of(talk):
    masked = mask_secrets(talk.text)
    again = mask_secrets(masked.text).text
    unsteady = [] if again == masked.text else [f"masked twice: {talk.text!r} became {again!r}"]
    return [*faults(talk, masked.text, masked.kinds), *unsteady]
