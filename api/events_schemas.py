"""What the stream of events sends and gets, and who looks at a chat."""

from typing import Annotated

from pydantic import BaseModel, Field

from api.schemas import In, Out


class EventsQuery(BaseModel):
    """Where to go on; the Last-Event-ID header wins."""

    after: Annotated[int | None, Field(ge=0, le=2**53)] = None


class ViewingIn(In):
    """Which conversation a colleague has open now, None for nothing, and whether he is writing in it."""

    handoff_id: int | None = Field(ge=1, le=2**53)
    is_typing: bool = False


class ViewerOut(Out):
    """A colleague who has the conversation open."""

    rep: str
    name: str
    is_typing: bool


class HeardQuery(BaseModel):
    """A stretch of events: after one id, up to another."""

    after: Annotated[int, Field(ge=0, le=2**53)]
    until: Annotated[int, Field(ge=0, le=2**53)]


class HeardOut(Out):
    """The events of the stretch that concern one, as the rows tell; `is_whole` is False when some are no longer kept
    or they are too many to be looked through.
    """

    ids: list[int]
    is_whole: bool
    newest: int


class ViewersOut(Out):
    """Who has it open, by name."""

    viewers: list[ViewerOut]
