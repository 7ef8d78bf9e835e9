"""Hand-made days with known answers: what people do at the desk becomes facts, facts become figures, on both databases."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from bot.clock import FixedClock
from bot.complaints.model import Complaint, ComplaintState, ToldBy
from bot.customers.model import BankFact, Follower
from bot.db import Database
from bot.events import EventType
from bot.followups.model import Followup, FollowupState
from bot.handoff import transitions
from bot.handoff.matters import MatterVerdict, note_matter
from bot.handoff.model import Conversation, Outcome, Owner
from bot.handoff.routing import Routing
from bot.handoff.service import Desk
from bot.messages import HandoffRequest
from bot.outbox import listen, publish
from bot.reports import business, figures
from bot.reports.counters import EVERY_DESK
from bot.reports.dictionary import BY_ID, METRICS
from bot.reports.drilling import Page, behind
from bot.reports.figures import Wanted
from bot.reports.metrics import Dimension, Sums, Value
from bot.reports.recording import Recorder
from bot.reports.rolling import Rollup, sums_of_day
from bot.staff.model import RepStatus
from bot.transcripts.model import Speaker
from bot.transcripts.service import add_line
from config.content import load_content
from tests.factories import DESK_RULES, MORNING, add_follower, add_rep
from tests.fakes import FakeQueue, FakeWaker

TODAY = date(2026, 11, 24)
ALL = Wanted(TODAY, TODAY)


@dataclass
class Centre:
    """A desk with a clock one can move, and its reports."""

    database: Database
    clock: FixedClock
    desk: Desk

    def ask(self, name: str, *, skill: str = "loan", matter: str | None = "贷款怎么申请", **more: Any) -> int:
        """A customer asks for a person; the conversation's id."""
        with self.database.transaction() as session:
            follower = session.query(Follower).filter_by(openid=name).first()
        follower_id = follower.id if follower else add_follower(self.database, name)
        now = self.clock.now()
        with self.database.transaction() as session:
            for column, value in more.items():
                setattr(session.get_one(Follower, follower_id), column, value)
            row = Conversation(
                follower_id=follower_id, owner=Owner.BOT, opened_at=now, last_customer_at=now, card={}, session={}
            )
            session.add(row)
            session.flush()
            transitions.open_handoff(session, row, HandoffRequest(skill, "要人工", 0), {"intent": matter}, now)
            return row.id

    def two_nights_later(self) -> None:
        self.clock.at = MORNING + timedelta(days=2)
        Rollup(self.database, self.clock).run()

    def later(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def say(self, chat: int, rep: str) -> None:
        with self.database.transaction() as session:
            add_line(session, chat, Speaker.REP, "您好", self.clock.now(), rep=rep)

    def give_up(self, chat: int) -> None:
        with self.database.transaction() as session:
            transitions.return_to_bot(session, transitions.get_locked(session, chat), self.clock.now())

    def serve(self, chat: int, rep: str, *, wait_s: float = 10, reply_s: float = 5, handle_s: float = 60) -> None:
        self.later(wait_s)
        self.desk.accept(chat, rep)
        self.later(reply_s)
        self.say(chat, rep)
        self.later(handle_s - reply_s)
        self.desk.close(chat, rep, Outcome.SOLVED, "")

    def rate(self, chat: int, stars: int | None) -> None:
        with self.database.transaction() as session:
            row = session.get_one(Conversation, chat)
            row.rating_asked_at, row.rating = self.clock.now(), stars

    def sums(self, wanted: Wanted = ALL) -> Sums:
        with self.database.reading() as session:
            return figures.total(session, wanted, figures.by_day(session, wanted, self.clock.now()).values())

    def figure(self, metric: str, wanted: Wanted = ALL) -> Value:
        return BY_ID[metric].measure(self.sums(wanted))

    def chats_behind(self, counter: str, wanted: Wanted = ALL) -> list[int]:
        with self.database.reading() as session:
            readable = Conversation.id.is_not(None)
            found = behind(session, counter, wanted, self.clock.now(), Page(readable, None, 100))
            return [one.chat.id for one in found]


@pytest.fixture
def centre(both_databases: Database, clock: FixedClock) -> Centre:
    listen(both_databases, Recorder(load_content().skills))
    for rep in ("ann", "ben"):
        add_rep(both_databases, rep, skills=("loan", "general"), capacity=9, status=RepStatus.OFFLINE)
    # Routing that asks nobody by itself: the tests say who is asked.
    desk = Desk(both_databases, Routing(both_databases, FakeQueue(), FakeWaker(), clock, DESK_RULES), clock)
    return Centre(both_databases, clock, desk)


def test_a_quiet_day_measures_nothing_and_divides_by_nothing(centre: Centre) -> None:
    sums = centre.sums()

    found = {metric.id: metric.measure(sums).value for metric in METRICS}
    assert {value for value in found.values() if value is not None} == {0}
    assert found["answer_rate"] is found["frt_p50"] is found["csat"] is None


def test_waits_answers_and_giving_up(centre: Centre) -> None:
    centre.serve(centre.ask("o-1"), "ann", wait_s=20)
    centre.serve(centre.ask("o-2"), "ann", wait_s=20.001)
    for name, waited in (("o-3", 5), ("o-4", 5.001)):
        chat = centre.ask(name)
        centre.later(waited)
        centre.give_up(chat)
    centre.ask("o-5")

    assert centre.figure("arrivals").value == 5
    assert centre.figure("short_abandons").value == 1
    # Of the five, one mistapped and one still waits.
    assert centre.figure("answer_rate") == Value(2 / 3, 2, 3)
    assert centre.figure("service_level") == Value(1 / 3, 1, 3)
    assert centre.figure("abandonment") == Value(1 / 3, 1, 3)
    assert centre.figure("wait_p50").value == 20
    assert centre.figure("wait_p90").value == 21


def test_the_first_response_runs_from_the_ask_to_the_first_word_and_is_never_worked_out_again(centre: Centre) -> None:
    chat = centre.ask("o-1")
    centre.serve(chat, "ann", wait_s=10, reply_s=7)
    before = centre.figure("frt_p50").value
    with centre.database.transaction() as session:
        session.get_one(Conversation, chat).queued_at = MORNING - timedelta(hours=3)

    assert (before, centre.figure("frt_p50").value, centre.figure("own_reply_p50").value) == (17, 17, 7)


def test_hours_in_which_the_desk_is_shut_do_not_count_as_waiting_for_a_word(centre: Centre) -> None:
    centre.clock.at = MORNING.replace(hour=9, minute=29)  # 17:29, a minute before the desk shuts
    chat = centre.ask("o-1")
    centre.clock.at = MORNING.replace(hour=1, minute=2) + timedelta(days=1)  # the next morning, two minutes past nine
    centre.desk.accept(chat, "ann")
    centre.say(chat, "ann")

    assert centre.figure("frt_p50").value == 3 * 60


def test_a_transfer_and_a_missed_offer_are_one_ask_but_two_stints(centre: Centre) -> None:
    chat = centre.ask("o-1")
    with centre.database.transaction() as session:
        row = transitions.get_locked(session, chat)
        row.owner, row.rep, row.offer_id = Owner.OFFERED, "ben", 1
        publish(session, centre.clock.now(), transitions.event_of(EventType.HANDOFF_OFFERED, row, rep="ben"))
    centre.later(20)
    with centre.database.transaction() as session:
        transitions.requeue(session, transitions.get_locked(session, chat), centre.clock.now(), cause="offer_timeout")
    centre.desk.accept(chat, "ann")
    centre.later(30)
    centre.desk.transfer(chat, "ann", skill="general", to=None, note="")
    centre.serve(chat, "ben", wait_s=10, handle_s=90)

    assert centre.figure("arrivals").value == centre.figure("accepted").value == 1
    assert (centre.figure("offers").value, centre.figure("missed_rate")) == (1, Value(1.0, 1, 1))
    assert centre.figure("transfer_rate") == Value(1.0, 1, 1)
    assert centre.figure("reoffer_rate") == Value(1.0, 1, 1)
    assert centre.figure("handle_mean") == Value(60.0, None, 2)
    assert centre.figure("handle_mean", Wanted(TODAY, TODAY, dimension=Dimension.REP, key="ben")) == Value(
        90.0, None, 1
    )


def test_who_comes_back_about_the_same_matter_within_a_day_was_not_helped_at_once(centre: Centre) -> None:
    same, other, unknown, gone = (centre.ask(f"o-{number}", matter="U盾") for number in range(4))
    for chat in (same, other, unknown, gone):
        centre.serve(chat, "ann")
    centre.clock.at = MORNING + timedelta(hours=5)
    centre.ask("o-0", matter="U盾")
    centre.ask("o-1", matter="提额")
    centre.ask("o-2", matter=None)

    # Two came back; of the others nothing is known before a day is over.
    assert centre.figure("fcr_24h") == Value(0.0, 0, 2)
    assert sorted(centre.chats_behind("returned")) == [same, unknown]

    centre.two_nights_later()
    centre.ask("o-3", matter="U盾")

    assert centre.figure("fcr_24h") == Value(0.5, 2, 4)


def test_satisfaction_stands_beside_how_many_answered(centre: Centre) -> None:
    for number, stars in enumerate((5, 4, 3, None)):
        chat = centre.ask(f"o-{number}")
        centre.serve(chat, "ann")
        centre.rate(chat, stars)
    unasked = centre.ask("o-9")
    centre.serve(unasked, "ann")

    assert centre.figure("csat") == Value(2 / 3, 2, 3)
    assert centre.figure("csat_answered") == Value(3 / 4, 3, 4)


def test_a_half_hour_call_is_one_kept_promise(centre: Centre) -> None:
    follower = add_follower(centre.database, "o-1")
    due = MORNING + timedelta(hours=1)
    # Called in time and talked to for half an hour; too late; called in time and put off, or nobody was there at last.
    ended_as = ((FollowupState.DONE, True), (FollowupState.DONE, False), (FollowupState.CANCELLED, True))
    with centre.database.transaction() as session:
        for state, is_kept in (*ended_as, (FollowupState.OPEN, None)):
            session.add(
                Followup(
                    follower_id=follower, skill="loan", owner="ann", state=state, reason="回访", due_at=due,
                    created_at=MORNING, done_at=due + timedelta(minutes=30), kept_on_time=is_kept,
                )
            )  # fmt: skip

    centre.clock.at = due + timedelta(minutes=30)
    assert centre.figure("promise_kept") == Value(2 / 3, 2, 3)
    centre.clock.advance(1)
    assert centre.figure("promise_kept") == Value(0.5, 2, 4)
    assert centre.figure("promise_kept", Wanted(TODAY, TODAY, dimension=Dimension.REP, key="ann")) == Value(0.5, 2, 4)


def test_a_promise_of_before_calls_were_rows_counts_by_when_it_was_done(centre: Centre) -> None:
    follower = add_follower(centre.database, "o-1")
    due = MORNING + timedelta(hours=1)
    with centre.database.transaction() as session:
        for done_at in (due, due + timedelta(seconds=1)):
            session.add(
                Followup(
                    follower_id=follower, skill="loan", owner="ann", state=FollowupState.DONE, reason="回访", due_at=due,
                    created_at=MORNING, done_at=done_at,
                )
            )  # fmt: skip

    assert centre.figure("promise_kept") == Value(0.5, 1, 2)


def test_a_complaint_is_on_time_until_the_end_of_its_last_day(centre: Centre) -> None:
    midnight = MORNING.replace(hour=16)
    with centre.database.transaction() as session:
        for number, closed_at in enumerate((midnight - timedelta(seconds=1), midnight, None)):
            follower = Follower(openid=f"o-{number}", label="客户", first_seen_at=MORNING, last_seen_at=MORNING)
            session.add(follower)
            session.flush()
            chat = Conversation(follower_id=follower.id, owner=Owner.CLOSED, opened_at=MORNING, card={}, session={})
            session.add(chat)
            session.flush()
            over = {"state": ComplaintState.CLOSED, "result": "已处理", "told_by": ToldBy.PHONE} if closed_at else {}
            session.add(
                Complaint(
                    ticket=f"T{number}", follower_id=follower.id, conversation_id=chat.id, text="不满", limit_days=15,
                    filed_at=MORNING, due_on=TODAY, closed_at=closed_at, **over,
                )
            )  # fmt: skip

    assert centre.figure("complaints_on_time") == Value(0.5, 1, 2)
    centre.clock.at = MORNING + timedelta(days=1)
    assert centre.figure("complaints_on_time") == Value(1 / 3, 1, 3)


def test_the_bot_solved_what_nobody_said_it_did_not_and_nobody_came_back_about(centre: Centre) -> None:
    def talk(name: str, verdict: MatterVerdict | None, at_hour: int = 0) -> None:
        with centre.database.transaction() as session:
            known = session.query(Follower).filter_by(openid=name).first()
            at = MORNING + timedelta(hours=at_hour)
            if known is None:
                known = Follower(openid=name, label="客户", first_seen_at=at, last_seen_at=at)
                session.add(known)
                session.flush()
            chat = Conversation(
                follower_id=known.id, owner=Owner.CLOSED, opened_at=at, last_customer_at=at, card={}, session={}
            )
            session.add(chat)
            session.flush()
            if verdict is not None:
                note_matter(session, chat.id, "faq", "e_receipt", verdict, at)

    talk("o-happy", MatterVerdict.SOLVED)
    talk("o-unhappy", MatterVerdict.UNSOLVED)
    talk("o-silent", None)
    talk("o-again", None)
    talk("o-again", None, at_hour=2)
    centre.ask("o-person")

    # Before a day is over only those who said a word are counted.
    assert centre.figure("self_service") == Value(0.5, 1, 2)
    assert centre.figure("person_rate") == Value(1 / 6, 1, 6)
    centre.two_nights_later()
    assert centre.figure("self_service") == Value(3 / 5, 3, 5)


def test_who_comes_back_after_more_than_a_day_was_helped_before(centre: Centre) -> None:
    with centre.database.transaction() as session:
        him = Follower(openid="o-1", label="客户", first_seen_at=MORNING, last_seen_at=MORNING)
        session.add(him)
        session.flush()
        for hours in (0, 30, 47):
            at = MORNING + timedelta(hours=hours)
            session.add(
                Conversation(
                    follower_id=him.id, owner=Owner.CLOSED, opened_at=at, last_customer_at=at, card={}, session={}
                )
            )  # fmt: skip

    centre.ask("o-person")
    centre.two_nights_later()

    # On the next day, but not within 24 hours.
    assert centre.figure("self_service") == Value(1, 1, 1)


def test_two_drawdowns_of_one_firm_are_one_customer_and_fifteen_ten_thousands(centre: Centre) -> None:
    def paid(number: int, firm: str, yuan: int, days: int = 0) -> None:
        with centre.database.transaction() as session:
            at = MORNING + timedelta(days=days)
            fact = BankFact(event_id=f"e{number}", type="drawdown_paid", firm_id=firm, amount_fen=yuan * 100)
            fact.occurred_at = fact.received_at = at
            session.add(fact)

    paid(1, "F1", 100_000)
    paid(2, "F1", 50_000, days=1)
    two_days = Wanted(TODAY, TODAY + timedelta(days=1))

    assert centre.figure("drawdown_firms", two_days).value == 1
    assert centre.figure("drawdown_fen", two_days).value == 15_000_000
    with centre.database.reading() as session:
        days = figures.by_day(session, two_days, centre.clock.now())
        steps = business.funnel(session, TODAY, TODAY + timedelta(days=1), ())
    assert [day.get("drawdown_firms") for day in days.values()] == [1, 1]
    assert (steps[business.Step.PAID], steps[business.Step.DRAWN], steps[business.Step.ASKED]) == (1, 1, 0)


def test_who_was_paid_and_who_drew_are_together_who_drew(centre: Centre) -> None:
    told = (("F1", "application_stage_changed", "drawn"), ("F2", "drawdown_paid", None), ("F2", "drawdown_paid", None))
    with centre.database.transaction() as session:
        for number, (firm, kind, stage) in enumerate(told):
            fact = BankFact(event_id=f"e{number}", type=kind, firm_id=firm, stage=stage, amount_fen=100)
            fact.occurred_at = fact.received_at = MORNING
            session.add(fact)

    with centre.database.reading() as session:
        steps = business.funnel(session, TODAY, TODAY, ())

    # The one drew and is not paid yet, of the other the bank told the payment alone.
    assert (steps[business.Step.DRAWN], steps[business.Step.PAID]) == (2, 1)


def test_occupancy_counts_time_with_chats_once_and_only_on_duty(centre: Centre) -> None:
    centre.desk.set_status("ann", RepStatus.READY)
    first, second = centre.ask("o-1"), centre.ask("o-2")
    centre.desk.accept(first, "ann")
    centre.desk.accept(second, "ann")
    centre.later(600)
    centre.desk.close(first, "ann", Outcome.SOLVED, "")
    centre.desk.close(second, "ann", Outcome.SOLVED, "")
    centre.later(1800)
    centre.desk.set_status("ann", RepStatus.BREAK)
    centre.later(1000)

    assert centre.figure("occupancy") == Value(600 / 2400)
    with centre.database.reading() as session:
        hours = figures.by_day_and_hour(session, ALL, centre.clock.now())
    assert {hour: sums for _, hour, sums in hours}[10]["duty_s"] == 2400


def test_kept_sums_say_what_the_facts_say_and_are_made_anew_when_a_rating_comes_late(centre: Centre) -> None:
    chat = centre.ask("o-1", branch="城东支行")
    centre.serve(chat, "ann")
    live = centre.sums()
    centre.clock.at = MORNING + timedelta(days=1)
    rollup = Rollup(centre.database, centre.clock)
    assert rollup.run() == 1
    assert rollup.run() == 0
    kept = centre.sums()

    assert {name: kept[name] for name in live if name != "waiting"} == {n: v for n, v in live.items() if n != "waiting"}
    of_branch = Wanted(TODAY, TODAY, "loan", Dimension.BRANCH, "城东支行")
    assert centre.figure("arrivals", of_branch).value == 1

    centre.rate(chat, 5)
    centre.later(3601)
    rollup.run()
    assert centre.figure("csat").value == 1.0


def test_the_chats_behind_a_figure_are_as_many_as_it_says(centre: Centre) -> None:
    for number in range(3):
        centre.serve(centre.ask(f"o-{number}", skill=("loan", "general")[number % 2]), ("ann", "ben")[number % 2])
    centre.ask("o-8")

    with centre.database.reading() as session:
        places = sums_of_day(session, TODAY, centre.clock.now(), tuple(Dimension))
    for (desk, dimension, key), sums in places.items():
        for metric in METRICS:
            if metric.behind is not None and metric.behind in sums:
                wanted = Wanted(TODAY, TODAY, desk, dimension, key)
                assert len(centre.chats_behind(metric.behind, wanted)) == sums[metric.behind], (wanted, metric.id)
    assert places[EVERY_DESK, Dimension.ALL, ""]["arrivals"] == 4
