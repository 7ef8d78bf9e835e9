"""Drafts at the platform: exactly the content of a version, one for each purpose, never added twice.

A draft that is sent leaves the box, so every chunk of a campaign asks for its own. Adding is not safe to repeat: who
does not know whether it happened looks for the draft among the newest ones before he adds another.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import Select, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.account_ports import Account, DraftArticle
from bot.articles import queries
from bot.articles.blocks import with_ask
from bot.articles.body import asks, picture_ids, with_pictures
from bot.articles.checking import Checking, words_of
from bot.articles.drift import Difference, differences, is_same, with_digest
from bot.articles.model import ArticleDraft, ArticlePicture, ArticleState, ArticleVersion, DraftState
from bot.clock import Clock
from bot.db import Database
from bot.errors import NotFound, OutcomeUnknown, UnfitContent, WechatBusy
from bot.pictures.rules import SUFFIXES

log = structlog.get_logger()

# The draft people see in the platform's own console, and the one testers are shown.
MAIN, PREVIEW = "main", "preview"
LEASE = timedelta(minutes=1)
# How far the platform's clock and ours may be apart.
SKEW = timedelta(minutes=5)
A_PAGE, MOST_PAGES = 20, 10
# The platform's code lives for thirty days; one for a send is never older than a week.
QR_LIVES = timedelta(days=30)
QR_IS_FRESH = timedelta(days=7)


class QrPicture(Protocol):
    """Makes the picture of a code that carries a scene."""

    def __call__(self, scene: str, expire_s: int) -> bytes:
        """The picture, PNG or JPEG; good for so many seconds."""
        ...


@dataclass(frozen=True)
class ArticleDrafts:
    """Keeps drafts in step with versions. No call of it may stand inside a transaction."""

    database: Database
    account: Account
    clock: Clock
    checking: Checking
    qr_picture: QrPicture

    def ensure(self, version_id: int, purpose: str, source_url: str = "", *, scene: str = "") -> str:
        """The media id of a draft that holds exactly this sealed version; `purpose` is whose draft it is, at most one
        each ("c12_v1_3"). `source_url` is put in place of the version's own link; `scene` is what the QR code carries,
        the version itself when it is "".

        Safe to repeat. Raises NotFound, UnfitContent with the flaws, WechatBusy (also when it is not known whether the
        draft was added: the next call finds out), SendRefused, PlatformMisconfigured.
        """
        with self.database.reading() as session:
            article = queries.frozen(session, version_id)
            version = queries.get_version(session, version_id)
        if article.flaws:
            raise UnfitContent(flaws=[asdict(one) for one in article.flaws])
        return self._ensured(version, version.rendered or "", purpose, source_url, scene)

    def ensure_preview(self, version_id: int) -> str:
        """The media id of a draft for testers, also of a version that is still being written. Raises as `ensure`."""
        with self.database.reading() as session:
            version = queries.get_version(session, version_id)
        rendered = version.rendered
        if version.state is ArticleState.OPEN:
            rendered = self.checking.render(words_of(version), self.clock.now()).html
        return self._ensured(version, rendered or "", PREVIEW, "", "")

    def look(self, version_id: int) -> list[Difference]:
        """What somebody changed of the main draft in the platform's console, also kept for whoever asks next. Raises
        NotFound when there is none (any more), WechatBusy.
        """
        draft, ours, theirs = self.compare(version_id)
        found = differences(ours, theirs)
        with self.database.transaction() as session:
            row = session.get_one(ArticleDraft, draft.id)
            row.looked_at, row.drift = self.clock.now(), [asdict(one) for one in found]
        return found

    def overwrite(self, version_id: int) -> None:
        """Put our content into the main draft again. A repeat is safe. Raises as `look`."""
        draft, ours, _ = self.compare(version_id)
        assert draft.media_id is not None
        self.account.drafts.update(draft.media_id, 0, ours)
        with self.database.transaction() as session:
            row = session.get_one(ArticleDraft, draft.id)
            row.looked_at, row.drift = self.clock.now(), []

    def compare(self, version_id: int) -> tuple[ArticleDraft, DraftArticle, DraftArticle]:
        """The main draft, what it was told to hold, and what it holds. Raises as `look`."""
        with self.database.reading() as session:
            version = queries.get_version(session, version_id)
            draft = _find(session.scalars(_mine(version_id, MAIN)).all())
        if draft is None or draft.media_id is None:
            raise NotFound(version_id=version_id)
        ours = self._wanted(version, version.rendered or "", draft, "")
        theirs = self._held(draft.media_id)
        if theirs is None:
            self._note_gone(draft)
            raise NotFound(media_id=draft.media_id)
        return draft, ours, theirs

    def _ensured(self, version: ArticleVersion, rendered: str, purpose: str, source_url: str, scene: str) -> str:
        draft, was_asked = self._claimed(version.id, purpose, scene or f"a{version.id}")
        try:
            wanted = self._wanted(version, rendered, draft, source_url)
            media_id = self._kept_at_platform(draft, wanted) or self._added(draft, wanted, was_asked=was_asked)
        finally:
            with self.database.transaction() as session:
                session.get_one(ArticleDraft, draft.id).lease_until = None
        return media_id

    def _claimed(self, version_id: int, purpose: str, scene: str) -> tuple[ArticleDraft, bool]:
        """The draft's row, ours for a minute, and whether adding it was tried before. Raises WechatBusy while somebody
        else works on it.
        """
        now = self.clock.now()
        row = ArticleDraft(
            version_id=version_id,
            purpose=purpose,
            state=DraftState.ADDING,
            scene=scene,
            asked_at=now,
            lease_until=now + LEASE,
            drift=[],
        )
        try:
            with self.database.transaction() as session:
                session.add(row)
            return row, False
        except IntegrityError:
            is_free = or_(ArticleDraft.lease_until.is_(None), ArticleDraft.lease_until < now)
            mine = (ArticleDraft.version_id == version_id) & (ArticleDraft.purpose == purpose)
            with self.database.transaction() as session:
                taken = session.execute(
                    update(ArticleDraft).where(mine, is_free).values(lease_until=now + LEASE, scene=scene)
                )
                if not taken.rowcount:  # type: ignore[attr-defined]
                    raise WechatBusy("the draft is being made") from None
                found = session.scalars(_mine(version_id, purpose)).one()
            return found, found.state is DraftState.ADDING

    def _kept_at_platform(self, draft: ArticleDraft, wanted: DraftArticle) -> str | None:
        """The draft's media id when the platform has it, made to hold what is wanted; None when it has to be added."""
        if draft.media_id is None:
            return None
        held = self._held(draft.media_id)
        if held is None:
            self._note_gone(draft)
            return None
        if not is_same(wanted, held):
            # Nobody sends what somebody changed in the platform's console: it is not what was approved.
            log.warning("draft_put_right", version_id=draft.version_id, purpose=draft.purpose)
            self.account.drafts.update(draft.media_id, 0, wanted)
        return draft.media_id

    def _added(self, draft: ArticleDraft, wanted: DraftArticle, *, was_asked: bool) -> str:
        since = draft.asked_at
        media_id = self._found(wanted, since) if was_asked else None
        if media_id is None:
            try:
                media_id = self.account.drafts.add([wanted])
            except OutcomeUnknown:
                media_id = self._found(wanted, since)
                if media_id is None:
                    raise WechatBusy("nobody knows whether the draft was added") from None
        self._note_kept(draft, media_id)
        return media_id

    def _found(self, wanted: DraftArticle, since: datetime) -> str | None:
        """A draft of exactly this content that was made since and belongs to no other purpose."""
        for page in range(MOST_PAGES):
            entries = self.account.drafts.recent(A_PAGE, page * A_PAGE)
            young = [entry for entry in entries if entry.updated_at >= since - SKEW]
            with self.database.reading() as session:
                taken = set(session.scalars(select(ArticleDraft.media_id).where(ArticleDraft.media_id.is_not(None))))
            for entry in young:
                if entry.titles[:1] != (wanted.title,) or entry.media_id in taken:
                    continue
                held = self._held(entry.media_id)
                if held is not None and is_same(wanted, held):
                    return entry.media_id
            if len(young) < A_PAGE:
                return None
        return None

    def _held(self, media_id: str) -> DraftArticle | None:
        try:
            return self.account.drafts.get(media_id)[0]
        except NotFound:
            return None

    def _wanted(self, version: ArticleVersion, rendered: str, draft: ArticleDraft, source_url: str) -> DraftArticle:
        if version.cover_id is None:
            raise UnfitContent(flaws=[{"place": "cover", "reason": "missing", "words": ""}])
        addresses = {one: self._address(one) for one in picture_ids(rendered)}
        content = with_pictures(rendered, addresses.__getitem__)
        if asks(content):
            content = with_ask(content, self._qr_address(draft))
        return with_digest(
            DraftArticle(
                title=version.title,
                author=version.author,
                digest=version.digest,
                content=content,
                source_url=source_url or version.source_url,
                thumb_media_id=self._cover(version.cover_id),
                crop_235_1=version.crop_235_1,
                crop_1_1=version.crop_1_1,
            )
        )

    def _address(self, picture_id: int) -> str:
        row = self._picture(picture_id)
        if row.platform_url is None:
            url = self.account.material.upload_article_image(_name(row), row.content)
            self._learn(picture_id, platform_url=url)
            return url
        return row.platform_url

    def _cover(self, picture_id: int) -> str:
        row = self._picture(picture_id)
        if row.media_id is not None:
            return row.media_id
        try:
            media_id = self.account.material.add_image(_name(row), row.content)
        except OutcomeUnknown:
            # At worst the library holds a picture twice; a draft is not made of it before we know its name.
            raise WechatBusy("nobody knows whether the cover was added") from None
        self._learn(picture_id, media_id=media_id)
        return media_id

    def _qr_address(self, draft: ArticleDraft) -> str:
        """Where the picture of the scene's code lies; one made lately for another draft of the version serves too."""
        now = self.clock.now()
        fresh = (
            select(ArticleDraft)
            .where(ArticleDraft.version_id == draft.version_id, ArticleDraft.scene == draft.scene)
            .where(ArticleDraft.qr_made_at > now - QR_IS_FRESH)
            .order_by(ArticleDraft.id)
        )
        with self.database.reading() as session:
            known = _find(session.scalars(fresh.limit(1)).all())
        url, made_at = (known.qr_url, known.qr_made_at) if known else (None, None)
        if url is None:
            picture = self.qr_picture(draft.scene, int(QR_LIVES.total_seconds()))
            url, made_at = self.account.material.upload_article_image(f"{draft.scene}.png", picture), now
        with self.database.transaction() as session:
            row = session.get_one(ArticleDraft, draft.id)
            row.qr_url, row.qr_made_at = url, made_at
        return url

    def _picture(self, picture_id: int) -> ArticlePicture:
        with self.database.reading() as session:
            row = session.get_one(ArticlePicture, picture_id)
            # Deferred, because lists have no need of it.
            assert row.content
            return row

    def _learn(self, picture_id: int, **learned: str) -> None:
        with self.database.transaction() as session:
            session.execute(update(ArticlePicture).where(ArticlePicture.id == picture_id).values(**learned))

    def _note_kept(self, draft: ArticleDraft, media_id: str) -> None:
        now = self.clock.now()
        with self.database.transaction() as session:
            row = session.get_one(ArticleDraft, draft.id)
            row.state, row.media_id, row.kept_at = DraftState.KEPT, media_id, now
            row.looked_at, row.drift = now, []

    def _note_gone(self, draft: ArticleDraft) -> None:
        with self.database.transaction() as session:
            row = session.get_one(ArticleDraft, draft.id)
            row.state, row.media_id, row.drift = DraftState.GONE, None, []
            row.asked_at = self.clock.now()


def _mine(version_id: int, purpose: str) -> Select[ArticleDraft]:
    return select(ArticleDraft).where(ArticleDraft.version_id == version_id, ArticleDraft.purpose == purpose)


def _find(found: Sequence[ArticleDraft]) -> ArticleDraft | None:
    return found[0] if found else None


def _name(row: ArticlePicture) -> str:
    return f"{row.sha256[:16]}.{SUFFIXES[row.media_type]}"
