"""Suggestions and guides → what the console shows."""

from api.suggestions_schemas import FaultOut, FitOut, GuideOut, GuidesOut, GuideStepOut, LookedUpOut, ProductFiguresOut
from bot.bootstrap import Bot
from bot.customers.model import Follower
from bot.dialogue.session import Session
from bot.handoff.model import Conversation
from bot.knowledge.content import Content, Guide, Product
from bot.knowledge.rates import amount_text, rate_text, term_text
from bot.suggesting.looking_up import GuideAt, Looked, unfit_for
from bot.suggesting.rules import Risk


def chat_content(bot: Bot, conversation_id: int) -> tuple[Content, Session]:
    """The content for this chat's customer, and where the talk with him stands."""
    with bot.database.reading() as session:
        row = session.get_one(Conversation, conversation_id)
        follower = session.get_one(Follower, row.follower_id)
    return bot.live.for_branch(bot.clock.now(), follower.branch), Session.from_json(row.session)


def looked_up(found: Looked, risk: Risk | None) -> LookedUpOut:
    """One approved text."""
    product, entry, verdict = found.product, found.entry, found.verdict
    dated = product or entry
    return LookedUpOut(
        kind=found.kind,
        key=found.key,
        version=found.version,
        title=found.title,
        text=found.text,
        is_ready=found.is_ready,
        card=found.card,
        origin=entry.source if entry else None,
        until=dated.effective_until if dated else None,
        regions=list(dated.regions) if dated else [],
        figures=_figures(product) if product else None,
        fit=FitOut(verdict=verdict.verdict.value, reason=verdict.reason) if verdict else None,
        withheld=risk if unfit_for(found, risk) else None,
    )


def guides(content: Content, at: GuideAt | None) -> GuidesOut:
    """The guide in hand with all its steps, and the others by id and title."""
    current = _guide(content, at.guide, at) if at else None
    others = [(one.id, one.title) for one in content.guides.values() if at is None or one.id != at.guide.id]
    return GuidesOut(current=current, others=others)


def _figures(product: Product) -> ProductFiguresOut:
    return ProductFiguresOut(
        rate=rate_text(product.annual_rate_bp),
        amount=amount_text(product.max_amount_fen),
        term=term_text(product.max_term_months),
        is_sample=product.is_sample,
    )


def _guide(content: Content, guide: Guide, at: GuideAt) -> GuideOut:
    steps = [
        GuideStepOut(
            number=number,
            text=content.fill(step.text),
            stuck=content.fill(step.stuck),
            faults=[FaultOut(words=list(one.words), answer=content.fill(one.answer)) for one in step.faults],
            has_picture=step.picture is not None,
        )
        for number, step in enumerate(guide.steps, 1)
    ]
    return GuideOut(
        id=guide.id, version=guide.version, title=guide.title, at=at.number, is_stuck=at.is_stuck, steps=steps
    )
