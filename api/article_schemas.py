"""What the page 图文 sends and gets; style and rules as in api/schemas.py."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from api.knowledge_schemas import Id
from api.schemas import In, Out, Username
from bot.articles.model import ArticleKind, ArticleState, DraftState, PreviewOutcome
from bot.articles.rules import MAX_BODY_BYTES, MAX_GOAL, MAX_PICTURE_BYTES, MAX_SOURCE_URL_BYTES
from bot.compliance.rules import Grade

# What is too long for the platform is told in the composer and stops the sealing; these only bound what is kept at all.
MAX_LINE, MAX_DIGEST = 200, 500
# Base64 takes four characters for three bytes.
MAX_PICTURE_CHARS = (MAX_PICTURE_BYTES + 2) // 3 * 4
MAX_ARTICLE_BODY = MAX_BODY_BYTES + 64 * 1024


def _storable(text: str) -> str:
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("holds half a character")
    return text


Storable = Annotated[str, AfterValidator(_storable)]
Line = Annotated[Storable, Field(max_length=MAX_LINE)]


class ArticlesQuery(BaseModel):
    """Which articles: words of the title, the newest version's state, who wrote it, archived ones, templates."""

    text: Annotated[str, Field(max_length=100)] = ""
    state: ArticleState | None = None
    writer: Username | None = None
    is_archived: bool = False
    is_template: bool = False
    cursor: Annotated[str, Field(max_length=300)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 30


class ArticlePath(BaseModel):
    """An article, a version, a picture or a tester."""

    id: Id


class ArticleNumberPath(BaseModel):
    """A version by its number."""

    id: Id
    number: Annotated[int, Field(ge=1, le=100_000)]


class ArticleBeginIn(In):
    """A new article: empty, or from a template that came with the release."""

    template: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,63}$")] | None = None


class ArticleWordsIn(In):
    """All that is written of a version. Crops are "X1_Y1_X2_Y2" as shares of the cover; "": the platform chooses."""

    title: Line
    author: Line
    digest: Annotated[Storable, Field(max_length=MAX_DIGEST)]
    body: Annotated[Storable, Field(max_length=MAX_BODY_BYTES)]
    kind: Annotated[ArticleKind, Field(strict=False)]
    cover_id: Id | None = None
    crop_235_1: Annotated[str, Field(max_length=60)] = ""
    crop_1_1: Annotated[str, Field(max_length=60)] = ""
    source_url: Annotated[Storable, Field(max_length=2 * MAX_SOURCE_URL_BYTES)] = ""
    goal: Annotated[Storable, Field(max_length=MAX_GOAL)] = ""


class ArticleSaveIn(ArticleWordsIn):
    """Words over a revision: 0 when no version was open."""

    revision: Annotated[int, Field(ge=0, le=2**31)]


class ArticleRevisionIn(In):
    """The revision that was looked at: 0 when no version was open."""

    revision: Annotated[int, Field(ge=0, le=2**31)]


class ArticleRestoreIn(ArticleRevisionIn):
    """The number of the version to go on from."""

    number: Annotated[int, Field(ge=1, le=100_000)]


class ArticleArchiveIn(In):
    """Put away, or take out again."""

    is_archived: bool


class ArticlePictureIn(In):
    """A picture in base64."""

    content: Annotated[str, Field(min_length=1, max_length=MAX_PICTURE_CHARS)]


class ArticlePictureOut(Out):
    """A kept picture and where the page shows it."""

    id: int
    url: str


class ArticleTesterIn(In):
    """A follower who sees articles before others do."""

    openid: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{4,64}$")]
    label: Annotated[str, Field(min_length=1, max_length=20)]


class ArticlePreviewIn(In):
    """Whom to show a version."""

    testers: Annotated[list[Id], Field(min_length=1, max_length=20)]


class ArticleFlawOut(Out):
    """Why it may not be sent: where, the reason's code or the rule's id, the words."""

    place: str
    reason: str
    words: str


class ArticleMarkOut(Out):
    """One objection of the wording rules. `quote` is the `nth` (from 0) of its kind in title, digest or the body's
    text; `start` and `end` say where: in the body, in its HTML. `product` is set for words of a product's block.
    """

    rule: str
    grade: Grade
    place: str
    quote: str
    nth: int
    start: int
    end: int
    why: str
    instead: str
    missing: list[str]
    product: str | None


class ArticleCountOut(Out):
    """How much of a limit of the platform is used; `unit` is chars or bytes."""

    place: str
    used: int
    most: int
    unit: str
    is_over: bool


class ArticleCheckOut(Out):
    """What would be sent, and all that stands against it. `rules` names the wording rules it was held against."""

    body: str
    rendered: str
    counts: list[ArticleCountOut]
    marks: list[ArticleMarkOut]
    flaws: list[ArticleFlawOut]
    products: dict[str, int]
    rules: str


class ArticleDraftOut(Out):
    """The draft in the platform's box. `drift` is what somebody changed there, by the newest look."""

    state: DraftState
    kept_at: datetime | None
    looked_at: datetime | None
    drift: list["ArticleDriftOut"]


class ArticleDriftOut(Out):
    """One difference: in title, author, digest, source_url, cover, body or only the look."""

    place: str
    ours: str
    theirs: str


class ArticleVersionRow(Out):
    """One version of the history."""

    id: int
    number: int
    state: ArticleState
    title: str
    kind: ArticleKind
    revision: int
    writer: str
    writer_name: str
    written_at: datetime
    sealed_by: str | None
    sealed_by_name: str | None
    sealed_at: datetime | None
    copied_from: int | None
    content_hash: str
    flaws: list[ArticleFlawOut]


class ArticleVersionOut(ArticleVersionRow):
    """One version with its words; `text` is the body as lines, for comparing."""

    author: str
    digest: str
    body: str
    rendered: str
    text: str
    cover_id: int | None
    crop_235_1: str
    crop_1_1: str
    source_url: str
    goal: str
    products: dict[str, int]
    rules: str
    draft: ArticleDraftOut | None


class ArticleOut(Out):
    """One article: its newest version with all words, and the history, newest first."""

    id: int
    is_template: bool
    is_archived: bool
    copied_from: int | None
    created_by_name: str
    created_at: datetime
    newest: ArticleVersionOut
    versions: list[ArticleVersionRow]


class ArticleRow(Out):
    """One article of the list, as its newest version has it. `flaws` counts what stands against sending it."""

    id: int
    number: int
    state: ArticleState
    kind: ArticleKind
    title: str
    digest: str
    cover_id: int | None
    writer: str
    writer_name: str
    changed_at: datetime
    flaws: int


class ArticlesPage(Out):
    """One page; `next` is where the following one begins, or null."""

    items: list[ArticleRow]
    next: str | None
    total: int


class ArticleTemplateOut(Out):
    """A template: `key` for one of the release, `id` for one somebody saved."""

    key: str | None
    id: int | None
    name: str
    hint: str
    kind: ArticleKind


class ArticleProductOut(Out):
    """A product an article may show, and its block as it looks now."""

    id: str
    name: str
    kind: str
    rate: str
    version: int
    html: str


class ArticlePersonOut(Out):
    """Who writes articles."""

    username: str
    name: str


class ArticleDesk(Out):
    """What the composer offers: templates, products, writers."""

    templates: list[ArticleTemplateOut]
    products: list[ArticleProductOut]
    writers: list[ArticlePersonOut]


class ArticleTesterOut(Out):
    """A tester; of his openid only the ends are shown."""

    id: int
    label: str
    openid: str


class ArticleTesters(Out):
    """All testers, and how many previews the platform allows today."""

    items: list[ArticleTesterOut]
    remain: int
    a_day: int


class ArticlePreviewResult(Out):
    """What became of a preview."""

    tester: int
    outcome: PreviewOutcome


class ArticlePreviewsOut(Out):
    """What became of each, and how many are left today."""

    items: list[ArticlePreviewResult]
    remain: int
