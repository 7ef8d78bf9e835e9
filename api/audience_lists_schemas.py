"""What the import of lists sends and gets; style and rules as in api/schemas.py."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.audience_schemas import Day, FieldChoiceOut, Name
from api.knowledge_schemas import Id
from api.schemas import In, Out
from bot.audience.columns import MAX_COLUMNS
from bot.audience.files import MAX_BYTES
from bot.audience.lists import PART_BYTES
from bot.audience.model import LegalBasis, ListState, RowVerdict

# Base64 takes four characters for three bytes.
MAX_PART_CHARS = (PART_BYTES + 2) // 3 * 4
MAX_PARTS = -(-MAX_BYTES // PART_BYTES)


class ListQuery(BaseModel):
    """Lists older than this one; 0 from the newest on."""

    after: Annotated[int, Field(ge=0, le=2**53)] = 0
    limit: Annotated[int, Field(ge=1, le=100)] = 30


class ListPath(BaseModel):
    """A list."""

    id: Id


class PartPath(BaseModel):
    """A piece of its file, from 0."""

    id: Id
    number: Annotated[int, Field(ge=0, lt=MAX_PARTS)]


class ListRowQuery(BaseModel):
    """Which rows."""

    verdict: RowVerdict | None = None
    cursor: Annotated[str, Field(max_length=200)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class VerdictsQuery(BaseModel):
    """As which kind of file."""

    kind: Literal["csv", "xlsx"] = "xlsx"


class ListIn(In):
    """What is said before the first byte. A person of a branch names his own branch."""

    name: Name
    purpose: Annotated[str, Field(min_length=2, max_length=200)]
    basis: Annotated[LegalBasis, Field(strict=False)]
    branch: Annotated[str, Field(min_length=1, max_length=60)]
    expires_on: Day
    file_name: Annotated[str, Field(min_length=1, max_length=200)]
    size: Annotated[int, Field(ge=1, le=MAX_BYTES)]


class PartIn(In):
    """A piece in base64."""

    content: Annotated[str, Field(min_length=1, max_length=MAX_PART_CHARS)]


class ColumnsIn(In):
    """What each column is, "" for one that is not read, and of which day the data are."""

    mapping: Annotated[list[Annotated[str, Field(max_length=40)]], Field(min_length=1, max_length=MAX_COLUMNS)]
    data_as_of: Day


class ColumnTargetsOut(Out):
    """What a column may be, and whose a list may be."""

    identities: list[FieldChoiceOut]
    traits: list[FieldChoiceOut]
    branches: list[str]
    part_bytes: int
    max_bytes: int


class LookedAtOut(Out):
    """The file's header and first rows, masked, and what each column is taken for."""

    header: list[str]
    rows: list[list[str]]
    mapping: list[str]


class ListOut(Out):
    """A list and how far it has come; `counts` are rows by verdict, `eta_s` what is left of the check."""

    id: int
    name: str
    purpose: str
    basis: LegalBasis
    branch: str
    expires_on: date
    has_expired: bool
    file_name: str
    size: int
    state: ListState
    problem: str | None
    rows_total: int | None
    rows_done: int
    eta_s: int | None
    counts: dict[str, int]
    flawed_values: int
    created_by: str
    created_at: datetime
    committed_by: str | None
    committed_at: datetime | None
    ended_at: datetime | None


class ListDetailsOut(ListOut):
    """A list with a look into its file."""

    look: LookedAtOut | None


class ListPage(Out):
    """One page; `next` goes into `after`."""

    items: list[ListOut]
    next: int | None


class ListRowOut(Out):
    """A row's verdict; `note` says what was not understood in it."""

    row: int
    verdict: RowVerdict
    who: str
    note: str | None


class ListRowPage(Out):
    """One page in the file's order."""

    items: list[ListRowOut]
    next: str | None
