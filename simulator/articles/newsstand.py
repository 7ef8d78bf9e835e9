"""Articles that have a page: sent to followers, published, or shown to a tester; and who read and shared them."""

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from simulator.articles.box import Article
from simulator.clock import VirtualClock
from simulator.errors import ApiError


class Kind(StrEnum):
    """How an article came to have a page."""

    MASS = "mass"
    PUBLISHED = "publish"
    PREVIEW = "preview"


@dataclass
class Post:
    """One article's page. Days are the platform's; a day's readers and sharers are counted by openid."""

    data_id: int
    idx: int
    sn: str
    kind: Kind
    article: Article
    sent_s: float
    sent_on: str
    url: str
    targets: int = 0
    is_dead: bool = False
    reads: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    shares: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def msgid(self) -> str:
        """What the figures call it."""
        return f"{self.data_id}_{self.idx}"


class Newsstand:
    """Pages by their number. The caller holds the world's lock."""

    def __init__(self, base: str, clock: VirtualClock) -> None:
        self._base = base
        self._clock = clock
        self._posts: dict[str, Post] = {}

    def put_up(self, data_id: int, articles: Sequence[Article], kind: Kind) -> list[Post]:
        """Give articles their pages, numbered from 1."""
        posts = []
        for idx, article in enumerate(articles, 1):
            sn = secrets.token_hex(16)
            url = f"{self._base}/s?__biz=MzU3ODk4MTAyNQ==&mid={data_id}&idx={idx}&sn={sn}"
            now_s, today = self._clock.now_s(), self._clock.beijing_day()
            post = Post(data_id, idx, sn, kind, dict(article), now_s, today, url)
            self._posts[post.msgid] = post
            posts.append(post)
        return posts

    def find(self, msgid: str) -> Post | None:
        """The page with this "<data id>_<index>"."""
        return self._posts.get(msgid)

    def of_data_id(self, data_id: int) -> list[Post]:
        """The pages of one send, in order."""
        return [post for post in self._posts.values() if post.data_id == data_id]

    def all(self) -> list[Post]:
        """Every page the figures know: sent or published, oldest first."""
        return [post for post in self._posts.values() if post.kind is not Kind.PREVIEW]

    def read(self, post: Post, openids: Iterable[str], times: int = 1) -> None:
        """These opened it now."""
        self._count(post.reads, openids, times)

    def share(self, post: Post, openids: Iterable[str], times: int = 1) -> None:
        """These shared it now."""
        self._count(post.shares, openids, times)

    def kill(self, data_id: int, idx: int) -> None:
        """Take pages down; 0 for all of a send. Raises ApiError 40114."""
        posts = [post for post in self.of_data_id(data_id) if idx in (0, post.idx)]
        if not posts:
            raise ApiError(40114)
        for post in posts:
            post.is_dead = True

    def _count(self, days: dict[str, Counter[str]], openids: Iterable[str], times: int) -> None:
        today = days[self._clock.beijing_day()]
        for openid in openids:
            today[openid] += times
