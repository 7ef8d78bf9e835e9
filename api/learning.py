"""待学习: what the model did not understand, what it should learn from it, and the second person's word on that."""

from typing import Any

from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy.orm import Session

from api import learning_views
from api.auth import DESK_ROLES, LEARNING_ROLES, caller, open_to, the_bot
from api.handoff_schemas import ReadingOut
from api.learning_schemas import (
    ActOut,
    ActsPage,
    AnsweredIn,
    CorrectIn,
    DecideIn,
    FiguresPage,
    GroupsPage,
    IntentOut,
    IntentsPage,
    LearningPath,
    LessonOut,
    LessonsPage,
    LessonsQuery,
    ModelFiguresOut,
    ProposeAgainIn,
    SendBackIn,
)
from api.reading import me
from api.schemas import Problem
from bot.compliance.secrets import mask_personal
from bot.errors import InvalidInput, NotFound
from bot.handoff.scope import get_readable
from bot.learning import queries
from bot.learning.model import Lesson, Parse
from bot.learning.service import Utterance

READ_ERRORS: Any = {401: Problem, 403: Problem, 422: Problem}
ERRORS: Any = {**READ_ERRORS, 404: Problem, 409: Problem}
learning = APIBlueprint("learning", __name__, url_prefix="/api/learning", abp_tags=[Tag(name="learning")])


@learning.get("/figures", responses={200: FiguresPage, **READ_ERRORS})
@open_to(LEARNING_ROLES)
def show_figures() -> dict[str, Any]:
    """How well each version of the model did, in the last 7 and 30 days."""
    bot = the_bot()
    with bot.database.reading() as session:
        found = [ModelFiguresOut.model_validate(one) for one in queries.figures(session, bot.clock.now())]
        page = FiguresPage(items=found, lessons=queries.lesson_counts(session))
    return page.model_dump(mode="json")


@learning.get("/groups", responses={200: GroupsPage, **READ_ERRORS})
@open_to(LEARNING_ROLES)
def list_groups() -> dict[str, Any]:
    """Misread texts of the last 30 days that nobody has decided about, grouped by likeness."""
    bot = the_bot()
    with bot.database.reading() as session:
        found = queries.misread_groups(session, bot.content.floor, bot.clock.now())
    items = [learning_views.group(bot.content.intent_labels, one) for one in found.items]
    return GroupsPage(items=items, is_cut=found.is_cut).model_dump(mode="json")


@learning.get("/intents", responses={200: IntentsPage, **READ_ERRORS})
@open_to(DESK_ROLES | LEARNING_ROLES)
def list_intents() -> dict[str, Any]:
    """All intents with their Chinese labels."""
    labels = the_bot().content.intent_labels
    return IntentsPage(items=[IntentOut(intent=name, label=label) for name, label in labels.items()]).model_dump()


@learning.get("/lessons", responses={200: LessonsPage, **READ_ERRORS})
@open_to(LEARNING_ROLES)
def list_lessons(query: LessonsQuery) -> dict[str, Any]:
    """Lessons in one state, newest first."""
    bot = the_bot()
    with bot.database.reading() as session:
        found = queries.lesson_page(session, query.state, before=query.before, limit=query.limit)
        shown = found[: query.limit]
        items = learning_views.lessons(bot.content.intent_labels, session, shown)
    last = shown[-1][0].id if len(found) > query.limit else None
    return LessonsPage(items=items, next=last).model_dump(mode="json")


@learning.post("/lessons", responses={201: LessonsPage, **ERRORS})
@open_to(LEARNING_ROLES)
def decide(body: DecideIn) -> tuple[dict[str, Any], int]:
    """Decide what texts teach; an intent needs a second person's approval."""
    bot = the_bot()
    utterances = [Utterance(one.parse_id, one.text) for one in body.utterances]
    if body.decision == "teach":
        if body.intent is None:
            raise InvalidInput(places=["intent"])
        made = bot.learning.propose(caller().username, body.intent, utterances)
    elif body.decision == "answer":
        made = bot.learning.want_answer(caller().username, utterances)
    else:
        made = bot.learning.ignore(caller().username, utterances)
    return LessonsPage(items=_shown(made), next=None).model_dump(mode="json"), 201


@learning.get("/lessons/<int:id>/acts", responses={200: ActsPage, **ERRORS})
@open_to(LEARNING_ROLES)
def list_acts(path: LearningPath) -> dict[str, Any]:
    """Who did what to a lesson."""
    with the_bot().database.reading() as session:
        if session.get(Lesson, path.id) is None:
            raise NotFound(lesson_id=path.id)
        items = [ActOut.model_validate(act) for act in queries.acts_of(session, path.id)]
    return ActsPage(items=items).model_dump(mode="json")


@learning.post("/lessons/<int:id>/propose", responses={200: LessonOut, **ERRORS})
@open_to(LEARNING_ROLES)
def propose_again(path: LearningPath, body: ProposeAgainIn) -> dict[str, Any]:
    """Propose a lesson again that was sent back."""
    return _one(the_bot().learning.propose_again(path.id, caller().username, body.intent, body.text))


@learning.post("/lessons/<int:id>/approve", responses={200: LessonOut, **ERRORS})
@open_to(LEARNING_ROLES)
def approve(path: LearningPath) -> dict[str, Any]:
    """The second person's yes; 403 for the one who proposed."""
    return _one(the_bot().learning.approve(path.id, caller().username))


@learning.post("/lessons/<int:id>/send-back", responses={200: LessonOut, **ERRORS})
@open_to(LEARNING_ROLES)
def send_back(path: LearningPath, body: SendBackIn) -> dict[str, Any]:
    """The second person's no, with the reason; 403 for the one who proposed."""
    return _one(the_bot().learning.send_back(path.id, caller().username, mask_personal(body.reason)))


@learning.post("/lessons/<int:id>/withdraw", responses={200: LessonOut, **ERRORS})
@open_to(LEARNING_ROLES)
def withdraw(path: LearningPath) -> dict[str, Any]:
    """Put a text back into the list."""
    return _one(the_bot().learning.withdraw(path.id, caller().username))


@learning.post("/lessons/<int:id>/answered", responses={200: LessonOut, **ERRORS})
@open_to(LEARNING_ROLES)
def finish_answer(path: LearningPath, body: AnsweredIn) -> dict[str, Any]:
    """Say what became of a wanted answer."""
    return _one(the_bot().learning.answer(path.id, caller().username, mask_personal(body.result)))


@learning.post("/parses/<int:id>/correct", responses={200: ReadingOut, **ERRORS})
@open_to(DESK_ROLES)
def correct(path: LearningPath, body: CorrectIn) -> dict[str, Any]:
    """A rep says what a customer's line really asked for."""
    bot = the_bot()
    with bot.database.reading() as session:
        _check_readable(session, path.id)
    parse = bot.learning.correct(path.id, caller().username, body.intent)
    return learning_views.reading(bot.content.labels, parse).model_dump(mode="json")


def _check_readable(session: Session, parse_id: int) -> None:
    """As with chats: what one may not read is not one's to judge. Raises NotFound."""
    parse = session.get(Parse, parse_id)
    if parse is None:
        raise NotFound(parse_id=parse_id)
    get_readable(session, parse.conversation_id, me(session))


def _one(lesson: Lesson) -> dict[str, Any]:
    return _shown([lesson])[0].model_dump(mode="json")


def _shown(made: list[Lesson]) -> list[LessonOut]:
    bot = the_bot()
    with bot.database.reading() as session:
        rows = [(row, session.get(Parse, row.parse_id) if row.parse_id else None) for row in made]
        return learning_views.lessons(bot.content.intent_labels, session, rows)
