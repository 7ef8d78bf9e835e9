"""What people do with articles: begin one, write it, seal it, go on from an earlier version, keep it as a template, put
it away. A sealed version is never changed.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.articles import queries
from bot.articles.body import picture_ids
from bot.articles.checking import Checked, Checking, words_of
from bot.articles.model import Article, ArticleKind, ArticlePicture, ArticleState, ArticleVersion
from bot.articles.rules import Words, content_hash
from bot.audit.model import Act
from bot.audit.service import Doer, Thing, note
from bot.clock import Clock
from bot.db import Database
from bot.errors import ArticleChanged, InvalidInput, NotFound, UnfitContent, VersionStateConflict
from bot.staff.model import StaffMember

log = structlog.get_logger()

BLANK = Words(title="", author="", digest="", body="", kind=ArticleKind.MARKETING)
# How many versions one look at the catalogue checks anew.
AT_ONCE = 50


@dataclass(frozen=True)
class ArticleTemplate:
    """A template that came with the release."""

    key: str
    name: str
    hint: str
    words: Words


@dataclass(frozen=True)
class Articles:
    """The use cases of 图文."""

    database: Database
    clock: Clock
    checking: Checking
    templates: Mapping[str, ArticleTemplate]

    def begin(self, doer: Doer, *, template: str | None = None) -> int:
        """A new article, empty or with the words of a shipped template; its id. Raises NotFound."""
        if template is not None and template not in self.templates:
            raise NotFound(template=template)
        words = self.templates[template].words if template else BLANK
        with self.database.transaction() as session:
            return self._begun(session, doer, words).id

    def duplicate(self, article_id: int, doer: Doer, *, as_template: bool = False) -> int:
        """A new article, or a template, with the words of another's newest version; its id. Raises NotFound."""
        with self.database.transaction() as session:
            words = words_of(queries.newest_of(session, article_id))
            return self._begun(session, doer, words, copied_from=article_id, is_template=as_template).id

    def save(
        self, article_id: int, words: Words, revision: int, doer: Doer, *, copied_from: int | None = None
    ) -> ArticleVersion:
        """Keep these words as the open version, and begin one when all are sealed. `revision` is the one they were
        written over: 0 when there was no open version. `copied_from` is the number they were taken from. Raises
        ArticleChanged, InvalidInput, NotFound, and VersionStateConflict for an article that was put away.
        """
        now = self.clock.now()
        checked = self.checking.check(words, now)
        with self._writing() as session:
            self._get_active(session, article_id)
            self._check_pictures(session, checked.words)
            version = queries.find_open(session, article_id)
            if (version.revision if version else 0) != revision:
                raise self._collision(session, article_id, version)
            if version is None:
                version = self._next(session, article_id)
            self._write(version, checked, doer)
            version.revision, version.copied_from = revision + 1, copied_from
            self._touch(session, article_id)
        return version

    def seal(self, article_id: int, revision: int, doer: Doer) -> ArticleVersion:
        """Make the open version final, with its product blocks as they are now. Raises UnfitContent with the flaws,
        ArticleChanged, NotFound, and VersionStateConflict when none is open or it is a template.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            article = self._get_active(session, article_id)
            version = queries.find_open(session, article_id)
            if version is None or article.is_template:
                raise VersionStateConflict(state="template" if article.is_template else "sealed")
            if version.revision != revision:
                raise self._collision(session, article_id, version)
            checked = self.checking.check(words_of(version), now)
            if checked.flaws:
                raise UnfitContent(flaws=[asdict(one) for one in checked.flaws])
            self._take(version, checked)
            version.rendered = checked.rendered.html
            version.state, version.sealed_by, version.sealed_at = ArticleState.SEALED, doer.username, now
            self._touch(session, article_id)
            note(session, now, doer, Act.ARTICLE_SEALED, Thing("article", article_id))
        log.info("article_sealed", article_id=article_id, number=version.number, rep_id=doer.username)
        return version

    def restore(self, article_id: int, number: int, revision: int, doer: Doer) -> ArticleVersion:
        """Go on from the words of an earlier version, in the open one. Raises as `save`."""
        with self.database.reading() as session:
            former = next((one for one in queries.versions_of(session, article_id) if one.number == number), None)
        if former is None:
            raise NotFound(article_id=article_id, number=number)
        return self.save(article_id, words_of(former), revision, doer, copied_from=number)

    def archive(self, article_id: int, doer: Doer, *, is_archived: bool) -> None:
        """Put an article away, or take it out again: what is away is neither written nor sent. A repeat is safe."""
        now = self.clock.now()
        with self.database.transaction() as session:
            article = queries.get_article(session, article_id)
            if (article.archived_at is not None) == is_archived:
                return
            article.archived_at = now if is_archived else None
            act = Act.ARTICLE_ARCHIVED if is_archived else Act.ARTICLE_UNARCHIVED
            note(session, now, doer, act, Thing("article", article_id))

    def recheck(self) -> int:
        """Check sealed versions anew that were checked under other rules or another catalogue, a few at a time; how
        many were. A repeat is safe.
        """
        now = self.clock.now()
        under = self.checking.under(now)
        stale = (
            select(ArticleVersion)
            .where(ArticleVersion.state == ArticleState.SEALED, ArticleVersion.checked_under != under)
            .order_by(ArticleVersion.id.desc())
            .limit(AT_ONCE)
        )
        with self.database.reading() as session:
            found = session.scalars(stale).all()
        for version in found:
            flaws = [asdict(one) for one in self.checking.recheck(version, now)]
            if flaws != version.flaws:
                log.info("article_rechecked", version_id=version.id, flaws=len(flaws))
            with self.database.transaction() as session:
                row = session.get_one(ArticleVersion, version.id)
                row.flaws, row.checked_at, row.checked_under = flaws, now, under
        return len(found)

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        try:
            with self.database.transaction() as session:
                yield session
        except IntegrityError as error:
            # A colleague began the next version in the same moment: the table holds one open version an article.
            raise ArticleChanged(by=None, at=None) from error

    def _begun(
        self,
        session: Session,
        doer: Doer,
        words: Words,
        *,
        copied_from: int | None = None,
        is_template: bool = False,
    ) -> Article:
        now = self.clock.now()
        article = Article(
            is_template=is_template,
            copied_from=copied_from,
            created_by=doer.username,
            created_at=now,
            changed_at=now,
        )
        session.add(article)
        session.flush()
        version = ArticleVersion(article_id=article.id, number=1, state=ArticleState.OPEN, revision=1)
        self._write(version, self.checking.check(words, now), doer)
        session.add(version)
        return article

    def _next(self, session: Session, article_id: int) -> ArticleVersion:
        newest = select(func.max(ArticleVersion.number)).where(ArticleVersion.article_id == article_id)
        number = (session.scalar(newest) or 0) + 1
        version = ArticleVersion(article_id=article_id, number=number, state=ArticleState.OPEN)
        session.add(version)
        return version

    def _write(self, version: ArticleVersion, checked: Checked, doer: Doer) -> None:
        words = checked.words
        version.title, version.author, version.digest = words.title, words.author, words.digest
        version.body, version.kind, version.goal = words.body, words.kind, words.goal
        version.cover_id, version.source_url = words.cover_id, words.source_url
        version.crop_235_1, version.crop_1_1 = words.crop_235_1, words.crop_1_1
        version.writer, version.written_at = doer.username, self.clock.now()
        self._take(version, checked)

    def _take(self, version: ArticleVersion, checked: Checked) -> None:
        """Keep what a check found, with the hash of what it read."""
        now = self.clock.now()
        version.products = dict(checked.rendered.products)
        version.content_hash = content_hash(checked.words, checked.rendered.html, checked.rendered.products)
        version.evidence = checked.evidence(now, self.checking.wording.version)
        version.flaws = [asdict(one) for one in checked.flaws]
        version.checked_at, version.checked_under = now, checked.under

    def _get_active(self, session: Session, article_id: int) -> Article:
        article = queries.get_article(session, article_id)
        if article.archived_at is not None:
            raise VersionStateConflict(state="archived")
        return article

    def _touch(self, session: Session, article_id: int) -> None:
        queries.get_article(session, article_id).changed_at = self.clock.now()

    @staticmethod
    def _check_pictures(session: Session, words: Words) -> None:
        wanted = {*picture_ids(words.body), *([words.cover_id] if words.cover_id is not None else [])}
        known = set(session.scalars(select(ArticlePicture.id).where(ArticlePicture.id.in_(wanted))))
        if wanted - known:
            raise InvalidInput(places=["cover_id" if words.cover_id in wanted - known else "body"])

    @staticmethod
    def _collision(session: Session, article_id: int, version: ArticleVersion | None) -> ArticleChanged:
        """Who was there meanwhile: whoever wrote the open version, or sealed the newest."""
        newest = version or queries.newest_of(session, article_id)
        username = newest.sealed_by or newest.writer
        person = session.get(StaffMember, username)
        at = newest.sealed_at or newest.written_at
        return ArticleChanged(by=person.display_name if person else username, at=at.isoformat())
