"""Loads the content files of this folder into the frozen values of bot/knowledge/content.py, once, at start.

Called by bot/bootstrap.py and by tests. A file that does not fit stops the start with a ConfigError naming
file and key.
"""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from bot.dialogue.flows import FLOWS
from bot.knowledge import content as made
from bot.knowledge.branches import Branch
from config.content_files import (
    FILES,
    BankFile,
    BranchesFile,
    CannedFile,
    ChoiceRow,
    DiagnosisFile,
    DiagnosisRow,
    FaqFile,
    GuidesFile,
    IntentsFile,
    MenuFile,
    ProductsFile,
    RepliesFile,
    ReplyRow,
    SkillsFile,
)
from config.errors import ConfigError
from config.reading import read_yaml
from config.rows import PAGES, entry_of, find_unknown_blank, guide_of, guide_texts, product_of, product_texts, text_of

FOLDER = Path(__file__).resolve().parent
# Drawn by deploy/local/guide_pictures.py; a step names one without its ending.
PICTURES = FOLDER / "pictures"
REPLIES = "replies"
MAX_CHOICES = 4
MOST_QUESTIONS = 4
MENU_NAME_BYTES = 16
MENU_LINE_BYTES = 60


def load_content(folder: Path = FOLDER) -> made.Content:
    """All approved content of a folder. Raises ConfigError."""
    bank: BankFile = _read(folder, "bank.yml")
    replies = _read_replies(folder)
    intents: IntentsFile = _read(folder, "intents.yml")
    skills: SkillsFile = _read(folder, "skills.yml")
    products: ProductsFile = _read(folder, "products.yml")
    guides: GuidesFile = _read(folder, "guides.yml")
    diagnosis: DiagnosisFile = _read(folder, "diagnosis.yml")
    canned: CannedFile = _read(folder, "canned.yml")
    menu: MenuFile = _read(folder, "menu.yml")
    branches: BranchesFile = _read(folder, "branches.yml")
    faq: FaqFile = _read(folder, "faq.yml")
    _check_intents(intents, replies, skills)
    _check_context(intents)
    _check_replies(replies, intents)
    _check_products(products, guides, intents)
    _check_trees(diagnosis)
    _check_menu(menu, intents)
    _check_unique("canned.yml", "canned", (row.id for row in canned.canned))
    _check_bank(bank)
    _check_unique("branches.yml", "branches", (row.id for row in branches.branches))
    _check_faq(faq, intents)
    content = made.Content(
        replies={name: text_of(name, row) for name, row in replies.items()},
        products=tuple(product_of(row) for row in products.products),
        guides={name: guide_of(name, row) for name, row in guides.guides.items()},
        diagnoses=_diagnoses(diagnosis),
        skills={
            name: made.Skill(name, row.name, _minute(row.opens), _minute(row.closes), row.every_day, row.calls)
            for name, row in skills.skills.items()
        },
        canned=tuple(made.Canned(row.id, row.title, row.text, tuple(row.keywords)) for row in canned.canned),
        menu=_menu(menu),
        menu_keys={line.key: line.means for entry in menu.menu for line in entry.lines},
        intent_labels={name: row.label for name, row in intents.intents.items()},
        intent_flows={name: row.flow for name, row in intents.intents.items()},
        keywords=tuple((name, tuple(row.keywords)) for name, row in intents.intents.items() if row.keywords),
        intent_skills={name: row.skill for name, row in intents.intents.items()},
        topics=dict(intents.topics),
        industries=tuple(made.Industry(code, row.name, tuple(row.words)) for code, row in intents.industries.items()),
        purposes={name: tuple(words) for name, words in intents.purposes.items()},
        floor=intents.floor,
        ambiguity=intents.ambiguity,
        settings=dict(bank.settings),
        abouts={name: row.about or row.label for name, row in intents.intents.items()},
        context=_context(intents),
        branches=tuple(Branch(**row.model_dump()) for row in branches.branches),
        are_branches_samples=branches.is_sample,
        tells_balance=bank.disclosure.balance,
        pictures=frozenset(path.stem for path in PICTURES.glob("*.png")),
        entries=tuple(entry_of(row, faq.approved_by, faq.effective_from, faq.effective_until) for row in faq.entries),
        product_names={row.id: row.name for row in products.products},
    )
    _check_blanks(content)
    _check_pictures(content)
    return content


def read_picture(name: str) -> bytes:
    """The file of a picture, PNG. Raises OSError."""
    return (PICTURES / f"{name}.png").read_bytes()


def _read_replies(folder: Path) -> dict[str, ReplyRow]:
    """All files of replies/ as one. Raises ConfigError, also for an id that stands in two of them."""
    replies: dict[str, ReplyRow] = {}
    for path in sorted((folder / REPLIES).glob("*.yml")):
        file: RepliesFile = _read(folder, f"{REPLIES}/{path.name}")
        for name in file.replies.keys() & replies.keys():
            raise ConfigError(f"{REPLIES}/{path.name}", f"replies.{name}", "stands in another file as well")
        for name, row in file.replies.items():
            row.stands_in(f"{REPLIES}/{path.name}")
            replies[name] = row
    return replies


def _read(folder: Path, file: str) -> Any:
    shape = RepliesFile if file.startswith(f"{REPLIES}/") else FILES[file]
    try:
        rows = read_yaml(folder / file)
    except FileNotFoundError as error:
        raise ConfigError(file, "file", "is missing") from error
    except yaml.YAMLError as error:
        raise ConfigError(file, "file", f"is not YAML: {error}") from error
    try:
        return shape.model_validate(rows)
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(file, ".".join(str(part) for part in first["loc"]) or "file", first["msg"]) from error


def _check_bank(bank: BankFile) -> None:
    if not bank.settings.get("upload_page", "").startswith("https://"):
        raise ConfigError("bank.yml", "settings.upload_page", "must be the bank's own https page")


def _check_intents(intents: IntentsFile, replies: Mapping[str, ReplyRow], skills: SkillsFile) -> None:
    for name, row in intents.intents.items():
        key = f"intents.{name}"
        if row.flow not in FLOWS:
            raise ConfigError("intents.yml", f"{key}.flow", f"there is no flow {row.flow!r}")
        if row.flow != "faq" and name not in FLOWS[row.flow].intents:
            raise ConfigError("intents.yml", f"{key}.flow", f"flow {row.flow!r} does not serve this intent")
        if row.skill not in skills.skills:
            raise ConfigError("intents.yml", f"{key}.skill", f"there is no desk {row.skill!r} in skills.yml")
        if name not in replies:
            raise ConfigError(f"{REPLIES}/", f"replies.{name}", "every intent needs an approved answer of its name")
    for name in intents.topics:
        if name not in FLOWS:
            raise ConfigError("intents.yml", f"topics.{name}", f"there is no flow {name!r}")


def _check_context(intents: IntentsFile) -> None:
    context, known = intents.context, intents.intents.keys()
    placed: set[str] = set()
    for name, row in context.families.items():
        key = f"context.families.{name}"
        for intent in row.intents:
            _check_intent(key, intent, known)
            if intent in placed:
                raise ConfigError("intents.yml", key, f"{intent!r} has a family already")
            placed.add(intent)
        for kind, target in row.reads.items():
            if kind not in context.fragments:
                raise ConfigError("intents.yml", f"{key}.reads", f"there is no fragment {kind!r}")
            _check_intent(f"{key}.reads.{kind}", target, known | {made.STAY})
    for intent in (intent for one in context.one_matter for intent in one):
        _check_intent("context.one_matter", intent, known)


def _check_intent(key: str, intent: str, known: Collection[str]) -> None:
    if intent not in known:
        raise ConfigError("intents.yml", key, f"there is no intent {intent!r}")


def _check_replies(replies: Mapping[str, ReplyRow], intents: IntentsFile) -> None:
    for name, row in replies.items():
        if len(row.choices) > MAX_CHOICES:
            raise ConfigError(row.place, f"replies.{name}.choices", f"more than {MAX_CHOICES} lines")
        for line in row.choices:
            _check_choice(row.place, f"replies.{name}.choices", line.id, intents)
            _check_page(row.place, f"replies.{name}.choices", line)


def _check_choice(file: str, key: str, choice_id: str, intents: IntentsFile) -> None:
    flow, _, rest = choice_id.partition(":")
    if flow == "ask" and rest not in intents.intents:
        raise ConfigError(file, key, f"{choice_id!r} asks an unknown intent")
    if flow != "ask" and (flow not in FLOWS or not rest):
        raise ConfigError(file, key, f"{choice_id!r} leads to no flow")


def _check_page(file: str, key: str, line: ChoiceRow) -> None:
    if line.url is not None and line.url not in PAGES:
        raise ConfigError(file, key, f"{line.url!r} is no page of the deployment")


def _check_products(products: ProductsFile, guides: GuidesFile, intents: IntentsFile) -> None:
    _check_unique("products.yml", "products", (row.id for row in products.products))
    for row in products.products:
        key = f"products.{row.id}"
        if row.guide is not None and row.guide not in guides.guides:
            raise ConfigError("products.yml", f"{key}.guide", f"there is no guide {row.guide!r}")
        if row.effective_until is not None and row.effective_until < row.effective_from:
            raise ConfigError("products.yml", f"{key}.effective_until", "lies before effective_from")
        for code in row.industries:
            if code not in intents.industries:
                raise ConfigError("products.yml", f"{key}.industries", f"there is no industry {code!r}")


def _check_faq(file: FaqFile, intents: IntentsFile) -> None:
    _check_unique("faq.yml", "entries", (f"{row.kind}.{row.key}" for row in file.entries))
    questions = (question for row in file.entries for question in row.questions)
    _check_unique("faq.yml", "questions", questions)
    for row in file.entries:
        key = f"entries.{row.key}"
        first, last = row.effective_from or file.effective_from, row.effective_until or file.effective_until
        if last is not None and last < first:
            raise ConfigError("faq.yml", f"{key}.effective_until", "lies before effective_from")
        if len(row.choices) > MAX_CHOICES:
            raise ConfigError("faq.yml", f"{key}.choices", f"more than {MAX_CHOICES} lines")
        for line in row.choices:
            _check_choice("faq.yml", f"{key}.choices", line.id, intents)
            _check_page("faq.yml", f"{key}.choices", line)


def _check_pictures(content: made.Content) -> None:
    for name, guide in content.guides.items():
        for at, step in enumerate(guide.steps):
            if step.picture is not None and step.picture not in content.pictures:
                raise ConfigError("guides.yml", f"guides.{name}.steps.{at}.picture", "is not in config/pictures")


def _check_trees(diagnosis: DiagnosisFile) -> None:
    for name, row in diagnosis.diagnoses.items():
        key = f"diagnoses.{name}"
        if row.first not in row.questions:
            raise ConfigError("diagnosis.yml", f"{key}.first", f"there is no question {row.first!r}")
        reached = _check_branch(key, row, row.first, ())
        lost = next((node for node in row.questions if node not in reached), None)
        if lost is not None:
            raise ConfigError("diagnosis.yml", f"{key}.questions.{lost}", "no answer leads to it")
        dumb = next((node for node, leaf in row.symptoms.items() if node not in reached and not leaf.words), None)
        if dumb is not None:
            raise ConfigError("diagnosis.yml", f"{key}.symptoms.{dumb}", "neither an answer nor a word leads to it")


def _check_branch(key: str, row: DiagnosisRow, node: str, above: tuple[str, ...]) -> set[str]:
    """All that can be reached from a node. Raises ConfigError for a circle, a fifth question, and a way to nowhere."""
    if node in row.symptoms:
        return {node}
    where = f"{key}.questions.{node if node in row.questions else above[-1]}"
    if node not in row.questions:
        raise ConfigError("diagnosis.yml", where, f"{node!r} is neither question nor symptom")
    if node in above:
        raise ConfigError("diagnosis.yml", where, "leads back to itself")
    if len(above) >= MOST_QUESTIONS:
        raise ConfigError("diagnosis.yml", where, f"is question number {len(above) + 1}; {MOST_QUESTIONS} must do")
    reached = {node}
    for one in row.questions[node].answers:
        reached |= _check_branch(key, row, one.next, (*above, node))
    return reached


def _check_menu(menu: MenuFile, intents: IntentsFile) -> None:
    _check_unique("menu.yml", "menu", (line.key for entry in menu.menu for line in entry.lines))
    for entry in menu.menu:
        _check_bytes(f"menu.{entry.name}", entry.name, MENU_NAME_BYTES)
        for line in entry.lines:
            _check_bytes(f"menu.{entry.name}.{line.key}", line.name, MENU_LINE_BYTES)
            _check_choice("menu.yml", f"menu.{entry.name}.{line.key}.means", line.means, intents)


def _check_bytes(key: str, name: str, limit: int) -> None:
    if len(name.encode()) > limit:
        raise ConfigError("menu.yml", key, f"name is longer than {limit} bytes")


def _check_unique(file: str, key: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise ConfigError(file, f"{key}.{one}", "stands twice")
        seen.add(one)


def _check_blanks(content: made.Content) -> None:
    """Texts outside replies are filled from the settings alone, those of products not at all, so that an unknown blank
    must stop the start, not a turn.
    """
    for product in content.products:
        for text in product_texts(product):
            _check_text("products.yml", product.id, text, ())
    texts = [("guides.yml", one.id, text) for one in content.guides.values() for text in guide_texts(one)]
    texts += [("faq.yml", one.key, one.text) for one in content.entries]
    for tree in content.diagnoses.values():
        texts += [("diagnosis.yml", symptom.id, symptom.advice) for symptom in tree.symptoms.values()]
    for file, key, text in texts:
        _check_text(file, key, text, content.settings)


def _check_text(file: str, key: str, text: str, known: Collection[str]) -> None:
    unknown = find_unknown_blank(text, known)
    if unknown is not None:
        raise ConfigError(file, key, f"unknown blank {unknown!r} in {text!r}")


def _context(file: IntentsFile) -> made.Context:
    return made.Context(
        subjects=tuple(file.context.subjects),
        fragments=dict(file.context.fragments),
        families=tuple(
            made.Family(name, frozenset(row.intents), dict(row.reads)) for name, row in file.context.families.items()
        ),
        one_matter=tuple(frozenset(one) for one in file.context.one_matter),
    )


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _diagnoses(file: DiagnosisFile) -> dict[str, made.Diagnosis]:
    return {
        name: made.Diagnosis(
            id=name,
            version=row.version,
            first=row.first,
            questions={
                key: made.Question(key, q.text, tuple((a.label, tuple(a.words), a.next) for a in q.answers))
                for key, q in row.questions.items()
            },
            symptoms={
                key: made.Symptom(key, s.label, tuple(s.words), s.cause, s.advice, s.urgent)
                for key, s in row.symptoms.items()
            },
        )
        for name, row in file.diagnoses.items()
    }


def _menu(file: MenuFile) -> tuple[dict[str, object], ...]:
    """The buttons as the platform's menu/create wants them."""
    return tuple(
        {
            "name": entry.name,
            "sub_button": [{"type": "click", "name": line.name, "key": line.key} for line in entry.lines],
        }
        for entry in file.menu
    )
