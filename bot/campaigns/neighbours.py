"""What campaigns need of articles and audiences. bot/bootstrap.py hands it in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session


class Frozen(Protocol):
    """An article's version as it would be sent. `flaws` is empty when it may be approved."""

    @property
    def version_id(self) -> int: ...  # noqa: D102 -- said above
    @property
    def title(self) -> str: ...  # noqa: D102 -- said above
    @property
    def content_hash(self) -> str: ...  # noqa: D102 -- said above
    @property
    def is_marketing(self) -> bool: ...  # noqa: D102 -- said above
    @property
    def flaws(self) -> tuple[Any, ...]: ...  # noqa: D102 -- said above


class FindFrozen(Protocol):
    """Raises NotFound for a version that is none."""

    def __call__(self, session: Session, version_id: int, /) -> Frozen: ...  # noqa: D102 -- said above


class Who(Protocol):
    """A condition on followers: those a segment holds now. Raises NotFound."""

    def __call__(self, session: Session, segment_id: int, now: datetime, /) -> ColumnElement[bool]: ...  # noqa: D102


class Because(Protocol):
    """Why a segment holds a follower or does not, one entry for each leaf of its rule. Raises NotFound."""

    def __call__(self, session: Session, segment_id: int, follower_id: int, now: datetime, /) -> Sequence[Any]: ...  # noqa: D102


class Fingerprint(Protocol):
    """The same as long as a segment means the same, whoever it holds; its name with it. Raises NotFound."""

    def __call__(self, session: Session, segment_id: int, /) -> tuple[str, str]: ...  # noqa: D102 -- said above


class EnsureDraft(Protocol):
    """The media id of a draft with exactly this version, one for each purpose, whose QR code carries the scene. Talks
    to the platform, so it runs outside of transactions; raises what bot/account_ports.py names, and UnfitContent for a
    version that may not be sent any more. A repeat is safe.
    """

    def __call__(self, version_id: int, purpose: str, source_url: str = "", *, scene: str = "") -> str: ...  # noqa: D102


@dataclass(frozen=True)
class Neighbours:
    """All of it, as campaigns are handed it."""

    frozen: FindFrozen
    who: Who
    because: Because
    fingerprint: Fingerprint
