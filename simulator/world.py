"""The simulated platform's whole state in memory, behind one lock. Nothing here talks to the network."""

import itertools
import random
import threading
import time
from collections import Counter, defaultdict
from typing import Any

from simulator.articles.box import DraftBox
from simulator.articles.material import Library
from simulator.articles.newsstand import Newsstand
from simulator.articles.publication import Publication
from simulator.bank.binding import BindingDesk
from simulator.bank.firms import Bank
from simulator.calls import CallLog
from simulator.clock import VirtualClock
from simulator.errors import ApiError
from simulator.faults import Faults
from simulator.feed import Feed
from simulator.followers import Entry, Follower, new_openid
from simulator.later import Later
from simulator.mass.office import MassOffice
from simulator.media import MediaStore
from simulator.notices import NoticeDesk
from simulator.quota import Quota
from simulator.settings import SimSettings
from simulator.tags import TagBook
from simulator.tokens import TokenOffice

KEEPABLE = ("clock", "tokens", "menu", "mode", "bindings")


class World:
    """One simulated account with its followers. Take `lock` around every read or change of state."""

    def __init__(self, settings: SimSettings) -> None:
        self.settings = settings
        self.lock = threading.RLock()
        self.feed = Feed()
        self.clock = VirtualClock()
        # Message ids go on growing through a reset: the product must never see an old id again. Above 2**53 on purpose.
        self._message_ids = itertools.count(time.time_ns() // 100)
        self._data_ids = itertools.count(time.time_ns() // 10**6)
        self.later = Later(self.clock)
        self._start()

    def _start(self) -> None:
        self.rng = random.Random(self.settings.seed)
        self.mode = self.settings.mode
        self.faults = Faults()
        self.followers: dict[str, Follower] = {}
        self.tokens = TokenOffice(self.clock)
        self.media = MediaStore(self.clock)
        self.quota = Quota(self.clock)
        self.calls = CallLog()
        self.bank = Bank(self.clock)
        self.binding_desk = BindingDesk(self.clock)
        self.library = Library(self.settings.public_base)
        self.drafts = DraftBox(self.library)
        self.newsstand = Newsstand(self.settings.public_base, self.clock)
        self.mass = MassOffice(self.clock)
        self.publications: dict[str, Publication] = {}
        self.tags = TagBook()
        self.notices = NoticeDesk(self.clock)
        # In whose name the platform reports about jobs. Nobody follows behind it.
        self.helper = Follower(new_openid(), "helper")
        # By day and way of following: who came, and who left.
        self.joined: dict[str, Counter[str]] = defaultdict(Counter)
        self.left: dict[str, Counter[str]] = defaultdict(Counter)
        self.menu: dict[str, Any] | None = None
        self.qr_codes: dict[str, dict[str, Any]] = {}
        # By the digest of the picture showqrcode gave: the ticket. A code in an article is found by its picture.
        self.qr_pictures: dict[str, str] = {}
        self.articles: dict[str, dict[str, str]] = {}
        self.kf_accounts: dict[str, str] = {}
        self.oauth_codes: dict[str, dict[str, Any]] = {}
        self.oauth_tokens: dict[str, dict[str, Any]] = {}

    def reset(self, keep: tuple[str, ...] = ()) -> None:
        """A clean slate; `keep` names parts of KEEPABLE that stay."""
        kept = {name: getattr(self, name) for name in keep if name in ("tokens", "menu", "mode")}
        self.later.clear()
        bindings, consents = self.bank.bindings, self.bank.consents
        if "clock" not in keep:
            self.clock.offset_s = 0.0
        self._start()
        for name, value in kept.items():
            setattr(self, name, value)
        if "bindings" in keep:
            self.bank.bindings, self.bank.consents = bindings, consents
        self.feed.publish("reset", {})

    def next_message_id(self) -> int:
        """A fresh 64-bit MsgId."""
        return next(self._message_ids)

    def next_data_id(self) -> int:
        """A fresh msg_data_id: the number of a send's articles in the figures."""
        return next(self._data_ids)

    def add_follower(self, openid: str | None, name: str | None) -> Follower:
        """A new person who knows the account; not following yet."""
        openid = openid or new_openid()
        follower = Follower(openid, name or f"关注者{len(self.followers) + 1}", is_following=False)
        self.followers[openid] = follower
        return follower

    def add_many(self, prefix: str, count: int) -> list[str]:
        """People who follow already, as if for long; nothing is pushed. Their openids, in order; safe to repeat."""
        openids = [f"o{prefix}{number:0{27 - len(prefix)}d}" for number in range(1, count + 1)]
        now_s = self.clock.now_s()
        for openid in openids:
            if openid not in self.followers:
                person = Follower(openid, f"关注者{openid[-6:]}", is_following=True, followed_s=now_s, is_quiet=True)
                self.followers[openid] = person
        return openids

    def get_follower(self, openid: object) -> Follower:
        """The person behind an openid. Raises ApiError 40003."""
        follower = self.followers.get(openid) if isinstance(openid, str) else None
        if follower is None:
            raise ApiError(40003)
        return follower

    def show(self, follower: Follower, sender: str, via: str, kind: str, **rest: object) -> Entry:
        """Add a line to what the phone shows; anything from the account ends "typing"."""
        entry: Entry = {"at": self.clock.now().isoformat(), "from": sender, "via": via, "type": kind, **rest}
        if sender != "user":
            self.stop_typing(follower)
        entry["seq"] = self.feed.publish("entry", {"openid": follower.openid, "entry": entry})
        follower.transcript.append(entry)
        return entry

    def stop_typing(self, follower: Follower) -> None:
        """End the typing state, if there is one."""
        if follower.typing_until_s > self.clock.now_s():
            self.feed.publish("typing", {"openid": follower.openid, "on": False})
        follower.typing_until_s = float("-inf")

    def scene_in(self, picture_url: str) -> str | None:
        """The scene of the code on a picture of an article, as long as the code lives."""
        code = self.qr_codes.get(self.qr_pictures.get(self.library.digest_of(picture_url), ""))
        return code["scene"] if code is not None and code["expires_s"] > self.clock.now_s() else None

    def media_url(self, media_id: str) -> str:
        """Where the phone page loads a stored file."""
        return f"{self.settings.public_base}/sim/media/{media_id}"
