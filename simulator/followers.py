"""A follower: the phone of one business owner, and what it shows."""

import secrets
from dataclasses import dataclass, field

from simulator.allowance import Allowance, Trigger

TYPING_S = 15

Entry = dict[str, object]


@dataclass
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

    def leave(self) -> None:
        """Stop following: nothing may be sent any more."""
        self.is_following = False
        self.contact_s = float("-inf")
        self.typing_until_s = float("-inf")
        self.allowance.close()


def new_openid() -> str:
    """28 characters starting with o, as the platform's."""
    return "o" + secrets.token_urlsafe(24)[:27].ljust(27, "A")
