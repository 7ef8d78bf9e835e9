"""Named testers see an article first; a hundred previews a day."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.articles.model import ArticlePreview, ArticleTester, ArticleVersion, PreviewOutcome
from bot.articles.previews import A_DAY, ArticlePreviews, used_today
from bot.audit.model import AuditAct
from bot.bootstrap import Bot
from bot.clock import FixedClock, local_day
from bot.customers.model import Follower
from bot.db import Database
from bot.errors import NotFound, PreviewsUsedUp, SendRefused, WechatBusy
from tests.factories import add_follower
from tests.fakes_account import FakeAccount
from tests.product import UnderTest
from tests.unit.articles.conftest import ANN

Seal = Callable[..., ArticleVersion]


@pytest.fixture
def previews(bot: Bot, database: Database) -> ArticlePreviews:
    for openid in ("o-ann", "o-ben"):
        add_follower(database, openid)
    return bot.article_previews


@pytest.fixture
def account(product: UnderTest) -> FakeAccount:
    return product.fakes.account


def remain(bot: Bot) -> int:
    with bot.database.reading() as session:
        return A_DAY - used_today(session, bot.clock)


def test_testers_are_shown_the_article_and_each_counts(
    bot: Bot, previews: ArticlePreviews, sealed: Seal, account: FakeAccount, database: Database
) -> None:
    ann, ben = (previews.add_tester(openid, "自己人", ANN).id for openid in ("o-ann", "o-ben"))

    told = previews.send(sealed().id, [ann, ben], ANN)

    assert told == {ann: PreviewOutcome.SENT, ben: PreviewOutcome.SENT}
    assert [openid for openid, _ in account.previews] == ["o-ann", "o-ben"]
    assert len({media_id for _, media_id in account.previews}) == 1
    assert remain(bot) == A_DAY - 2
    with database.reading() as session:
        acts = session.scalars(select(AuditAct.act).order_by(AuditAct.id)).all()
    assert acts.count("article.previewed") == 2
    assert acts.count("article.tester_added") == 2


def test_a_tester_is_renamed_not_doubled_and_taken_out(previews: ArticlePreviews, database: Database) -> None:
    first = previews.add_tester("o-ann", "安", ANN)
    again = previews.add_tester("o-ann", "小安", ANN)
    assert (again.id, again.label) == (first.id, "小安")

    previews.remove_tester(first.id, ANN)
    previews.remove_tester(first.id, ANN)

    with database.reading() as session:
        assert session.scalars(select(ArticleTester)).all() == []


@pytest.mark.parametrize("column", ["is_following", "erased_at", None])
def test_only_who_follows_can_be_a_tester(
    previews: ArticlePreviews, database: Database, clock: FixedClock, column: str | None
) -> None:
    if column:
        with database.transaction() as session:
            row = session.scalars(select(Follower).where(Follower.openid == "o-ann")).one()
            setattr(row, column, False if column == "is_following" else clock.now())

    with pytest.raises(NotFound):
        previews.add_tester("o-ann" if column else "o-nobody", "安", ANN)


@pytest.mark.parametrize(
    ("error", "outcome", "left"),
    [
        (SendRefused(reason="40003"), PreviewOutcome.REFUSED, A_DAY),
        (WechatBusy(reason="45011"), PreviewOutcome.REFUSED, A_DAY),
        (None, PreviewOutcome.UNKNOWN, A_DAY - 1),
    ],
)
def test_what_went_wrong_is_told_and_counts_if_it_may_have_gone(
    bot: Bot, previews: ArticlePreviews, sealed: Seal, account: FakeAccount, error, outcome: PreviewOutcome, left: int
) -> None:
    tester = previews.add_tester("o-ann", "安", ANN).id
    if error is None:
        account.time_out_next("mass.preview")
    else:
        account.fail_next("mass.preview", error)

    assert previews.send(sealed().id, [tester], ANN) == {tester: outcome}
    assert remain(bot) == left


def test_the_hundred_and_first_of_a_day_is_refused_and_tomorrow_begins_anew(
    bot: Bot, previews: ArticlePreviews, sealed: Seal, account: FakeAccount, database: Database, clock: FixedClock
) -> None:
    testers = [previews.add_tester(openid, "安", ANN).id for openid in ("o-ann", "o-ben")]
    version = sealed()
    with database.transaction() as session:
        follower = session.scalars(select(Follower.id)).first() or 0
        for _ in range(A_DAY - 1):
            session.add(
                ArticlePreview(
                    version_id=version.id,
                    follower_id=follower,
                    day=local_day(clock.now()),
                    at=clock.now(),
                    username="ann",
                    outcome=PreviewOutcome.SENT,
                )
            )

    with pytest.raises(PreviewsUsedUp) as refused:
        previews.send(version.id, testers, ANN)

    assert refused.value.fields["remain"] == 1
    assert account.previews == []
    clock.advance(timedelta(days=1).total_seconds())
    previews.send(version.id, testers, ANN)
    assert remain(bot) == A_DAY - 2


def test_an_unknown_tester_is_not_found(previews: ArticlePreviews, sealed: Seal) -> None:
    with pytest.raises(NotFound):
        previews.send(sealed().id, [99], ANN)
