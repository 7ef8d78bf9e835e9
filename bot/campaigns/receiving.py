"""What the platform reports about jobs, taken in the transaction of the push: receipts of mass sends finish chunks, the
others are only noted.
"""

from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.campaigns import outcomes
from bot.campaigns.acting import tell
from bot.campaigns.chunks import Chunk, MassReceipt
from bot.campaigns.model import Campaign
from bot.messages import EventName, InboundMessage
from bot.receipts import mass_receipt

log = structlog.get_logger()


def take_receipt(session: Session, message: InboundMessage, now: datetime) -> None:
    """Keep MASSSENDJOBFINISH, and finish the chunk it is about. A repeat changes nothing; one whose job nobody knows
    yet waits for it.
    """
    log.info("receipt_noted", receipt=message.event, job_id=message.detail.get("job_id"))
    if message.event is not EventName.MASS_DONE:
        return
    told = mass_receipt(message)
    receipt = session.get(MassReceipt, told.job_id)
    if receipt is None:
        receipt = MassReceipt(
            job_id=told.job_id,
            status=told.status,
            total=told.total,
            filtered=told.let_through,
            sent=told.sent,
            errors=told.failed,
            detail={"urls": list(told.urls), "copyright_state": told.copyright_state},
            at=now,
        )
        session.add(receipt)
        session.flush()
    found = session.execute(select(Chunk.id, Chunk.campaign_id).where(Chunk.job_id == told.job_id)).first()
    if found is None:
        return
    campaign = session.get_one(Campaign, found.campaign_id, with_for_update=True)
    chunk = session.get_one(Chunk, found.id, with_for_update=True)
    outcomes.finish(session, campaign, chunk, receipt, now)
    tell(session, campaign, now, "receipt")
