"""The platform's server API for the account itself: drafts, material, mass sends, tags, notices, figures. One adapter
for each protocol in bot/adapters/, one fake in tests/fakes_account.py; both pass tests/contract/test_account.py.

Every call raises WechatBusy (surely not executed; `fields["reason"]` is the errcode as text: -1, 45009 for the rest of
the day, 45011 for a minute, 45066 for a minute), OutcomeUnknown (it may have been executed), SendRefused (with
`reason` = errcode as text) or PlatformMisconfigured. Limits and codes: developers.weixin.qq.com, pages named at each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Protocol


@dataclass(frozen=True)
class DraftArticle:
    """One article as draft/add takes it. `content` is HTML whose pictures lie at the platform already; crops are
    "X1_Y1_X2_Y2" as shares of the cover, "" for the platform's own choice.
    """

    title: str
    author: str
    digest: str
    content: str
    source_url: str
    thumb_media_id: str
    crop_235_1: str = ""
    crop_1_1: str = ""
    can_comment: bool = False


@dataclass(frozen=True)
class DraftEntry:
    """One draft of the box as batchget lists it."""

    media_id: str
    titles: tuple[str, ...]
    updated_at: datetime


class Drafts(Protocol):
    """The draft box (draftbox/draftmanage). A draft that was mass-sent or published leaves it."""

    def add(self, articles: Sequence[DraftArticle]) -> str:
        """Put a draft of 1 to 8 articles into the box; its media id. Not safe to repeat: look into `recent` first."""
        ...

    def update(self, media_id: str, index: int, article: DraftArticle) -> None:
        """Replace one article of a draft; `index` from 0. A repeat is safe. Raises NotFound."""
        ...

    def get(self, media_id: str) -> tuple[DraftArticle, ...]:
        """The draft as the platform keeps it: without scripts and foreign pictures. Raises NotFound."""
        ...

    def delete(self, media_id: str) -> None:
        """Take a draft out of the box. A repeat is safe."""
        ...

    def recent(self, count: int = 20, offset: int = 0) -> tuple[DraftEntry, ...]:
        """The drafts of the box, newest first; at most 20 a call."""
        ...


class Material(Protocol):
    """Pictures that stay (permanent material), and those inside articles."""

    def add_image(self, name: str, content: bytes) -> str:
        """Keep a picture for covers; its media id. PNG, JPG, GIF or BMP up to 10 MB."""
        ...

    def upload_article_image(self, name: str, content: bytes) -> str:
        """Put a picture where articles may show it (media/uploadimg); its address. PNG or JPG under 1 MB."""
        ...

    def delete(self, media_id: str) -> None:
        """Remove permanent material. A repeat is safe."""
        ...


class PublishStatus(IntEnum):
    """publish_status of freepublish/get."""

    DONE = 0
    RUNNING = 1
    ORIGINALITY_FAILED = 2
    FAILED = 3
    REFUSED = 4
    DELETED = 5
    BANNED = 6


@dataclass(frozen=True)
class Publication:
    """How a publish job stands: the article's id and addresses when it is done, else which indexes failed."""

    status: PublishStatus
    article_id: str | None
    urls: tuple[str, ...] = ()
    failed: tuple[int, ...] = ()


class Publishing(Protocol):
    """Publishing without telling anybody (freepublish): a permanent address, free of the four a month."""

    def submit(self, media_id: str) -> str:
        """Start publishing a draft; the publish id. The draft leaves the box. Not safe to repeat."""
        ...

    def get(self, publish_id: str) -> Publication:
        """How the job stands."""
        ...

    def delete(self, article_id: str, index: int = 0) -> None:
        """Take a published article down; 0 for all of them."""
        ...


@dataclass(frozen=True)
class MassJob:
    """An accepted mass send. `data_id` is None for a repeat the platform recognised: it then tells only the job."""

    job_id: str
    data_id: str | None
    is_repeat: bool = False


class MassState(StrEnum):
    """msg_status of mass/get."""

    SUCCESS = "SEND_SUCCESS"
    SENDING = "SENDING"
    FAILED = "SEND_FAIL"
    DELETED = "DELETE"


@dataclass(frozen=True)
class MassSpeed:
    """The level (0 fastest to 4) and what the platform says it amounts to, in thousands of followers a minute."""

    level: int
    real: int


class MassSends(Protocol):
    """Mass sends (guide/product/message/Batch_Sends): 2 to 10,000 openids a list, 60 calls a minute, four messages a
    follower and calendar month in Beijing, counted by the platform alone.
    """

    def send_to_list(self, openids: Sequence[str], media_id: str, client_id: str) -> MassJob:
        """Send a draft to these followers. `client_id`: at most 32 of [A-Za-z0-9_]; the same one within 24 hours is
        recognised (45065) and answered with the first job, so a repeat with the same id is safe.
        """
        ...

    def send_to_tag(self, tag_id: int, media_id: str, client_id: str) -> MassJob:
        """Send a draft to everybody under a tag; `client_id` as above."""
        ...

    def preview(self, openid: str, media_id: str) -> None:
        """Show a draft to one follower; costs none of his four. 100 a day."""
        ...

    def delete(self, job_id: str, index: int = 0) -> None:
        """Take the sent articles' pages down (0: all, else from 1). The cards stay in the chats. A repeat is safe."""
        ...

    def state(self, job_id: str) -> MassState:
        """How a job stands. Raises NotFound."""
        ...

    def speed(self) -> MassSpeed:
        """How fast jobs go out."""
        ...

    def set_speed(self, level: int) -> None:
        """Choose a speed level, 0 to 4. A repeat is safe."""
        ...


@dataclass(frozen=True)
class PlatformTag:
    """A tag of the account and how many followers carry it."""

    tag_id: int
    name: str
    followers: int


class PlatformTags(Protocol):
    """Tags of followers (usermanage/tag): 100 an account, 20 a follower, 50 openids a call."""

    def list_all(self) -> tuple[PlatformTag, ...]:
        """All tags, the platform's own too."""
        ...

    def create(self, name: str) -> int:
        """A new tag; its id. Names are unique and at most 30 characters."""
        ...

    def delete(self, tag_id: int) -> None:
        """Remove a tag of fewer than 100,000 followers."""
        ...

    def add_members(self, tag_id: int, openids: Sequence[str]) -> None:
        """Put at most 50 followers under a tag. A repeat is safe."""
        ...

    def remove_members(self, tag_id: int, openids: Sequence[str]) -> None:
        """Take at most 50 followers out. A repeat is safe."""
        ...

    def members(self, tag_id: int, after: str = "") -> tuple[tuple[str, ...], str]:
        """Up to 10,000 openids under a tag, and what to ask after next; "" at the end."""
        ...


class FollowerList(Protocol):
    """Who follows (user/get): 10,000 a page, 500 calls a day."""

    def page(self, after: str = "") -> tuple[tuple[str, ...], str]:
        """Openids, and what to ask after next; "" at the end."""
        ...


@dataclass(frozen=True)
class CallQuota:
    """What openapi/quota/get tells of one endpoint today; None where it tells nothing."""

    daily_limit: int
    used: int
    remain: int
    per_minute: int | None


class Quotas(Protocol):
    """How often an endpoint may be called."""

    def of(self, path: str) -> CallQuota:
        """Today's count of one endpoint, such as "/cgi-bin/message/mass/send". A repeat is safe."""
        ...


class Notices(Protocol):
    """Notices to one follower: of service (template/send; no marketing), and those he asked for (subscribe/bizsend)."""

    def send_template(
        self, openid: str, template_id: str, data: Mapping[str, str], url: str | None, client_id: str
    ) -> str:
        """Send a service notice; its message id. The same `client_id` for one follower within ten minutes is one
        message, so a repeat is safe.
        """
        ...

    def send_subscribed(self, openid: str, template_id: str, data: Mapping[str, str], page: str | None) -> str:
        """Send a notice he agreed to once; its message id. Not safe to repeat: each consent is for one."""
        ...


@dataclass(frozen=True)
class DayFigures:
    """What one day brought an article. `article` is "<msg_data_id>_<index>"; users are distinct within the day.

    The platform tells people only: how often they read or shared it is no longer said since the calls of 2025-11.
    """

    article: str
    sent_on: date | None
    day: date
    read_users: int
    share_users: int


@dataclass(frozen=True)
class SentArticle:
    """One article the platform knows as sent or published, by whomever. `is_mass`: followers were sent it."""

    article: str
    title: str
    sent_on: date
    is_mass: bool
    url: str


class ArticleFigures(Protocol):
    """Figures of articles (datacube). Ready after eight in the morning for days up to yesterday.

    Every call also raises NotReady: the figures of that day are not final, ask again later.
    """

    def of_day(self, day: date) -> tuple[DayFigures, ...]:
        """Reads and shares of one day, by article; `sent_on` is None, the platform does not tell it here."""
        ...

    def sent_on(self, day: date) -> tuple[tuple[SentArticle, tuple[DayFigures, ...]], ...]:
        """The articles sent on one day, each with its days since."""
        ...

    def follows_of_day(self, day: date) -> tuple[int, int]:
        """How many followed and how many left on one day."""
        ...


@dataclass(frozen=True)
class Account:
    """All of it, as the product is handed it."""

    drafts: Drafts
    material: Material
    publishing: Publishing
    mass: MassSends
    tags: PlatformTags
    followers: FollowerList
    quotas: Quotas
    notices: Notices
    figures: ArticleFigures
