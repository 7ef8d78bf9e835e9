"""A decision becomes rows: the customer's line, the session, a hand-off, a promise; and the one reply that is left to
say.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session as Transaction

from bot.clock import local_day
from bot.complaints.filing import file_complaint, take_opinion
from bot.complaints.service import day_text
from bot.customers.consents import IN_CHAT, Proof, withdraw
from bot.customers.model import Follower
from bot.customers.rules import IdentityLevel, Telling, may_hear
from bot.desks.model import DeskRules
from bot.dialogue import ratings
from bot.dialogue.card import LOAN_DESK, make_card, refresh_card, told_to_rep
from bot.dialogue.flow import Step
from bot.dialogue.flows.callback import FLOW as CALLBACK
from bot.dialogue.flows.complaint import PRIORITY as COMPLAINT_PRIORITY
from bot.dialogue.flows.human import BANKS_NUMBER
from bot.dialogue.merging import merge
from bot.dialogue.reading import is_missed, note_reading
from bot.dialogue.session import IDLE
from bot.dialogue.turn import GENERAL_DESK, Decision
from bot.followups.service import promise
from bot.followups.slots import free_slots
from bot.handoff import queries, rules
from bot.handoff.matters import MatterVerdict, note_matter
from bot.handoff.model import Conversation, Outcome, Owner
from bot.handoff.serving import expect_answer
from bot.handoff.transitions import open_handoff, return_to_bot
from bot.knowledge import hours
from bot.knowledge.content import Content
from bot.leads.recording import note_need
from bot.messages import Choice, EventName, InboundMessage, MessageKind, Reply
from bot.privacy.model import RequestKind
from bot.privacy.service import open_request
from bot.transcripts.model import Line, Speaker
from bot.transcripts.service import add_line

CALL_BACK_WITHIN = timedelta(minutes=30)
# From here on nobody should have to hold the phone in his hand.
LONG_WAIT_MINUTES = 10
CALLS_AHEAD = timedelta(hours=8)
URGENT = int(rules.Priority.URGENT)
WAITING = (Owner.QUEUED, Owner.OFFERED)

AllRules = Callable[[], Mapping[str, DeskRules]]


@dataclass(frozen=True)
class Carried:
    """What is left to do: one reply to say, and whether the conversation waits for a rep."""

    reply: Reply | None
    is_waiting: bool


def carry_out(
    session: Transaction,
    row: Conversation,
    message: InboundMessage,
    decision: Decision,
    content: Content,
    desks: AllRules,
    now: datetime,
) -> Carried:
    """Write one decision into the caller's transaction; `desks` reads the rules in force, for few turns need them."""
    line = _write_line(session, row, message, content, now)
    choice = message.menu_choice
    if choice is None and row.owner is Owner.BOT:
        # Typed, the model may take 非常满意 for a complaint.
        choice = ratings.typed_rating(session, row.follower_id, message.text, now)
    rated = ratings.take_rating(session, row.follower_id, choice, content, now) or take_opinion(
        session, row.follower_id, choice, content
    )
    if rated is not None:
        return Carried(rated, is_waiting=False)
    step = decision.step
    note_reading(session, row.follower_id, line, decision, now)
    is_word = message.event is None and message.menu_choice is None and row.owner is Owner.BOT
    if is_word and ratings.keep_words(session, row.follower_id, message.text, now) and is_missed(decision):
        row.last_customer_at = now
        return Carried(content.say("rating_words"), is_waiting=False)
    row.session = told_to_rep(step).to_json()
    row.session_expires_at = now + IDLE
    if message.event is None:
        if row.owner is Owner.ACTIVE:
            expect_answer(row, lambda: queries.desk_of(desks(), row.skill), now)
        row.last_customer_at = now
    if step.outcome is not None and row.owner is Owner.BOT:
        row.outcome = Outcome(step.outcome)
    _note_matter(session, row, decision, content, now)
    if step.callback_phone is not None:
        _promise(session, row, step, content, now)
    if step.withdraws:
        proof = Proof(IN_CHAT, step.withdrawn_by, message.dedupe_key)
        withdraw(session, session.get_one(Follower, row.follower_id), step.withdraws, now, proof)
    warning = [content.say("secret_warning")] if decision.warns_of_secret else []
    ticket = _file(session, row, message, content, now) if step.complains else []
    about_line = _move_in_line(session, row, decision, content, desks, now)
    if step.data_request is not None:
        ticket.append(_ticket(session, row, step.data_request, content, now))
    return Carried(merge([*warning, *step.replies, *ticket, *about_line]), is_waiting=row.owner in WAITING)


def _note_matter(session: Transaction, row: Conversation, decision: Decision, content: Content, now: datetime) -> None:
    """What became of the matter talked about: the customer's word, or a person for it."""
    step, turn = decision.step, decision.turn
    if row.owner is not Owner.BOT or turn is None:
        return
    is_handed_over = step.handoff is not None or step.callback_phone is not None
    verdict = MatterVerdict.HUMAN if is_handed_over else MatterVerdict(step.outcome) if step.outcome else None
    intent = turn.session.last_intent or step.session.last_intent
    if verdict is not None and intent is not None and intent in content.intent_flows:
        note_matter(session, row.id, content.intent_flows[intent], intent, verdict, now)


def _file(
    session: Transaction, row: Conversation, message: InboundMessage, content: Content, now: datetime
) -> list[Reply]:
    """The complaint's ticket, whoever has the word: the rep of this chat, or the last one, will not handle it."""
    about = row.rep or session.get_one(Follower, row.follower_id).last_rep
    filed, is_new = file_complaint(
        session, follower_id=row.follower_id, conversation_id=row.id, text=message.text, about_rep=about, now=now
    )
    if not is_new and row.owner is Owner.ACTIVE:
        # A rep listens; the ticket need not interrupt them again.
        return []
    said = "complaint_filed" if is_new else "complaint_known"
    return [content.say(said, ticket=filed.ticket, day=day_text(filed), days=filed.limit_days)]


def _move_in_line(
    session: Transaction,
    row: Conversation,
    decision: Decision,
    content: Content,
    desks: AllRules,
    now: datetime,
) -> list[Reply]:
    """Open, reorder or leave the line, keep the rep's card up to date; what there is to say about it."""
    step = decision.step
    if step.handoff is not None and row.owner is Owner.BOT and decision.turn is not None:
        open_handoff(session, row, step.handoff, make_card(decision.turn, step), now)
        _note_need(session, row, now)
        return [_place(session, row, content, desks, now)]
    if row.owner is Owner.BOT:
        return []
    card = refresh_card(row.card, step.session, row.skill, content, local_day(now))
    if card != row.card:
        row.card = card
        # The lead knows what the card knows: a line that adds nothing there adds nothing here.
        _note_need(session, row, now)
    if decision.is_urgent:
        row.priority = URGENT
    elif step.complains:
        row.priority = max(row.priority, COMPLAINT_PRIORITY)
    if row.owner is Owner.ACTIVE:
        return []
    if decision.stops_waiting:
        return_to_bot(session, row, now)
        return [content.say("left_line")]
    return [_place(session, row, content, desks, now)] if decision.asks_place else []


def _note_need(session: Transaction, row: Conversation, now: datetime) -> None:
    """A customer at the loan desk is a lead, with what he told so far."""
    if row.skill == LOAN_DESK:
        follower = session.get_one(Follower, row.follower_id)
        note_need(session, follower, row.id, row.session.get("slots", {}), now, source=row.source)


def _write_line(
    session: Transaction, row: Conversation, message: InboundMessage, content: Content, now: datetime
) -> Line | None:
    """The customer's line as the rep reads it; a tap is shown by its words, a follow not at all."""
    if message.event is EventName.SUBSCRIBE:
        return None
    text, kind = message.text, message.kind.value
    if message.event is EventName.CLICK:
        text, kind = _menu_name(content, message.event_key), "click"
    elif message.menu_choice is not None:
        kind = "choice"
    detail: dict[str, Any] = {name: value for name, value in message.detail.items() if name != "ticket"}
    if message.menu_choice:
        detail["choice"] = message.menu_choice
    if message.kind is MessageKind.EVENT and message.event is not EventName.CLICK:
        return None
    return add_line(session, row.id, Speaker.CUSTOMER, text, now, kind=kind, detail=detail)


def _menu_name(content: Content, key: str | None) -> str:
    for entry in content.menu:
        lines: Any = entry.get("sub_button") or entry.get("lines") or [entry]
        for line in lines:
            if line.get("key") == key:
                return str(line.get("name"))
    return key or ""


def _place(session: Transaction, row: Conversation, content: Content, desks: AllRules, now: datetime) -> Reply:
    session.flush()
    row.place_told_at = now
    ahead = queries.people_ahead(session, row, desks(), now)
    reps = queries.reps_on_duty(session, row.skill or GENERAL_DESK, now)
    minutes = rules.expected_minutes(ahead, reps)
    if minutes >= LONG_WAIT_MINUTES:
        instead = _call_instead(session, row, content, now, ahead, minutes)
        if instead is not None:
            return instead
    wait = f"{queries.desk_of(desks(), row.skill).offer_s}秒内" if ahead == 0 and reps else f"{minutes}分钟左右"
    return content.say("handoff_place", place=ahead, wait=wait)


def _call_instead(
    session: Transaction, row: Conversation, content: Content, now: datetime, ahead: int, minutes: int
) -> Reply | None:
    """The line is long: a call in the desk's next free half hour is offered as well; None when there is none today."""
    skill = content.skills[row.skill or GENERAL_DESK]
    slot = next(iter(free_slots(session, skill, now, now + CALLS_AHEAD)), None)
    if slot is None:
        return None
    phone = session.get_one(Follower, row.follower_id).phone
    said = content.say(
        "handoff_long",
        place=ahead,
        wait=f"{minutes}分钟左右",
        time=hours.slot_text(slot, now),
        phone=f"尾号{phone[-4:]}" if phone else BANKS_NUMBER,
    )
    line = Choice(f"{CALLBACK}:slot:{int(slot.timestamp())}", "可以，给我回电")
    return replace(said, choices=(line, *said.choices))


def _promise(session: Transaction, row: Conversation, step: Step, content: Content, now: datetime) -> None:
    """A call-back at the time the follower was told, else half an hour after the desk is open next."""
    follower = session.get_one(Follower, row.follower_id)
    follower.phone = step.callback_phone or follower.phone
    promise(
        session,
        follower_id=row.follower_id,
        conversation_id=row.id,
        skill=step.callback_skill,
        reason=step.callback_reason or "客户请回电",
        phone=follower.phone,
        due_at=step.callback_at or _opens(content, step.callback_skill, now) + CALL_BACK_WITHIN,
        now=now,
        desk=content.skills[step.callback_skill],
        slot_at=step.callback_slot,
    )


def _ticket(session: Transaction, row: Conversation, kind: RequestKind, content: Content, now: datetime) -> Reply:
    """Register what the follower asks about his own data; the number to ask by and the day."""
    follower = session.get_one(Follower, row.follower_id)
    # The flow asks only whom the bank has checked; a request of somebody else would hand his data to a stranger.
    is_known = may_hear(IdentityLevel(follower.identity_level), Telling.PERSONAL_DATA)
    assert is_known, "a data request of somebody we do not know"
    request = open_request(session, row.follower_id, kind, now)
    return content.say("privacy_ticket", number=request.number, date=f"{local_day(request.due_at):%-m月%-d日}")


def _opens(content: Content, skill_id: str, now: datetime) -> datetime:
    skill = content.skills[skill_id]
    return now if hours.is_open(now, skill) else hours.next_opening(now, skill)
