"""What happened on the stage so far, and how long one waits for the next thing. Shared by everybody who takes part."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from deploy.local.product import eventually
from deploy.local.scripts.transcript import Moment, Side

T = TypeVar("T")

PATIENCE_S = 10.0


class StepFailed(Exception):
    """A step did not happen as written; the message is the sentence to show."""


@dataclass
class Record:
    """The moments of one performance at the stage's time `now`."""

    now: datetime
    tell: Callable[[Moment], None] = lambda _: None
    moments: list[Moment] = field(default_factory=list)

    def happened(self, side: Side, who: str, text: str, buttons: tuple[str, ...] = ()) -> None:
        """Put a moment on record."""
        moment = Moment(f"{self.now.hour}:{self.now.minute:02d}", side, who, text, buttons)
        self.moments.append(moment)
        self.tell(moment)

    def wait_for(self, what: str, look: Callable[[], T]) -> T:
        """What `look` finds. Raises StepFailed when patience is over."""
        found = eventually(look, within_s=PATIENCE_S)
        if not found:
            raise StepFailed(f"waited in vain for {what}")
        return found
