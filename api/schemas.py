"""What the console sends and gets; one model per direction, strict, nothing extra. The OpenAPI document is made from
these.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.staff.model import RepStatus, Role

Text = Annotated[str, Field(min_length=1, max_length=1000)]
Note = Annotated[str, Field(max_length=500)]
Username = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")]
ClientKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


class In(BaseModel):
    """A request body: unknown fields, wrong types and the null character are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_null_character(cls, value: object) -> object:
        # PostgreSQL cannot store it in any text, SQLite can: refused here, it is no surprise there.
        if isinstance(value, str) and "\0" in value:
            raise ValueError("holds a null character")
        return value


class Out(BaseModel):
    """A response body."""

    model_config = ConfigDict(from_attributes=True)


class Problem(Out):
    """application/problem+json with a stable code."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    fields: dict[str, Any] = {}


class SignIn(In):
    """Who signs in."""

    username: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=256)]


class Me(Out):
    """The signed-in person."""

    username: str
    display_name: str
    role: Role
    skills: list[str]
    capacity: int
    status: RepStatus
    branch: str | None


class SessionOut(Out):
    """A session: the token goes into X-CSRF-Token on every write."""

    csrf_token: str
    user: Me


class StatusIn(In):
    """What a rep wants now."""

    status: Annotated[RepStatus, Field(strict=False)]


class RepOut(Out):
    """A colleague, for transfers."""

    username: str
    display_name: str
    skills: list[str]
    status: RepStatus
    load: int
    capacity: int


class RepsPage(Out):
    """All reps."""

    items: list[RepOut]
    skills: list[tuple[str, str]]
