"""An article is written by one after the other, never over each other, and never changed once it is sealed."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.articles import queries
from bot.articles.model import Article, ArticleKind, ArticleState, ArticleVersion
from bot.articles.queries import ArticleFilter, frozen
from bot.articles.rules import Flaw, Words
from bot.articles.service import Articles
from bot.audit.model import AuditAct
from bot.bootstrap import Bot
from bot.clock import FixedClock
from bot.db import Database
from bot.errors import ArticleChanged, InvalidInput, NotFound, UnfitContent, VersionStateConflict
from bot.knowledge.edition import Edition, Kind
from bot.knowledge.model import KnowledgeVersion
from tests.factories import add_approved
from tests.unit.articles.conftest import ANN, BEN, NOTICE

PRODUCT_BODY = '<p>看一看</p><section data-product="jingying_kuaidai"></section>'
Seal = Callable[..., ArticleVersion]


def flaws(database: Database, version_id: int) -> list[str]:
    with database.reading() as session:
        return [one.reason for one in frozen(session, version_id).flaws]


def test_an_article_begins_empty_and_says_what_it_lacks(desk: Articles, database: Database) -> None:
    article = desk.begin(ANN)

    with database.reading() as session:
        (version,) = queries.versions_of(session, article)
        found = frozen(session, version.id)
    assert (version.number, version.state, version.revision, version.writer) == (1, ArticleState.OPEN, 1, "ann")
    assert [(one.place, one.reason) for one in found.flaws] == [
        ("version", "not_sealed"),
        ("title", "missing"),
        ("body", "missing"),
        ("cover", "missing"),
        ("goal", "missing"),
    ]
    assert found.is_marketing


def test_an_article_begins_from_a_template(desk: Articles, database: Database) -> None:
    article = desk.begin(ANN, template="dormant_notice")

    with database.reading() as session:
        (version,) = queries.versions_of(session, article)
    assert (version.title, version.kind) == ("您的对公账户已较长时间未使用", ArticleKind.SERVICE)
    assert "详询95588" in version.body
    with pytest.raises(NotFound):
        desk.begin(ANN, template="nothing")


def test_what_may_not_stand_in_an_article_is_not_kept(desk: Articles, notice: Words) -> None:
    saved = desk.save(desk.begin(ANN), replace(notice, body="<p>好<script>x</script></p>"), 1, ANN)

    assert saved.body == "<p>好</p>"


def test_who_saves_over_a_colleagues_words_is_told_whose(desk: Articles, notice: Words) -> None:
    article = desk.begin(ANN)
    desk.save(article, notice, 1, ANN)

    with pytest.raises(ArticleChanged) as refused:
        desk.save(article, replace(notice, title="别的"), 1, BEN)

    assert refused.value.fields["by"] == "ann"
    assert refused.value.fields["at"]
    assert desk.save(article, replace(notice, title="别的"), 2, BEN).writer == "ben"


def test_a_picture_that_nobody_uploaded_is_refused(desk: Articles, notice: Words) -> None:
    article = desk.begin(ANN)

    for words, place in (
        (replace(notice, cover_id=99), "cover_id"),
        (replace(notice, body='<p><img src="/api/articles/pictures/99"></p>'), "body"),
    ):
        with pytest.raises(InvalidInput) as refused:
            desk.save(article, words, 1, ANN)
        assert refused.value.fields["places"] == [place]


def test_a_sealed_version_is_what_a_campaign_may_send(desk: Articles, sealed: Seal, database: Database) -> None:
    version = sealed()

    with database.reading() as session:
        found = frozen(session, version.id)
        acts = session.scalars(select(AuditAct.act)).all()
    assert (found.title, found.is_marketing, found.flaws) == (NOTICE.title, False, ())
    assert found.content_hash == version.content_hash
    assert (version.state, version.sealed_by, version.rendered) == (ArticleState.SEALED, "ann", NOTICE.body)
    assert version.evidence["rules"] == desk.checking.wording.version
    assert acts == ["article.sealed"]


def test_what_breaks_a_rule_is_not_sealed(desk: Articles, notice: Words) -> None:
    article = desk.begin(ANN)
    saved = desk.save(article, replace(notice, body="<p>必批</p>", title="题" * 33), 1, ANN)

    with pytest.raises(UnfitContent) as refused:
        desk.seal(article, saved.revision, ANN)

    assert refused.value.fields["flaws"] == [
        {"place": "title", "reason": "too_long", "words": "33/32"},
        {"place": "body", "reason": "C5", "words": "必批"},
    ]
    assert [one["quote"] for one in saved.evidence["marks"]] == ["必批"]


def test_only_what_was_looked_at_is_sealed(desk: Articles, notice: Words) -> None:
    article = desk.begin(ANN)
    desk.save(article, notice, 1, ANN)

    with pytest.raises(ArticleChanged):
        desk.seal(article, 1, BEN)


def test_a_sealed_version_is_never_changed(desk: Articles, sealed: Seal, notice: Words, database: Database) -> None:
    first = sealed()

    second = desk.save(first.article_id, replace(notice, title="第二版"), 0, BEN)

    with database.reading() as session:
        kept = session.get_one(ArticleVersion, first.id)
    assert (kept.title, kept.state, kept.content_hash) == (NOTICE.title, ArticleState.SEALED, first.content_hash)
    assert (second.number, second.state, second.writer) == (2, ArticleState.OPEN, "ben")
    with pytest.raises(VersionStateConflict):
        desk.seal(sealed().article_id, 1, ANN)


def test_two_who_begin_the_next_version_at_once_do_not_both_get_it(
    desk: Articles, sealed: Seal, notice: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = sealed()
    desk.save(version.article_id, notice, 0, ANN)
    monkeypatch.setattr(queries, "find_open", lambda *_: None)

    with pytest.raises(ArticleChanged):
        desk.save(version.article_id, notice, 0, BEN)


def test_an_earlier_version_is_gone_on_from(desk: Articles, sealed: Seal, notice: Words) -> None:
    first = sealed()
    second = desk.save(first.article_id, replace(notice, title="第二版"), 0, BEN)

    restored = desk.restore(first.article_id, 1, second.revision, ANN)

    assert (restored.number, restored.title, restored.copied_from) == (2, NOTICE.title, 1)
    with pytest.raises(NotFound):
        desk.restore(first.article_id, 7, restored.revision, ANN)


def test_a_copy_is_an_article_of_its_own(desk: Articles, sealed: Seal, database: Database) -> None:
    first = sealed()

    copy = desk.duplicate(first.article_id, BEN)

    with database.reading() as session:
        row = session.get_one(Article, copy)
        (version,) = queries.versions_of(session, copy)
    assert (row.copied_from, row.is_template, version.state) == (first.article_id, False, ArticleState.OPEN)
    assert version.title == NOTICE.title


def test_a_template_is_begun_from_and_never_sent(desk: Articles, sealed: Seal, database: Database) -> None:
    template = desk.duplicate(sealed().article_id, ANN, as_template=True)

    with database.reading() as session:
        (version,) = queries.versions_of(session, template)
        assert [one.reason for one in frozen(session, version.id).flaws] == ["template", "not_sealed"]
    with pytest.raises(VersionStateConflict):
        desk.seal(template, 1, ANN)


def test_what_was_put_away_is_neither_written_nor_sent(
    desk: Articles, sealed: Seal, notice: Words, database: Database
) -> None:
    version = sealed()

    desk.archive(version.article_id, BEN, is_archived=True)
    desk.archive(version.article_id, BEN, is_archived=True)

    assert flaws(database, version.id) == ["archived"]
    with pytest.raises(VersionStateConflict):
        desk.save(version.article_id, notice, 0, ANN)
    desk.archive(version.article_id, BEN, is_archived=False)
    assert flaws(database, version.id) == []
    with database.reading() as session:
        acts = session.scalars(select(AuditAct.act).order_by(AuditAct.id)).all()
    assert acts == ["article.sealed", "article.archived", "article.unarchived"]


def test_the_table_refuses_a_sealed_version_that_nobody_sealed(
    desk: Articles, sealed: Seal, database: Database
) -> None:
    version = sealed()

    with pytest.raises(IntegrityError), database.transaction() as session:
        session.get_one(ArticleVersion, version.id).sealed_by = None


def renewed(bot: Bot, rate_bp: int) -> None:
    """Give the product another rate, as two people do in the knowledge base."""
    seed = bot.knowledge.seeds[Kind.PRODUCT, "jingying_kuaidai"]
    body = {**seed.body, "annual_rate_bp": rate_bp}
    add_approved(bot.knowledge, Edition(**{**seed.__dict__, "body": body}))
    bot.live._looks_at = 0.0


def test_a_product_that_is_told_differently_now_stops_what_was_sealed(
    bot: Bot, sealed: Seal, database: Database, clock: FixedClock
) -> None:
    version = sealed(body=PRODUCT_BODY, kind=ArticleKind.MARKETING)
    assert version.products == {"jingying_kuaidai": 2}
    assert bot.articles.recheck() == 0

    renewed(bot, 310)

    assert bot.articles.recheck() == 1
    assert flaws(database, version.id) == ["product_changed"]
    assert bot.articles.recheck() == 0
    with database.reading() as session:
        kept = session.get_one(ArticleVersion, version.id)
    assert "3.45%起" in (kept.rendered or "")
    assert kept.content_hash == version.content_hash


def test_a_product_that_is_not_on_offer_any_more_stops_too(bot: Bot, sealed: Seal, database: Database) -> None:
    version = sealed(body=PRODUCT_BODY, kind=ArticleKind.MARKETING)
    renewed(bot, 345)
    with database.reading() as session:
        newest = max(session.scalars(select(KnowledgeVersion.id)))
    bot.knowledge.retire(newest, "ann", "停办")
    bot.live._looks_at = 0.0

    bot.articles.recheck()

    assert flaws(database, version.id) == ["product_gone"]


def test_an_unknown_version_or_article_is_not_found(desk: Articles, notice: Words, database: Database) -> None:
    with database.reading() as session, pytest.raises(NotFound):
        frozen(session, 99)
    for act in (lambda: desk.save(99, notice, 1, ANN), lambda: desk.archive(99, ANN, is_archived=True)):
        with pytest.raises(NotFound):
            act()


def test_the_list_shows_what_was_changed_last_first(
    desk: Articles, notice: Words, database: Database, clock: FixedClock
) -> None:
    made = []
    for title in ("甲", "乙", "丙%"):
        article = desk.begin(ANN if title != "乙" else BEN)
        clock.advance(60)
        desk.save(article, replace(notice, title=title), 1, ANN if title != "乙" else BEN)
        made.append(article)
    desk.seal(made[0], 2, ANN)
    desk.archive(made[1], ANN, is_archived=True)

    def found(**wanted) -> list[int]:
        with database.reading() as session:
            wish = ArticleFilter(**wanted)
            rows = queries.listed(session, wish, before=None, limit=10)
            assert len(rows) == queries.count(session, wish)
            return [article.id for article, _ in rows]

    assert found() == [made[2], made[0]]
    assert found(text="%") == [made[2]]
    assert found(state=ArticleState.SEALED) == [made[0]]
    assert found(writer="ben") == []
    assert found(writer="ben", is_archived=True) == [made[1]]
    assert found(is_template=True) == []
    with database.reading() as session:
        first = queries.listed(session, ArticleFilter(), before=None, limit=1)[0][0]
        rest = queries.listed(session, ArticleFilter(), before=(first.changed_at, first.id), limit=5)
    assert [article.id for article, _ in rest] == [made[0]]


def test_frozen_tells_the_flaw_itself(desk: Articles, notice: Words, database: Database) -> None:
    saved = desk.save(desk.begin(ANN), replace(notice, goal=""), 1, ANN)

    with database.reading() as session:
        assert frozen(session, saved.id).flaws == (Flaw("version", "not_sealed"), Flaw("goal", "missing"))
