"""What every implementation of the ports in bot/account_ports.py does: the fake, and the adapters on the simulator."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.account_ports import Account, DraftArticle, MassState, PublishStatus
from bot.adapters.wechat_account import account_over
from bot.adapters.wechat_calls import PlatformCalls
from bot.clock import FixedClock
from bot.db import Database
from bot.errors import BotError, NotFound, NotReady, OutcomeUnknown, PlatformMisconfigured, SendRefused, WechatBusy
from config.settings import Settings
from simulator.app import create_app
from simulator.settings import SimSettings
from tests.contract.account_stages import SERVICE, SUBSCRIBED, FakeStage, SimulatorStage, Stage
from tests.on_a_port import on_a_port

PNG = b"\x89PNG\r\n\x1a\n-a-picture"
DAY_S = 86_400
LISTED = "/cgi-bin/message/mass/send"


@pytest.fixture(params=["fake", "simulator"])
def stage(request: pytest.FixtureRequest) -> Stage:
    if request.param == "fake":
        return FakeStage(request.getfixturevalue("clock"))
    found: Stage = request.getfixturevalue("on_simulator")
    return found


@pytest.fixture
def on_simulator(settings: Settings, database: Database, clock: FixedClock) -> Iterator[SimulatorStage]:
    app = create_app(SimSettings())
    with on_a_port(app) as url:
        calls = PlatformCalls(replace(settings, wechat_api_base=url), database, clock)
        yield SimulatorStage(app.extensions["world"], account_over(calls), clock)


def article(account: Account, title: str = "小微贷款怎么选", **more: object) -> DraftArticle:
    thumb = account.material.add_image("cover.png", PNG)
    made = DraftArticle(title, "普惠金融部", "三分钟看懂", "<p>正文</p>", "https://example.com/a", thumb)
    return replace(made, **more)  # type: ignore[arg-type]


def draft(account: Account, title: str = "小微贷款怎么选") -> str:
    return account.drafts.add([article(account, title)])


def send(stage: Stage, openids: list[str], client_id: str) -> str:
    job = stage.account.mass.send_to_list(openids, draft(stage.account), client_id)
    stage.finish(job.job_id)
    return job.job_id


def reason_of(act: Callable[[], object]) -> object:
    with pytest.raises(SendRefused) as refused:
        act()
    return refused.value.fields["reason"]


class TestDrafts:
    def test_a_draft_comes_back_as_it_was_written(self, stage: Stage) -> None:
        written = article(stage.account, crop_235_1="0_0_1_0.5", crop_1_1="0.2_0_0.8_1", can_comment=True)

        media_id = stage.account.drafts.add([written])

        assert stage.account.drafts.get(media_id) == (written,)

    def test_scripts_and_pictures_of_others_are_gone_and_ours_stay(self, stage: Stage) -> None:
        ours = stage.account.material.upload_article_image("a.png", PNG)
        body = (
            f'<p>一</p><script>alert(1)</script><img src="https://elsewhere.example/x.png"><img src="{ours}"><p>二</p>'
        )

        media_id = stage.account.drafts.add([article(stage.account, content=body)])

        assert stage.account.drafts.get(media_id)[0].content == f'<p>一</p><img src="{ours}"><p>二</p>'

    def test_an_article_without_a_digest_is_given_the_first_words_of_its_text(self, stage: Stage) -> None:
        media_id = stage.account.drafts.add([article(stage.account, digest="", content=f"<p>{'好' * 60}</p>")])

        assert stage.account.drafts.get(media_id)[0].digest == "好" * 54

    def test_one_article_of_a_draft_is_replaced(self, stage: Stage) -> None:
        first, second = article(stage.account, "第一篇"), article(stage.account, "第二篇")
        media_id = stage.account.drafts.add([first, second])

        for _ in range(2):
            stage.account.drafts.update(media_id, 1, replace(second, title="改过的"))

        assert [kept.title for kept in stage.account.drafts.get(media_id)] == ["第一篇", "改过的"]

    def test_the_box_lists_the_newest_first_and_in_pages(self, stage: Stage) -> None:
        made = []
        for title in ("一", "二", "三"):
            made.append(draft(stage.account, title))
            stage.advance(1)

        assert [entry.media_id for entry in stage.account.drafts.recent()] == made[::-1]
        assert [entry.titles for entry in stage.account.drafts.recent(count=1, offset=1)] == [("二",)]

    def test_a_deleted_draft_is_gone_and_may_be_deleted_again(self, stage: Stage) -> None:
        media_id = draft(stage.account)

        for _ in range(2):
            stage.account.drafts.delete(media_id)

        with pytest.raises(NotFound):
            stage.account.drafts.get(media_id)
        with pytest.raises(NotFound):
            stage.account.drafts.update(media_id, 0, article(stage.account))

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"title": "长" * 33}, "45003"),
            ({"title": ""}, "45003"),
            ({"author": "作" * 17}, "45110"),
            ({"digest": "摘" * 129}, "45004"),
            ({"thumb_media_id": "nobody-kept-this"}, "40007"),
        ],
    )
    def test_what_is_too_long_or_missing_is_refused(self, stage: Stage, change: dict[str, str], code: str) -> None:
        assert reason_of(lambda: stage.account.drafts.add([article(stage.account, **change)])) == code
        assert stage.account.drafts.recent() == ()

    def test_nine_articles_are_too_many(self, stage: Stage) -> None:
        assert reason_of(lambda: stage.account.drafts.add([article(stage.account)] * 9)) == "45008"

    def test_a_draft_whose_answer_was_lost_stands_in_the_box(self, stage: Stage) -> None:
        written = article(stage.account, "答复丢了")
        stage.lose_answer("drafts.add")

        with pytest.raises(OutcomeUnknown):
            stage.account.drafts.add([written])

        assert [entry.titles for entry in stage.account.drafts.recent()] == [("答复丢了",)]


class TestMaterial:
    def test_what_is_no_picture_is_refused(self, stage: Stage) -> None:
        material = stage.account.material

        assert reason_of(lambda: material.add_image("a.png", b"not a picture")) == "40005"
        assert reason_of(lambda: material.upload_article_image("a.png", b"not a picture")) == "40005"

    def test_a_picture_of_a_megabyte_is_too_large_for_an_article(self, stage: Stage) -> None:
        large = PNG.ljust(1024 * 1024, b"x")

        assert reason_of(lambda: stage.account.material.upload_article_image("a.png", large)) == "40009"
        assert stage.account.material.add_image("a.png", large)

    def test_a_removed_cover_can_no_longer_be_used(self, stage: Stage) -> None:
        written = article(stage.account)

        for _ in range(2):
            stage.account.material.delete(written.thumb_media_id)

        assert reason_of(lambda: stage.account.drafts.add([written])) == "40007"


class TestMassSends:
    def test_a_job_sends_and_then_everybody_has_it_once(self, stage: Stage) -> None:
        people = stage.people(3)

        job = stage.account.mass.send_to_list([*people, people[0]], draft(stage.account), "c1_v1_1")

        assert stage.account.mass.state(job.job_id) is MassState.SENDING
        stage.finish(job.job_id)
        assert stage.account.mass.state(job.job_id) is MassState.SUCCESS
        assert [stage.got(openid) for openid in people] == [1, 1, 1]
        assert job.data_id is not None
        assert not job.is_repeat

    def test_the_same_client_id_is_the_same_job_for_a_day(self, stage: Stage) -> None:
        people = stage.people(2)
        first = stage.account.mass.send_to_list(people, draft(stage.account), "c1_v1_1")
        stage.finish(first.job_id)
        stage.advance(DAY_S - 60)

        again = stage.account.mass.send_to_list(people, draft(stage.account), "c1_v1_1")

        assert (again.job_id, again.data_id, again.is_repeat) == (first.job_id, None, True)
        assert [stage.got(openid) for openid in people] == [1, 1]
        stage.advance(61)
        later = stage.account.mass.send_to_list(people, draft(stage.account), "c1_v1_1")
        assert later.job_id != first.job_id

    def test_a_lost_answer_is_found_again_by_its_client_id(self, stage: Stage) -> None:
        people, media_id = stage.people(2), draft(stage.account)
        stage.lose_answer("mass.send_to_list")
        with pytest.raises(OutcomeUnknown):
            stage.account.mass.send_to_list(people, media_id, "c1_v1_1")

        found = stage.account.mass.send_to_list(people, media_id, "c1_v1_1")

        assert found.is_repeat
        stage.finish(found.job_id)
        assert [stage.got(openid) for openid in people] == [1, 1]

    def test_a_sent_draft_has_left_the_box(self, stage: Stage) -> None:
        people, media_id = stage.people(2), draft(stage.account)
        stage.account.mass.send_to_list(people, media_id, "c1_v1_1")

        with pytest.raises(NotFound):
            stage.account.drafts.get(media_id)
        assert reason_of(lambda: stage.account.mass.send_to_list(people, media_id, "c1_v1_2")) == "40007"

    def test_the_fifth_of_a_month_reaches_nobody_and_the_next_month_begins_anew(self, stage: Stage) -> None:
        people = stage.people(2)
        for number in range(5):
            send(stage, people, f"month_{number}")
        assert stage.got(people[0]) == 4

        stage.advance(31 * DAY_S)
        send(stage, people, "next_month")

        assert stage.got(people[0]) == 5

    def test_who_left_is_not_reached(self, stage: Stage) -> None:
        people = stage.people(3)
        stage.leave(people[1])

        send(stage, people, "c1_v1_1")

        assert [stage.got(openid) for openid in people] == [1, 0, 1]

    def test_a_list_is_of_two_to_ten_thousand(self, stage: Stage) -> None:
        people, media_id = stage.people(10_001), draft(stage.account)
        mass = stage.account.mass

        assert reason_of(lambda: mass.send_to_list(people[:1] * 2, media_id, "one")) == "40130"
        assert reason_of(lambda: mass.send_to_list(people, media_id, "many")) == "40032"
        assert mass.send_to_list(people[:10_000], media_id, "most").data_id

    @pytest.mark.parametrize("client_id", ["", "with-dashes", "x" * 65])
    def test_a_client_id_is_of_letters_digits_and_underscores(
        self, on_simulator: SimulatorStage, client_id: str
    ) -> None:
        people, media_id = on_simulator.people(2), draft(on_simulator.account)
        if not client_id:
            assert on_simulator.account.mass.send_to_list(people, media_id, client_id).job_id
            return
        assert (
            reason_of(lambda: on_simulator.account.mass.send_to_list(people, media_id, client_id)) == "45067"
        )  # fmt: skip

    def test_everybody_under_a_tag_gets_it(self, stage: Stage) -> None:
        people = stage.people(3)
        tag_id = stage.account.tags.create("重点提质户")
        stage.account.tags.add_members(tag_id, people[:2])

        job = stage.account.mass.send_to_tag(tag_id, draft(stage.account), "tag_1")
        stage.finish(job.job_id)

        assert [stage.got(openid) for openid in people] == [1, 1, 0]

    def test_a_preview_costs_nothing_and_leaves_the_draft_in_the_box(self, stage: Stage) -> None:
        people, media_id = stage.people(2), draft(stage.account)

        stage.account.mass.preview(people[0], media_id)

        assert stage.got(people[0]) == 0
        assert stage.account.drafts.get(media_id)
        assert reason_of(lambda: stage.account.mass.preview(people[0], "gone")) == "40007"

    def test_a_deleted_send_says_so_and_the_cards_stay(self, stage: Stage) -> None:
        people = stage.people(2)
        job_id = send(stage, people, "c1_v1_1")

        for _ in range(2):
            stage.account.mass.delete(job_id)

        assert stage.account.mass.state(job_id) is MassState.DELETED
        assert stage.got(people[0]) == 1

    def test_a_job_nobody_started_is_not_found(self, stage: Stage) -> None:
        with pytest.raises(NotFound):
            stage.account.mass.state("77")
        with pytest.raises(NotFound):
            stage.account.mass.delete("77")

    def test_the_speed_can_be_chosen(self, stage: Stage) -> None:
        stage.account.mass.set_speed(4)

        assert stage.account.mass.speed().level == 4
        assert stage.account.mass.speed().real == 10
        assert reason_of(lambda: stage.account.mass.set_speed(5)) == "45083"


@pytest.mark.parametrize("call", ["mass.send_to_list", "mass.send_to_tag", "drafts.add"])
@pytest.mark.parametrize(
    "error",
    [
        *(WechatBusy(reason=code) for code in ("-1", "45009", "45011", "45066")),
        *(PlatformMisconfigured(reason=code) for code in ("45028", "48003")),
        SendRefused(reason="45166"),
        OutcomeUnknown(),
    ],
    ids=lambda error: str(error.fields.get("reason", error.code)),
)
def test_what_goes_wrong_is_told_with_its_code_and_nothing_was_done(stage: Stage, call: str, error: BotError) -> None:
    people, media_id, tag_id = stage.people(2), draft(stage.account), stage.account.tags.create("一个标签")
    written = article(stage.account)
    acts: dict[str, Callable[[], object]] = {
        "mass.send_to_list": lambda: stage.account.mass.send_to_list(people, media_id, "wrong_1"),
        "mass.send_to_tag": lambda: stage.account.mass.send_to_tag(tag_id, media_id, "wrong_1"),
        "drafts.add": lambda: stage.account.drafts.add([written]),
    }
    stage.fail_next(call, error)

    with pytest.raises(type(error)) as raised:
        acts[call]()

    assert raised.value.fields.get("reason") == error.fields.get("reason")
    assert len(stage.account.drafts.recent()) == 1


class TestPublishing:
    def test_a_published_article_has_an_address_and_can_be_taken_down(self, stage: Stage) -> None:
        media_id = draft(stage.account)

        publish_id = stage.account.publishing.submit(media_id)
        running = stage.account.publishing.get(publish_id)
        _end_publishing(stage, publish_id)
        done = stage.account.publishing.get(publish_id)

        assert (running.status, running.article_id, running.urls) == (PublishStatus.RUNNING, None, ())
        assert done.status is PublishStatus.DONE
        assert len(done.urls) == 1
        assert done.article_id is not None
        stage.account.publishing.delete(done.article_id)
        assert stage.account.publishing.get(publish_id).status is PublishStatus.DELETED

    def test_a_published_draft_has_left_the_box(self, stage: Stage) -> None:
        media_id = draft(stage.account)
        stage.account.publishing.submit(media_id)

        assert reason_of(lambda: stage.account.publishing.submit(media_id)) == "40007"

    def test_jobs_and_articles_nobody_knows_are_not_found(self, stage: Stage) -> None:
        with pytest.raises(NotFound):
            stage.account.publishing.get("77")
        with pytest.raises(NotFound):
            stage.account.publishing.delete("nobody-published-this")


class TestTagsAndFollowers:
    def test_members_come_and_go(self, stage: Stage) -> None:
        people = stage.people(3)
        tags = stage.account.tags
        tag_id = tags.create("新开户")
        for _ in range(2):
            tags.add_members(tag_id, people)
        tags.remove_members(tag_id, people[1:2])

        found, after = tags.members(tag_id)

        assert found == (people[0], people[2])
        assert tags.members(tag_id, after) == ((), "")
        assert [(tag.name, tag.followers) for tag in tags.list_all() if tag.tag_id == tag_id] == [("新开户", 2)]

    def test_a_removed_tag_is_unknown(self, stage: Stage) -> None:
        people, tag_id = stage.people(2), stage.account.tags.create("临时")
        stage.account.tags.delete(tag_id)

        assert reason_of(lambda: stage.account.tags.add_members(tag_id, people)) == "45159"
        assert reason_of(lambda: stage.account.tags.members(tag_id)) == "45159"

    @pytest.mark.parametrize(("name", "code"), [("新开户", "45157"), ("长" * 31, "45158")])
    def test_names_are_unique_and_short(self, stage: Stage, name: str, code: str) -> None:
        stage.account.tags.create("新开户")

        assert reason_of(lambda: stage.account.tags.create(name)) == code

    def test_a_hundred_tags_are_the_most(self, stage: Stage) -> None:
        for number in range(100):
            stage.account.tags.create(f"标签{number}")

        assert reason_of(lambda: stage.account.tags.create("再来一个")) == "45056"

    def test_fifty_openids_a_call_are_the_most(self, stage: Stage) -> None:
        people, tag_id = stage.people(51), stage.account.tags.create("多")

        stage.account.tags.add_members(tag_id, people[:50])

        assert reason_of(lambda: stage.account.tags.add_members(tag_id, people)) == "40032"

    def test_followers_come_in_pages_without_those_who_left(self, stage: Stage) -> None:
        people = stage.people(10_002)
        stage.leave(people[0])

        first, after = stage.account.followers.page()
        second, end = stage.account.followers.page(after)

        assert (first, second) == (tuple(people[1:10_001]), (people[10_001],))
        assert stage.account.followers.page(end) == ((), "")


class TestNotices:
    def test_a_repeat_within_ten_minutes_is_the_same_notice(self, stage: Stage) -> None:
        (openid,) = stage.people(1)
        data = {"thing1": "本月还款", "amount2": "¥1200.00", "date3": "2026年12月1日"}
        notices = stage.account.notices

        first = notices.send_template(openid, SERVICE, data, "https://example.com/plan", "due_1")
        again = notices.send_template(openid, SERVICE, data, None, "due_1")
        stage.advance(601)
        later = notices.send_template(openid, SERVICE, data, None, "due_1")

        assert first == again
        assert later != first

    def test_who_left_gets_none(self, stage: Stage) -> None:
        (openid,) = stage.people(1)
        stage.leave(openid)
        data = {"thing1": "本月还款", "amount2": "¥1200.00", "date3": "2026年12月1日"}

        send = stage.account.notices.send_template
        assert reason_of(lambda: send(openid, SERVICE, data, None, "due_1")) == "not_following"

    def test_each_consent_is_for_one_notice(self, stage: Stage) -> None:
        (openid,) = stage.people(1)
        stage.agree(openid)
        data = {"thing1": "利率调整", "date2": "2026年12月1日", "thing3": "点开看详情"}
        send = stage.account.notices.send_subscribed

        assert send(openid, SUBSCRIBED, data, "https://example.com/rates")
        assert reason_of(lambda: send(openid, SUBSCRIBED, data, None)) == "43101"


class TestFigures:
    def test_a_day_is_told_after_eight_the_next_morning(self, stage: Stage) -> None:
        people, day = stage.people(4), stage.today()
        job = stage.account.mass.send_to_list(people, draft(stage.account, "读的人数"), "figures_1")
        stage.finish(job.job_id)
        name = f"{job.data_id}_1"
        stage.read(name, [*people[:3], people[0]])
        stage.share(name, people[:1])
        figures = stage.account.figures

        for hours in (21, 1):  # from ten to seven in the morning, and to eight
            with pytest.raises(NotReady):
                figures.of_day(day)
            with pytest.raises(NotReady):
                figures.sent_on(day)
            stage.advance(hours * 3600)

        assert [(row.article, row.read_users, row.share_users) for row in figures.of_day(day)] == [(name, 3, 1)]
        ((sent, days),) = figures.sent_on(day)
        assert (sent.article, sent.title, sent.sent_on, sent.is_mass) == (name, "读的人数", day, True)
        assert [(row.day, row.read_users, row.share_users) for row in days] == [(day, 3, 1)]

    def test_days_without_anything_are_empty(self, stage: Stage) -> None:
        before = stage.today() - timedelta(days=3)

        assert stage.account.figures.of_day(before) == ()
        assert stage.account.figures.sent_on(before) == ()
        assert stage.account.figures.follows_of_day(before) == (0, 0)


def test_a_quota_is_told_with_what_was_used(on_simulator: SimulatorStage) -> None:
    on_simulator.account.mass.send_to_list(on_simulator.people(2), draft(on_simulator.account), "quota_1")

    quota = on_simulator.account.quotas.of(LISTED)

    assert (quota.daily_limit, quota.used, quota.remain, quota.per_minute) == (100, 1, 99, 60)
    assert reason_of(lambda: on_simulator.account.quotas.of("/cgi-bin/no/such")) == "76021"


def test_sixty_sends_a_minute_and_a_hundred_a_day(on_simulator: SimulatorStage) -> None:
    people = on_simulator.people(2)

    def send_one(number: int) -> None:
        on_simulator.account.mass.send_to_list(people, draft(on_simulator.account), f"many_{number}")

    for number in range(60):
        send_one(number)
    with pytest.raises(WechatBusy) as too_fast:
        send_one(60)
    on_simulator.advance(61)
    for number in range(61, 101):
        send_one(number)
    with pytest.raises(WechatBusy) as too_many:
        send_one(102)

    assert (too_fast.value.fields["reason"], too_many.value.fields["reason"]) == ("45011", "45009")


def test_figures_the_platform_calls_late_are_not_ready(on_simulator: SimulatorStage) -> None:
    on_simulator.world.faults.account.figures_late = True
    before = on_simulator.today() - timedelta(days=3)

    with pytest.raises(NotReady):
        on_simulator.account.figures.of_day(before)


def test_followers_of_a_day_are_counted_over_all_ways(on_simulator: SimulatorStage) -> None:
    world, day = on_simulator.world, on_simulator.today()
    world.joined[day.isoformat()].update({"ADD_SCENE_SEARCH": 3, "ADD_SCENE_QR_CODE": 2})
    world.left[day.isoformat()].update({"ADD_SCENE_SEARCH": 1})
    on_simulator.advance(DAY_S)

    assert on_simulator.account.figures.follows_of_day(day) == (5, 1)


def test_an_article_id_with_a_line_break_is_read_without_it(on_simulator: SimulatorStage) -> None:
    on_simulator.world.faults.account.breaks_article_id = True
    publish_id = on_simulator.account.publishing.submit(draft(on_simulator.account))
    _end_publishing(on_simulator, publish_id)

    article_id = on_simulator.account.publishing.get(publish_id).article_id

    assert article_id == on_simulator.world.publications[publish_id].article_id


def test_a_publishing_that_failed_names_its_articles(on_simulator: SimulatorStage) -> None:
    on_simulator.world.faults.account.publish_status = int(PublishStatus.ORIGINALITY_FAILED)
    publish_id = on_simulator.account.publishing.submit(draft(on_simulator.account))
    _end_publishing(on_simulator, publish_id)

    found = on_simulator.account.publishing.get(publish_id)

    assert (found.status, found.failed, found.article_id) == (PublishStatus.ORIGINALITY_FAILED, (1,), None)


def _end_publishing(stage: Stage, publish_id: str) -> None:
    if isinstance(stage, FakeStage):
        stage.fake.end_publishing(publish_id)
    else:
        assert isinstance(stage, SimulatorStage)
        stage.advance(10)
        stage.world.later.run_due()
