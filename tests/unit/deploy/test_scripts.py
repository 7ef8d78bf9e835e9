"""The language of the acceptance scripts: what is printed is steady, what is shown is read."""

from collections.abc import Iterator
from datetime import datetime

import httpx
import pytest

from bot.clock import local
from bot.knowledge.hours import is_working_day
from deploy.local import demo
from deploy.local.product import Console
from deploy.local.scripts import SCRIPTS
from deploy.local.scripts.bubbles import lines_of, text_of
from deploy.local.scripts.stage import House, Stage
from deploy.local.scripts.transcript import Moment, Side, as_markdown, as_plain
from simulator.app import create_app
from simulator.settings import SimSettings

LINK = '<a href="weixin://bizmsgmenu?msgmenucontent=%E4%BA%BA%E5%B7%A5&msgmenuid=human:start">人工</a>'


def _no_staff(username: str) -> Console:
    raise AssertionError(username)


@pytest.fixture
def stage() -> Iterator[Stage]:
    transport = httpx.WSGITransport(app=create_app(SimSettings()))
    with httpx.Client(transport=transport, base_url="http://simulator") as simulator:
        yield Stage(House(simulator, _no_staff))


def test_a_story_opens_on_a_working_day_before_another_one(stage: Stage) -> None:
    before = stage.record.now

    stage.opens("22:00")

    now = stage.record.now
    assert now > before
    assert (now.hour, now.minute) == (22, 0)
    assert is_working_day(now.date())
    assert is_working_day(stage.days_ahead(1))


def test_the_simulated_clock_moves_with_the_story(stage: Stage) -> None:
    stage.opens("10:00")

    shown = datetime.fromisoformat(stage._house.simulator.get("/sim/clock").json()["now"])
    assert 0 <= (local(shown) - stage.record.now).total_seconds() < 10


def test_a_page_tells_time_speaker_words_and_buttons() -> None:
    said = Moment("22:40", Side.ACCOUNT, "智能客服", "第一步\n第二步", ("解决了", "人工"))

    page = as_markdown("A4", "夜里", [said])

    assert "**22:40 智能客服**：第一步\\\n第二步\\\n〔解决了〕〔人工〕\n" in page


def test_a_page_quotes_the_desk() -> None:
    page = as_markdown("A4", "夜里", [Moment("9:00", Side.DESK, "服务台 小吴", "卡片\n第二行")])

    assert "> **9:00 服务台 小吴**：卡片\\\n> 第二行" in page


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("首个还款日：2026-12-20", "首个还款日：×月×日"),
        ("周三（11月25日）9:30", "周×（×月×日）9:30"),
        ("32,000分12月8日到期", "32,000分×月×日到期"),
        ("已登记，编号TS20261124001", "已登记，编号TS××××"),
        ("明天9:30前给您回电", "明天9:30前给您回电"),
    ],
)
def test_what_differs_from_run_to_run_is_printed_as_a_cross(said: str, printed: str) -> None:
    assert printed in as_markdown("A", "", [Moment("9:00", Side.ACCOUNT, "智能客服", said)])


def test_a_terminal_shows_the_desk_at_the_right() -> None:
    assert as_plain(Moment("9:00", Side.DESK, "服务台", "就绪")).startswith(" " * 30)


def test_a_line_inside_a_text_can_be_tapped_and_is_not_read_as_words() -> None:
    entry = {"text": f"您好\n{LINK}"}

    assert text_of(entry) == "您好"
    assert lines_of(entry) == {"人工": "human:start"}


def test_a_menu_shows_its_head_its_lines_and_its_tail() -> None:
    entry = {"head": "满意吗", "list": [{"id": "rate:1:5", "content": "非常满意"}], "tail": "谢谢"}

    assert text_of(entry) == "满意吗\n谢谢"
    assert lines_of(entry) == {"非常满意": "rate:1:5"}


def test_an_article_is_read_by_its_title() -> None:
    entry = {"articles": [{"title": "扶持政策", "description": "本月", "url": "u", "picurl": ""}]}

    assert text_of(entry) == "扶持政策\n本月"


def test_every_script_has_its_own_id_and_says_what_it_is_about() -> None:
    assert len({script.id for script in SCRIPTS}) == len(SCRIPTS)
    assert all(script.title.startswith(script.id.upper().replace("A0", "A")) for script in SCRIPTS)


def test_the_demo_plays_three_stories_and_knows_no_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert [story.id for story in demo.STORIES] == ["a01", "a02", "a03"]
    assert demo.main(["a99"]) == 2
    assert "a01 a02 a03" in capsys.readouterr().err
