"""Whom to ask about whom: one look at lines, reps and rules, from which routing.py makes offers one by one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.desks.model import DeskRules
from bot.desks.queries import deputies, rules_in_force
from bot.handoff import rules
from bot.handoff.queries import candidates, desk_of, line
from bot.handoff.rules import Candidate, Waiting, choose_rep, may_be_asked


@dataclass(frozen=True)
class Planned:
    """One offer worth making; it holds while the chat has this version and the rep is as he was."""

    chat: Waiting
    rep: str
    expires_at: datetime


def plan_offers(
    session: Session, defaults: Mapping[str, DeskRules], silences: Mapping[str, float], now: datetime
) -> list[Planned]:
    """An offer for every waiting chat somebody can be asked about, at most one a rep."""
    reps = {rep.username: rep for rep in candidates(session, silences, now)}
    free = _free_skills(reps)
    if not free:
        return []
    desks, stand_ins = rules_in_force(session, defaults), deputies(session, now)
    planned = []
    for chat in line(session, desks, now):
        desk = desk_of(desks, chat.skill)
        if chat.skill not in free and desk.overflow_to not in free:
            continue
        chosen = choose_rep(chat, reps, desk, stand_ins, now)
        if chosen is None:
            continue
        planned.append(Planned(chat, chosen.username, now + timedelta(seconds=desk.offer_s)))
        reps[chosen.username] = replace(chosen, has_offer=True)
        free = _free_skills(reps)
        if not free:
            break
    return planned


def stuck(
    session: Session, defaults: Mapping[str, DeskRules], silences: Mapping[str, float], now: datetime
) -> list[int]:
    """Chats that have waited long while somebody of their own desk could be asked: no rule explains it."""
    desks = rules_in_force(session, defaults)
    reps = candidates(session, silences, now)
    return [
        chat.id
        for chat in line(session, desks, now)
        if now - chat.queued_at > rules.STUCK_AFTER
        and chat.may_ask_again
        and any(_could_take(rep, chat, desk_of(desks, chat.skill)) for rep in reps)
    ]


def _could_take(rep: Candidate, chat: Waiting, desk: DeskRules) -> bool:
    return rep.username != chat.barred and may_be_asked(rep, chat.skill, desk.weight)


def _free_skills(reps: Mapping[str, Candidate]) -> set[str]:
    """Desks somebody could be asked for now."""
    return {skill for rep in reps.values() for skill in rep.skills if may_be_asked(rep, skill)}
