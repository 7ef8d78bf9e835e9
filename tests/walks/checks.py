"""What must hold after every move of a walk, and of everything kept when it is over."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select, text

from bot.db import Base, Database
from bot.handoff.model import Owner
from config.settings import ROOT
from tests.secret_talk import Planted
from tests.walks.moves import PUSHES, Kind
from tests.walks.world import BANK_FIGURES, TALKS, Happened, Said, World, passive_content, passive_lines

MOST_BYTES = 2048
MOST_ASKED = 4
LOOKED_BACK = 6
# Shorter ones are looked for only in what people say, and not inside words: digits of hashes and clocks look like them.
SHORTEST_SECRET, LONG_SECRET = 6, 10
ANEW = "【智能客服】"
WITH_PEOPLE = (Owner.QUEUED, Owner.OFFERED, Owner.ACTIVE)
# What bot/dialogue/flows/repeating.py says on purpose again: warnings, rates and steps in full, and its own short forms.
SAID_IN_FULL = ("complaint", "fraud_", "product.", "guide", "loan_held_back", "secret_warning")
SHORT_FORMS = (
    "media_again", "wordless_again", "greet_again", "fallback_still", "opted_out_again", "angry_again", "foreign_again",
    "loan_none_again", "smalltalk_again", "same_answer", "same_question", "late_again", "human", "dedicated_rep", "handoff_place",
)  # fmt: skip
QUESTIONS = ("loan_ask_", "diagnosis.", "calculator_ask_", "howto_ask_", "callback_ask", "points_which")
PROMISES = ("callback_request", "callback_off_hours", "callback_wished", "human_off_hours", "complaint_off_hours")
_BLANK = re.compile(r"\{[a-z_0-9]*\}")
_FIGURE = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?\s*(?:%|‰|[万亿]元?|元|块|厘)")
_WHEN = re.compile(r"<CreateTime>[0-9]+</CreateTime>")
_NO_WORDS = re.compile(r"[\W_]*")


@dataclass
class Watch:
    """What is remembered of one customer between moves."""

    last: Said | None = None
    questions: list[str] = field(default_factory=list)
    introduced_in: set[int] = field(default_factory=set)
    words: list[str] = field(default_factory=list)


class Checker:
    """Says what is wrong with a move."""

    def __init__(self, world: World, followers: int) -> None:
        self._world = world
        self._watched = [Watch() for _ in range(followers)]
        self._approved = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "config").rglob("*.yml")))
        self._rates = _rates(ROOT / "config" / "products.yml")
        self._figures = {*BANK_FIGURES, *_product_figures(ROOT / "config" / "products.yml")}

    def faults(self, now: Happened) -> list[str]:
        """One line for each thing that is wrong."""
        watch = self._watched[now.move.who]
        watch.words.append(now.move.text)
        by_bot = [said for said in now.said if said.sender == "bot" and not said.is_picture]
        found = [*now.errors, *_delivered(now), *_answered(now, by_bot)]
        for said in by_bot:
            found += [*_form(said, now, watch), *self._unknown_figures(said, watch, now.move.who)]
            found += self._broken_promises(said, now.move.who)
            if not _is_tapped(now, watch):
                found += _repeated(said, watch)
            found += _looped(said, watch)
            found += _unintroduced(said, now, watch)
            watch.last = said
        return found

    def _unknown_figures(self, said: Said, watch: Watch, who: int) -> Iterator[str]:
        told = "".join(watch.words)
        for figure in _FIGURE.findall(said.text):
            bare = re.sub(r"\s", "", figure)
            if bare in self._approved or bare in told or bare in self._figures:
                continue
            slots = self._world.slots_of(who)
            if bare.rstrip("元") in {one.rstrip("元") for one in (*_told_sums(slots), *self._sums(slots))}:
                continue
            yield f"figure of unknown origin: {figure}"

    def _broken_promises(self, said: Said, who: int) -> Iterator[str]:
        if any(source.startswith(PROMISES) for source in said.sources) and not self._world.promises_to(who):
            yield "a call promised in words only"

    def _sums(self, slots: Mapping[str, Any]) -> Iterator[str]:
        """What the calculator may say of the sums and terms that were told, worked out here once more."""
        months = slots.get("term")
        if not months or not slots.get("amount"):
            return
        for fen in slots["amount"]:
            for rate in self._rates:
                yield from (_money(one) for one in _costs(Decimal(fen), rate, int(months)))


def _answered(now: Happened, by_bot: Sequence[Said]) -> Iterator[str]:
    """One answer to each push, by one way; a repeat gets the same bytes."""
    if sum(said.is_picture for said in now.said) > len(by_bot):
        yield "a picture behind no answer"
    if len(by_bot) > 1:
        yield f"{len(by_bot)} answers to one move"
    if now.move.kind is Kind.TWICE and now.body != now.again:
        yield "the repeat of a push got another answer"
    if now.move.kind not in PUSHES:
        return
    content = passive_content(now.body)
    if content is not None and len(content.encode()) > MOST_BYTES:
        yield f"a passive answer of {len(content.encode())} bytes"
    if content is not None and by_bot and passive_lines(content) != list(by_bot[0].lines):
        yield "the lines under the answer are not those that were kept"
    is_owed = now.move.kind in TALKS - {Kind.LATE} and now.owner not in WITH_PEOPLE
    if is_owed and not by_bot and not _NO_WORDS.fullmatch(now.move.text):
        yield "no answer"


def _delivered(now: Happened) -> Iterator[str]:
    for said in now.said:
        if said.state not in ("passive", "sent") and now.move.kind is not Kind.UNFOLLOW:
            yield f"delivery {said.state}: {said.reason}"


def _form(said: Said, now: Happened, watch: Watch) -> Iterator[str]:
    blank = _BLANK.search(said.text)
    if blank is not None and not any(blank[0] in words for words in watch.words):
        yield f"an empty place in the text: {blank[0]}"
    if len({key for key, _ in said.lines}) != len(said.lines):
        yield "two lines of one id"
    leads_to_people = any(key == "human:start" for key, _ in said.lines) or "人工" in said.text
    if not leads_to_people and now.owner_after not in WITH_PEOPLE and not _is_rating(said):
        yield "no way to a human"


def _is_rating(said: Said) -> bool:
    return all(source.startswith("rating_") for source in said.sources)


def _is_tapped(now: Happened, watch: Watch) -> bool:
    """True for a tap, and for a line's words typed by hand: who asks for the same again gets the same again."""
    labels = {label for _, label in watch.last.lines} if watch.last else set()
    return now.move.kind in (Kind.TAP, Kind.CLICK, Kind.FOLLOW) or now.move.text.strip() in labels


def _repeated(said: Said, watch: Watch) -> Iterator[str]:
    last = watch.last
    # After half an hour of silence the talk begins anew, and may begin alike.
    if last is None or last.text != said.text or said.text.startswith(ANEW):
        return
    if not any(source.startswith((*SAID_IN_FULL, *SHORT_FORMS)) for source in said.sources):
        yield "the same answer twice in a row"


def _looped(said: Said, watch: Watch) -> Iterator[str]:
    is_question = any(source.startswith(QUESTIONS) for source in said.sources)
    # What is asked stands last, behind what it answers besides.
    asked = said.text.rpartition("\n\n")[2] if is_question else ""
    watch.questions = [*watch.questions, asked][-LOOKED_BACK:]
    question, times = Counter(watch.questions).most_common(1)[0]
    if question and times > MOST_ASKED:
        yield f"asked {times} times: {question}"


def _unintroduced(said: Said, now: Happened, watch: Watch) -> Iterator[str]:
    if now.conversation_id is None or now.conversation_id in watch.introduced_in or _is_rating(said):
        return
    watch.introduced_in.add(now.conversation_id)
    if "智能客服" not in said.text:
        yield "the first answer does not say who speaks"


def leaks(database: Database, redis_content: Sequence[str], log: str, planted: Sequence[Planted]) -> list[str]:
    """Where a planted secret can be found: raw and decrypted columns, Redis, the log."""
    secrets = {form for one in planted for form in (one.typed, one.plain) if len(one.plain) >= SHORTEST_SECRET}
    long = {form for form in secrets if len(form) >= LONG_SECRET}
    short = re.compile("|".join(rf"(?<![0-9a-z]){re.escape(form)}(?![0-9a-z])" for form in sorted(secrets)) or "(?!)")
    found = [f"{secret} in Redis" for secret in long for entry in redis_content if secret in entry]
    found += [f"{secret} in the log" for secret in long if secret in log]
    with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            # Past the columns' types, so that nothing is decrypted.
            raw = "\n".join(str(tuple(row)) for row in session.execute(text(f"SELECT * FROM {table.name}")))
            found += [f"{secret} in {table.name}, raw" for secret in long if secret in raw]
            for row in session.execute(select(table)).mappings():
                for column, value in row.items():
                    said = _WHEN.sub("", str(value)) if _is_spoken(column) else ""
                    found += [f"{hit[0]} in {table.name}.{column}: {said[:300]}" for hit in short.finditer(said)]
    return found


def _is_spoken(column: str) -> bool:
    """True for columns that hold words rather than ids, keys and clocks."""
    return not column.endswith(("_at", "_id", "_hash", "_key", "_until", "_on")) and column not in (
        "id",
        "openid",
        "at",
    )


def _rates(path: Path) -> list[Decimal]:
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))["products"]
    return [Decimal(row["annual_rate_bp"]) / 10_000 for row in rows]


def _product_figures(path: Path) -> Iterator[str]:
    for row in yaml.safe_load(path.read_text(encoding="utf-8"))["products"]:
        yield f"{Decimal(row['annual_rate_bp']) / 100:.2f}%"
        yield _money(Decimal(row["max_amount_yuan"]) * 100)


def _costs(fen: Decimal, rate: Decimal, months: int) -> Iterator[Decimal]:
    """Interest in one sum; the monthly instalment and the interest that makes."""
    yield _whole(fen * rate * months / 12)
    monthly = rate / 12
    instalment = _whole(fen * monthly / (1 - (1 + monthly) ** -months))
    yield instalment
    yield instalment * months - fen


def _told_sums(slots: Mapping[str, Any]) -> Iterator[str]:
    for fen in slots.get("amount") or ():
        yield _money(Decimal(fen))


def _whole(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1), rounding=ROUND_HALF_UP)


def _money(fen: Decimal) -> str:
    yuan = Decimal(fen) / 100
    for unit, name in ((Decimal(10**8), "亿元"), (Decimal(10**4), "万元")):
        if yuan >= unit and (yuan / unit * 100) % 1 == 0:
            return f"{(yuan / unit).normalize():f}{name}"
    return f"{yuan:,.2f}元" if yuan % 1 else f"{yuan:,.0f}元"
