"""A page that stays open shows what a page opened anew would: after every act of a long day, for a rep, a colleague of
his desk and a supervisor who all have the same chat open, what events made them read again equals a fresh reading.

Every type of event happens, and is heard by somebody, or the last test fails.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.alerts.model import AlertKind
from bot.alerts.service import raise_alert
from bot.clock import FixedClock, local_day
from bot.complaints.filing import file_complaint
from bot.complaints.model import Complaint
from bot.customers.model import Follower, IdentityFact
from bot.db import Database
from bot.dialogue.bindings import IdentityNews
from bot.errors import SendRefused
from bot.events import EventType
from bot.handoff.model import Conversation, Owner
from bot.handoff.timers import warn_of_due_words
from bot.staff.model import StaffMember
from tests.factories import MORNING, add_parse, add_waiting, conversation_of, hear
from tests.product import UnderTest, text_message
from tests.unit.api.conftest import OUR_BRANCH, Browser
from tests.unit.api.desk_page import TOUCHES, DeskPage
from tests.unit.api.test_bodies import CAMPAIGN, RULES, VERSION
from tests.unit.api.test_followups import add_promise
from tests.unit.api.test_quality import add_closed, marks

WATCHING = ("rep", "rep2", "supervisor")
# Asked every half minute: who is ready (not at each sign-in of a shift), the whole centre's figures of the day, and what
# time alone changes.
POLLED = {
    "counters": (
        "reps_ready",
        "longest_wait_s",
        "accepted_today",
        "answered_in_20s_today",
        "closed_today",
        "drawdown_firms",
        "drawdown_fen",
    )
}


class Day:
    """What happens at the desk, step by step; every step leaves a fact behind that pages must show."""

    def __init__(self, product: UnderTest, people: dict[str, Browser], chat: int, clock: FixedClock) -> None:
        self.product, self.people, self.chat, self.clock = product, people, chat, clock
        self.database: Database = product.bot.database
        self.path = f"/api/handoffs/{chat}"
        self.call = self.lead = self.other = self.calls = 0

    def says(self, follower: str, text: str) -> None:
        message = text_message(self.clock, text, follower=follower)
        accepted = self.product.bot.inbox.accept(message, "plain", self.clock.now(), timedelta(seconds=4))
        self.product.bot.inbound.drive(follower, accepted.claim)

    def do(self, who: str, path: str, body: object | None = None, *, method: str = "POST") -> Any:
        answer = self.people[who].write(method, path, body)
        assert answer.status_code < 300, (path, answer.text)
        return answer.json

    def change(self, **columns: object) -> None:
        """Make the chat's customer somebody about whom more is known."""
        with self.database.transaction() as session:
            follower = session.get_one(Follower, session.get_one(Conversation, self.chat).follower_id)
            for name, value in columns.items():
                setattr(follower, name, value)

    def time_passes(self, **how_long: float) -> None:
        """Everybody signs in again; pages read all anew, as they do by themselves."""
        self.clock.advance(timedelta(**how_long).total_seconds())
        for name, browser in self.people.items():
            browser.sign_in(name)

    def half_a_minute_passes(self) -> None:
        self.time_passes(seconds=31)

    def two_days_are_nearly_over(self) -> None:
        self.time_passes(hours=46.5)

    # ---- the line, offers, the chat

    def somebody_waits(self) -> None:
        self.other = self.wants_a_person("o-new")

    def wants_a_person(self, follower: str) -> int:
        self.says(follower, "转人工")
        with self.database.reading() as session:
            return session.scalars(select(Conversation.id).order_by(Conversation.id.desc())).first() or 0

    def the_rep_gets_ready(self) -> None:
        self.do("rep", "/api/me/status", {"status": "ready"}, method="PUT")

    def the_colleague_gets_ready(self) -> None:
        self.do("rep2", "/api/me/status", {"status": "ready"}, method="PUT")

    def it_is_offered(self) -> None:
        self.product.bot.desk.routing.wake(self.chat)

    def the_offer_is_declined(self) -> None:
        self.do("rep", f"{self.path}/decline", {"reason": "busy"})

    def the_rep_takes_it(self) -> None:
        # Pages do not show whose customer somebody is.
        self.change(dedicated_rep="rep2")
        self.do("rep", f"{self.path}/accept")

    def his_first_word_is_due(self) -> None:
        warn_of_due_words(self.database, self.clock.now())

    def the_customer_writes(self) -> None:
        hear(self.database, self.chat, "人呢")

    def the_rep_answers(self) -> None:
        self.do("rep", f"{self.path}/replies", {"client_key": "key-00000001", "text": "您好，我来办"})

    def the_platform_refuses_an_answer(self) -> None:
        self.product.fakes.wechat.failures.append(SendRefused(reason="45015"))
        self.do("rep", f"{self.path}/replies", {"client_key": "key-00000003", "text": "稍等"})

    def a_parse_is_corrected(self) -> None:
        parse = add_parse(self.database, self.chat, "打回单", confidence=0.4)
        self.do("rep", f"/api/learning/parses/{parse}/correct", {"intent": "reconciliation"})

    def it_is_transferred(self) -> None:
        self.do("rep", f"{self.path}/transfer", {"rep": "rep2", "note": "请接手"})

    def it_is_assigned_while_it_is_offered(self) -> None:
        assert conversation_of(self.database, self.chat).owner is Owner.OFFERED
        self.do("supervisor", f"{self.path}/assign", {"rep": "rep", "note": "老客户"})

    def the_supervisor_takes_it_over(self) -> None:
        self.do("supervisor", f"{self.path}/takeover", {"note": "我来"})

    def its_window_is_about_to_end(self) -> None:
        self.product.bot.rescues.sweep()

    def it_is_closed_at_last(self) -> None:
        self.do("supervisor", f"{self.path}/close", {"outcome": "solved", "note": "办好了"})

    def its_outcome_is_corrected(self) -> None:
        self.do("supervisor", f"{self.path}/outcome", {"outcome": "unsolved", "note": "还差材料"}, method="PUT")

    def another_is_taken_and_given_back_to_the_bot(self) -> None:
        self.do("rep", f"/api/handoffs/{self.other}/accept")
        self.do("rep", f"/api/handoffs/{self.other}/return", {"note": "已告知额度"})

    def a_third_is_closed_over_the_reps_head(self) -> None:
        third = self.wants_a_person("o-third")
        self.do("rep", f"/api/handoffs/{third}/accept")
        self.do("supervisor", f"/api/handoffs/{third}/close", {"outcome": "unsolved", "note": "网点已办完"})

    # ---- words among colleagues

    def a_note_is_written(self) -> None:
        body = {"client_key": "key-00000002", "text": "已核实执照", "mentions": ["rep2"]}
        self.do("rep", f"{self.path}/notes", body)

    def it_is_read(self) -> None:
        self.do("rep2", f"{self.path}/mentions/read")

    def the_supervisor_types(self) -> None:
        self.do("supervisor", "/api/me/viewing", {"handoff_id": self.chat, "is_typing": True}, method="PUT")

    # ---- around the chat

    def a_lead_is_opened(self) -> None:
        self.lead = self.do("rep", "/api/leads", {"conversation_id": self.chat})["item"]["id"]

    def its_need_is_filled_in(self) -> None:
        self.do("rep", f"/api/leads/{self.lead}/need", {"industry": "餐饮"}, method="PUT")

    def a_complaint_is_filed(self) -> None:
        with self.database.transaction() as session:
            row = session.get_one(Conversation, self.chat)
            file_complaint(
                session, follower_id=row.follower_id, conversation_id=row.id, text="太慢", about_rep=None, now=MORNING
            )

    def it_is_handled(self) -> None:
        self.do("rep", "/api/complaints/1/take")

    def it_is_due(self) -> None:
        with self.database.transaction() as session:
            session.get_one(Complaint, 1).due_on = local_day(self.clock.now())
        self.product.bot.complaints.remind_due()

    def it_is_closed(self) -> None:
        self.do("rep", "/api/complaints/1/close", {"result": "已致歉", "told_by": "phone"})

    def the_customer_is_referred(self) -> None:
        follower = conversation_of(self.database, self.chat).follower_id
        self.do("rep", "/api/referrals", {"customer_id": follower, "reason": "cash", "ask": "上门收款"})

    def the_branch_is_late(self) -> None:
        self.product.bot.referrals.raise_late()

    def the_branch_takes_it_up(self) -> None:
        self.do("branch", "/api/referrals/1/accept")

    def the_customer_is_given_a_rep(self) -> None:
        self.do("supervisor", "/api/reps/rep2/customers", {"conversation_id": self.chat})

    # ---- calls

    def the_bank_verifies_his_phone(self) -> None:
        follower = conversation_of(self.database, self.chat).follower_id
        with self.database.reading() as session:
            openid = session.get_one(Follower, follower).openid
        news = IdentityNews("evt-verified", IdentityFact.PHONE_VERIFIED, openid, None, None, self.clock.now())
        self.product.bot.bindings.take(news)

    def a_call_is_promised(self) -> None:
        due_at = (self.clock.now() + timedelta(hours=1)).isoformat()
        self.do("rep", f"{self.path}/followups", {"due_at": due_at, "reason": "报进度"})

    def a_free_call_is_claimed(self) -> None:
        self.call = add_promise(self.database, self.clock.now() + timedelta(minutes=30), number=9)
        self.do("rep", f"/api/followups/{self.call}/claim")

    def it_is_passed_on(self) -> None:
        self.do("supervisor", f"/api/followups/{self.call}/reassign", {"to": "rep2"})

    def nobody_answers(self) -> None:
        self.report(self.call, "no_answer")

    def nobody_answers_a_second_and_a_third_time(self) -> None:
        self.report(self.call, "no_answer")
        self.report(self.call, "no_answer")

    def a_number_is_wrong(self) -> None:
        other = add_promise(self.database, self.clock.now(), number=10)
        self.do("rep2", f"/api/followups/{other}/claim")
        self.report(other, "no_such_number")

    def a_promise_is_missed(self) -> None:
        self.product.bot.followups.watch()

    def a_promise_is_kept(self) -> None:
        mine = self.people["rep"].get("/api/followups", scope="mine").json["items"][0]
        self.do("rep", f"/api/followups/{mine['id']}/done", {"result": "已办成"})

    def report(self, call: int, code: str) -> None:
        self.calls += 1
        body = {"client_key": f"key-call-{self.calls:06d}", "code": code, "duration_s": 30}
        self.do("rep2", f"/api/followups/{call}/attempts", body)

    # ---- the house

    def rules_change(self) -> None:
        body = {"rules": RULES, "thresholds": None, "seen": 0, "reason": "旺季人多"}
        self.do("supervisor", "/api/desks/loan", body, method="PUT")

    def a_roster_changes(self) -> None:
        with self.database.reading() as session:
            seen = session.get_one(StaffMember, "rep2").version
        starts = self.clock.now() + timedelta(hours=1)
        body = {
            "away_for": "training",
            "starts_at": starts.isoformat(),
            "ends_at": (starts + timedelta(hours=2)).isoformat(),
        }
        self.do("supervisor", "/api/reps/rep2/absences", {**body, "seen": seen})

    def an_answer_is_published(self) -> None:
        version = self.do("marketer", "/api/knowledge/items/faq/jd_card", VERSION, method="PUT")
        self.do("marketer", f"/api/knowledge/versions/{version['id']}/submit")
        self.do(
            "reviewer", f"/api/knowledge/versions/{version['id']}/approve", {"content_hash": version["content_hash"]}
        )

    def a_campaign_is_begun(self) -> None:
        self.do("marketer", "/api/campaigns", CAMPAIGN)

    def an_alert_comes(self) -> None:
        with self.database.transaction() as session:
            raise_alert(session, AlertKind.LOW_RATING, "7", self.clock.now())

    def it_is_seen(self) -> None:
        self.do("supervisor", "/api/alerts/1/seen")

    def it_is_put_away(self) -> None:
        self.do("supervisor", "/api/alerts/1/close")

    def a_check_is_scored(self) -> None:
        add_closed(self.database, 5)
        self.product.bot.picking.run()
        checks = self.people["supervisor"].get("/api/quality/checks", list="to_do").json["items"]
        self.do("supervisor", f"/api/quality/checks/{checks[0]['id']}/score", marks(self.people["supervisor"]))


TIME = (Day.half_a_minute_passes, Day.two_days_are_nearly_over)
STORY: tuple[Callable[[Day], None], ...] = (
    Day.somebody_waits,
    Day.the_rep_gets_ready,
    Day.it_is_offered,
    Day.the_offer_is_declined,
    Day.the_rep_takes_it,
    Day.half_a_minute_passes,
    Day.his_first_word_is_due,
    Day.the_customer_writes,
    Day.the_rep_answers,
    Day.the_customer_writes,
    Day.the_platform_refuses_an_answer,
    Day.a_parse_is_corrected,
    Day.the_colleague_gets_ready,
    Day.it_is_transferred,
    Day.it_is_assigned_while_it_is_offered,
    Day.a_note_is_written,
    Day.it_is_read,
    Day.the_supervisor_types,
    Day.a_lead_is_opened,
    Day.its_need_is_filled_in,
    Day.a_third_is_closed_over_the_reps_head,
    Day.a_complaint_is_filed,
    Day.it_is_handled,
    Day.it_is_due,
    Day.it_is_closed,
    Day.the_customer_is_referred,
    Day.the_customer_is_given_a_rep,
    Day.the_bank_verifies_his_phone,
    Day.a_call_is_promised,
    Day.a_free_call_is_claimed,
    Day.it_is_passed_on,
    Day.nobody_answers,
    Day.nobody_answers_a_second_and_a_third_time,
    Day.a_number_is_wrong,
    Day.the_customer_writes,
    Day.rules_change,
    Day.a_roster_changes,
    Day.an_answer_is_published,
    Day.a_campaign_is_begun,
    Day.an_alert_comes,
    Day.it_is_seen,
    Day.it_is_put_away,
    Day.a_check_is_scored,
    Day.two_days_are_nearly_over,
    Day.its_window_is_about_to_end,
    Day.a_promise_is_missed,
    Day.a_promise_is_kept,
    Day.the_branch_is_late,
    Day.the_branch_takes_it_up,
    Day.another_is_taken_and_given_back_to_the_bot,
    Day.the_supervisor_takes_it_over,
    Day.it_is_closed_at_last,
    Day.its_outcome_is_corrected,
)


@pytest.fixture
def day(product: UnderTest, signed_in: Callable[[str], Browser], clock: FixedClock) -> Day:
    chat = add_waiting(product.bot.database)
    hear(product.bot.database, chat)
    people = {name: signed_in(name) for name in (*WATCHING, "branch", "marketer", "reviewer")}
    for name in WATCHING:
        people[name].write("PUT", "/api/me/viewing", {"handoff_id": chat})
    day = Day(product, people, chat, clock)
    day.change(branch=OUR_BRANCH, phone="13812345678")
    return day


@pytest.fixture
def pages(day: Day) -> list[DeskPage]:
    return [DeskPage(day.product, day.people[name], name, day.chat) for name in WATCHING]


def differences(page: DeskPage, fresh: DeskPage) -> Iterator[str]:
    """Where the page shows something else than one opened now."""
    old, new = page.shown(), fresh.shown()
    for name in old:
        one, other = (_without(shown[name], POLLED.get(name, ())) for shown in (old, new))
        if one != other:
            yield f"{page.username}.{name}: {_where(one, other)}"


def _without(shown: Any, names: tuple[str, ...]) -> Any:
    return {key: value for key, value in shown.items() if key not in names} if names else shown


def _where(one: Any, other: Any, path: str = "") -> str:
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return ", ".join(_where(one[key], other[key], f"{path}.{key}") for key in one if one[key] != other[key])
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return ", ".join(_where(a, b, f"{path}[{at}]") for at, (a, b) in pairs if a != b)
    return f"{path} {one!r} is now {other!r}"


def test_what_stays_open_shows_what_is_opened_anew(day: Day, pages: list[DeskPage]) -> None:
    found = []
    for act in STORY:
        act(day)
        for page in pages:
            if act in TIME:
                page.load()
            page.catch_up()
            fresh = DeskPage(day.product, day.people[page.username], page.username, day.chat)
            found += [f"{act.__name__}: {one}" for one in differences(page, fresh)]
    assert found == []
    heard = {one for page in pages for one in page.heard}
    assert {one.value for one in EventType} - heard == set()


def test_every_type_is_told_what_it_touches() -> None:
    assert TOUCHES.keys() == {one.value for one in EventType}
