"""A follower: the phone of one business owner, and what it shows."""

import secrets
from dataclasses import dataclass, field

from simulator.allowance import Allowance, Trigger

TYPING_S = 15
MASS_A_MONTH = 4

Entry = dict[str, object]


@dataclass(slots=True)
class Follower:
    """State of one follower. Times are virtual unix seconds."""

    openid: str
    name: str
    is_following: bool = True
    followed_s: float = 0.0
    scene: str = ""
    scene_kind: str = "ADD_SCENE_SEARCH"
    remark: str = ""
    allowance: Allowance = field(default_factory=Allowance)
    contact_s: float = float("-inf")
    typing_until_s: float = float("-inf")
    transcript: list[Entry] = field(default_factory=list)
    tags: set[int] = field(default_factory=set)
    # Mass messages of one calendar month.
    mass_month: str = ""
    mass_count: int = 0
    # Made in bulk, and nobody has looked at the phone yet: what it shows is not announced in the feed.
    is_quiet: bool = False

    def act(self, trigger: Trigger | None, now_s: float) -> None:
        """The follower did something: it counts as contact and may open an allowance."""
        self.contact_s = now_s
        if trigger is not None:
            self.allowance.open(trigger, now_s)

    def follow(self, now_s: float, scene: str) -> None:
        """Start following, perhaps through a QR code with a scene."""
        self.is_following = True
        self.followed_s = now_s
        self.scene = scene
        self.scene_kind = "ADD_SCENE_QR_CODE" if scene else "ADD_SCENE_SEARCH"
        self.act(Trigger.SUBSCRIBE, now_s)

    def take_mass(self, month: str) -> bool:
        """Take one mass message if this month's four are not used up; whether there was one left."""
        if self.mass_month != month:
            self.mass_month, self.mass_count = month, 0
        if self.mass_count >= MASS_A_MONTH:
            return False
        self.mass_count += 1
        return True

    def leave(self) -> None:
        """Stop following: nothing may be sent any more."""
        self.is_following = False
        self.contact_s = float("-inf")
        self.typing_until_s = float("-inf")
        self.allowance.close()


def new_openid() -> str:
    """28 characters starting with o, as the platform's."""
    return "o" + secrets.token_urlsafe(24)[:27].ljust(27, "A")
