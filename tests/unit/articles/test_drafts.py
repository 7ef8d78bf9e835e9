"""A draft holds exactly what was sealed; one for each purpose, and never two."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.account_ports import DraftArticle
from bot.articles.drafts import MAIN, ArticleDrafts
from bot.articles.model import ArticleDraft, ArticleKind, ArticleVersion, DraftState
from bot.articles.rules import Words
from bot.articles.service import Articles
from bot.bootstrap import Bot
from bot.clock import FixedClock
from bot.db import Database
from bot.errors import NotFound, SendRefused, UnfitContent, WechatBusy
from tests.fakes_account import FakeAccount
from tests.product import UnderTest
from tests.unit.articles.conftest import ANN, NOTICE
from tests.unit.pictures.images import png

Seal = Callable[..., ArticleVersion]
ADD, GET, UPDATE, RECENT = "drafts.add", "drafts.get", "drafts.update", "drafts.recent"
ASK = NOTICE.body + '<section data-ask=""></section>'


@pytest.fixture
def account(product: UnderTest) -> FakeAccount:
    return product.fakes.account


@pytest.fixture
def drafts(bot: Bot) -> ArticleDrafts:
    return bot.article_drafts


def row_of(database: Database, purpose: str = MAIN) -> ArticleDraft:
    with database.reading() as session:
        return session.scalars(select(ArticleDraft).where(ArticleDraft.purpose == purpose)).one()


def change(account: FakeAccount, media_id: str, **other: str) -> None:
    """Somebody changes a draft in the platform's own console."""
    account.box[media_id] = (replace(account.box[media_id][0], **other),)  # type: ignore[arg-type]


def test_a_draft_holds_exactly_what_was_sealed(
    drafts: ArticleDrafts, sealed: Seal, account: FakeAccount, database: Database
) -> None:
    version = sealed(crop_235_1="0_0_1_0.5", crop_1_1="0_0_0.5_1", source_url="https://bank.example/a")

    media_id = drafts.ensure(version.id, "c1_v1_1")

    (held,) = account.box[media_id]
    assert held == DraftArticle(
        title=NOTICE.title,
        author=NOTICE.author,
        digest=NOTICE.digest,
        content=NOTICE.body,
        source_url="https://bank.example/a",
        thumb_media_id=next(iter(account.images)),
        crop_235_1="0_0_1_0.5",
        crop_1_1="0_0_0.5_1",
    )
    assert (row_of(database, "c1_v1_1").state, row_of(database, "c1_v1_1").lease_until) == (DraftState.KEPT, None)


def test_asking_again_finds_the_same_draft(drafts: ArticleDrafts, sealed: Seal, account: FakeAccount) -> None:
    version = sealed()

    assert drafts.ensure(version.id, "c1_v1_1") == drafts.ensure(version.id, "c1_v1_1")
    assert account.count(ADD) == 1


def test_every_purpose_has_a_draft_of_its_own_and_pictures_are_uploaded_once(
    bot: Bot, drafts: ArticleDrafts, sealed: Seal, account: FakeAccount
) -> None:
    picture = bot.article_pictures.keep(png(b"body"), "ann")
    version = sealed(body=f'{NOTICE.body}<p><img src="/api/articles/pictures/{picture}"></p>')

    first, second = (drafts.ensure(version.id, f"c1_v1_{chunk}") for chunk in (1, 2))

    assert first != second
    assert (len(account.images), len(account.article_images)) == (1, 1)
    (address,) = account.article_images
    assert f'src="{address}"' in account.box[first][0].content
    assert account.box[first] == account.box[second]


def test_a_link_of_the_campaigns_own_takes_the_place_of_the_versions(
    drafts: ArticleDrafts, sealed: Seal, account: FakeAccount
) -> None:
    media_id = drafts.ensure(sealed().id, "c1_v1_1", "https://bank.example/?s=m1v1")

    assert account.box[media_id][0].source_url == "https://bank.example/?s=m1v1"


def test_a_draft_that_was_sent_is_made_anew(
    drafts: ArticleDrafts, sealed: Seal, account: FakeAccount, database: Database
) -> None:
    version = sealed()
    first = drafts.ensure(version.id, "c1_v1_1")
    del account.box[first]

    second = drafts.ensure(version.id, "c1_v1_1")

    assert second != first
    assert list(account.box) == [second]
    assert row_of(database, "c1_v1_1").media_id == second


def test_what_somebody_changed_in_the_platforms_console_is_put_right_before_it_goes(
    drafts: ArticleDrafts, sealed: Seal, account: FakeAccount
) -> None:
    version = sealed()
    media_id = drafts.ensure(version.id, "c1_v1_1")
    change(account, media_id, content="<p>必批</p>")

    assert drafts.ensure(version.id, "c1_v1_1") == media_id
    assert account.box[media_id][0].content == NOTICE.body
    assert account.count(ADD) == 1


def test_an_answer_that_never_came_leaves_one_draft(drafts: ArticleDrafts, sealed: Seal, account: FakeAccount) -> None:
    version = sealed()
    account.time_out_next(ADD)

    media_id = drafts.ensure(version.id, "c1_v1_1")

    assert list(account.box) == [media_id]
    assert account.count(ADD) == 1


def test_a_request_that_never_arrived_is_made_again_later(
    drafts: ArticleDrafts, sealed: Seal, account: FakeAccount
) -> None:
    version = sealed()
    account.time_out_next(ADD, executes=False)

    with pytest.raises(WechatBusy):
        drafts.ensure(version.id, "c1_v1_1")
    media_id = drafts.ensure(version.id, "c1_v1_1")

    assert list(account.box) == [media_id]


def test_who_died_after_adding_finds_his_draft_again(
    drafts: ArticleDrafts, sealed: Seal, account: FakeAccount, database: Database
) -> None:
    version = sealed()
    media_id = drafts.ensure(version.id, "c1_v1_1")
    with database.transaction() as session:
        row = session.scalars(select(ArticleDraft)).one()
        row.state, row.media_id = DraftState.ADDING, None

    assert drafts.ensure(version.id, "c1_v1_1") == media_id
    assert account.count(ADD) == 1


def test_a_draft_of_another_purpose_is_not_taken_for_the_lost_one(
    drafts: ArticleDrafts, sealed: Seal, account: FakeAccount, database: Database
) -> None:
    version = sealed()
    other = drafts.ensure(version.id, "c1_v1_2")
    account.time_out_next(ADD, executes=False)
    with pytest.raises(WechatBusy):
        drafts.ensure(version.id, "c1_v1_1")

    assert drafts.ensure(version.id, "c1_v1_1") != other


def test_a_lost_draft_is_looked_for_on_every_page_of_its_time(
    drafts: ArticleDrafts, sealed: Seal, account: FakeAccount, clock: FixedClock
) -> None:
    version = sealed()
    account.time_out_next(ADD)
    account.fail_next(RECENT, WechatBusy())
    with pytest.raises(WechatBusy):
        drafts.ensure(version.id, "c1_v1_1")
    (lost,) = account.box
    for number in range(45):
        account.add_draft(f"别的{number}")
    account.add_draft(NOTICE.title)

    assert drafts.ensure(version.id, "c1_v1_1") == lost


def test_nobody_else_adds_while_somebody_does(
    drafts: ArticleDrafts, sealed: Seal, account: FakeAccount, database: Database, clock: FixedClock
) -> None:
    version = sealed()
    with database.transaction() as session:
        session.add(
            ArticleDraft(
                version_id=version.id,
                purpose="c1_v1_1",
                state=DraftState.ADDING,
                scene="m1v1",
                asked_at=clock.now(),
                lease_until=clock.now() + timedelta(minutes=1),
                drift=[],
            )
        )

    with pytest.raises(WechatBusy):
        drafts.ensure(version.id, "c1_v1_1")
    assert account.count(ADD) == 0
    clock.advance(61)
    drafts.ensure(version.id, "c1_v1_1")
    assert account.count(ADD) == 1


def test_what_the_platform_refuses_is_free_to_be_tried_again(
    drafts: ArticleDrafts, sealed: Seal, account: FakeAccount, database: Database
) -> None:
    version = sealed()
    account.fail_next(ADD, SendRefused(reason="45166"))

    with pytest.raises(SendRefused):
        drafts.ensure(version.id, "c1_v1_1")

    assert row_of(database, "c1_v1_1").lease_until is None


def test_a_cover_whose_upload_nobody_knows_the_end_of_is_tried_again(
    drafts: ArticleDrafts, sealed: Seal, account: FakeAccount
) -> None:
    version = sealed()
    account.time_out_next("material.add_image")

    with pytest.raises(WechatBusy):
        drafts.ensure(version.id, "c1_v1_1")
    assert account.box == {}
    drafts.ensure(version.id, "c1_v1_1")
    assert len(account.box) == 1


def test_what_may_not_be_sent_is_never_put_into_the_box(
    drafts: ArticleDrafts, desk: Articles, sealed: Seal, notice: Words, account: FakeAccount
) -> None:
    version = sealed()
    desk.archive(version.article_id, ANN, is_archived=True)
    still_open = desk.save(desk.begin(ANN), notice, 1, ANN)

    for one in (version, still_open):
        with pytest.raises(UnfitContent):
            drafts.ensure(one.id, "c1_v1_1")
    with pytest.raises(NotFound):
        drafts.ensure(99, "c1_v1_1")
    assert account.calls == []


def test_the_question_carries_the_campaigns_scene_and_one_code_serves_all_chunks(
    drafts: ArticleDrafts, sealed: Seal, account: FakeAccount, product: UnderTest, clock: FixedClock
) -> None:
    version = sealed(body=ASK)

    first = drafts.ensure(version.id, "c12_v1_1", scene="m12v1")
    second = drafts.ensure(version.id, "c12_v1_2", scene="m12v1")
    drafts.ensure(version.id, "c13_v1_1", scene="m13v1")
    drafts.ensure(version.id, MAIN)

    assert [scene for scene, _ in product.fakes.wechat.codes] == ["m12v1", "m13v1", f"a{version.id}"]
    assert account.box[first][0].content == account.box[second][0].content
    assert "长按识别二维码" in account.box[first][0].content
    clock.advance(timedelta(days=8).total_seconds())
    drafts.ensure(version.id, "c12_v1_3", scene="m12v1")
    assert product.fakes.wechat.codes[-1] == ("m12v1", 30 * 24 * 3600)


def test_without_a_digest_the_texts_beginning_is_sent_as_the_platform_would_take_it(
    drafts: ArticleDrafts, sealed: Seal, account: FakeAccount
) -> None:
    media_id = drafts.ensure(sealed(digest="").id, MAIN)

    assert (
        account.box[media_id][0].digest
        == "您的对公账户已较长时间未使用。可登录企业手机银行查看。详询95588。拒收请回复R。"
    )


def test_a_look_tells_what_was_changed_there_and_ours_can_be_put_back(
    drafts: ArticleDrafts, sealed: Seal, account: FakeAccount, database: Database
) -> None:
    version = sealed()
    media_id = drafts.ensure(version.id, MAIN)
    assert drafts.look(version.id) == []
    change(account, media_id, title="改过的标题", content="<p>改过的正文</p>")

    found = drafts.look(version.id)

    assert [(one.place, one.theirs) for one in found] == [("title", "改过的标题"), ("body", "改过的正文")]
    assert [one["place"] for one in row_of(database).drift] == ["title", "body"]
    drafts.overwrite(version.id)
    assert account.box[media_id][0].content == NOTICE.body
    assert (row_of(database).drift, drafts.look(version.id)) == ([], [])


def test_a_draft_that_is_gone_is_noted(
    drafts: ArticleDrafts, sealed: Seal, account: FakeAccount, database: Database
) -> None:
    version = sealed()
    with pytest.raises(NotFound):
        drafts.look(version.id)
    del account.box[drafts.ensure(version.id, MAIN)]

    with pytest.raises(NotFound):
        drafts.look(version.id)

    assert row_of(database).state is DraftState.GONE


def test_what_was_written_there_comes_home_as_the_open_version(
    bot: Bot, drafts: ArticleDrafts, sealed: Seal, account: FakeAccount, database: Database
) -> None:
    picture = bot.article_pictures.keep(png(b"body"), "ann")
    body = f'<p><img src="/api/articles/pictures/{picture}"></p><section data-product="jingying_kuaidai"></section>'
    version = sealed(body=body, kind=ArticleKind.MARKETING)
    media_id = drafts.ensure(version.id, MAIN)
    there = account.box[media_id][0].content.replace("3.45%", "1.00%") + '<p>加了一句<img src="https://x/y.png"></p>'
    change(account, media_id, title="改过的标题", content=there)

    saved = bot.taking_back.take(version.id, 0, ANN)

    assert (saved.number, saved.title, saved.article_id) == (2, "改过的标题", version.article_id)
    assert saved.body == f"{body}<p>加了一句</p>"
    assert saved.cover_id == version.cover_id


def test_testers_also_see_what_is_still_being_written(
    drafts: ArticleDrafts, desk: Articles, notice: Words, account: FakeAccount
) -> None:
    article = desk.begin(ANN)
    saved = desk.save(article, notice, 1, ANN)
    first = drafts.ensure_preview(saved.id)
    desk.save(article, replace(notice, title="改好的"), 2, ANN)

    second = drafts.ensure_preview(saved.id)

    assert first == second
    assert account.box[first][0].title == "改好的"
    bare = desk.save(desk.begin(ANN), replace(notice, cover_id=None), 1, ANN)
    with pytest.raises(UnfitContent):
        drafts.ensure_preview(bare.id)
