"""The content files load, and every mistake in them stops the start with the file's and the key's name."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.content import FOLDER, load_content
from config.content_files import FILES
from config.errors import ConfigError

Change = Callable[[Any], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        shutil.copy(FOLDER / name, tmp_path / name)
    shutil.copytree(FOLDER / "replies", tmp_path / "replies")
    return tmp_path


def _edit(folder: Path, name: str, change: Change) -> None:
    rows = yaml.safe_load((folder / name).read_text(encoding="utf-8"))
    change(rows)
    (folder / name).write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")


def _set(*path: Any, to: Any) -> Change:
    def change(rows: Any) -> None:
        for part in path[:-1]:
            rows = rows[part]
        rows[path[-1]] = to

    return change


def _drop(*path: Any) -> Change:
    def change(rows: Any) -> None:
        for part in path[:-1]:
            rows = rows[part]
        del rows[path[-1]]

    return change


def test_the_products_own_content_loads() -> None:
    content = load_content()

    assert len(content.products) == 10
    assert len(content.intent_flows) == 62
    assert len(content.skills) == 5
    assert all(content.replies[intent].version >= 1 for intent in content.intent_flows)
    assert all(product.is_sample for product in content.products)


@pytest.mark.parametrize("reply_id", [
    "left_line", "rating_ask", "rating_thanks", "rating_sorry", "news_drawdown_paid", "news_points_redeemed",
    "news_certificate", "system_trouble", "handoff_place", "secret_warning",
])  # fmt: skip
def test_the_words_other_parts_say_are_there(reply_id: str) -> None:
    said = load_content().say(reply_id, amount="25万元", due="12月20日", place=0, wait="20秒内")

    assert said.text
    assert "{" not in said.text


def test_the_menu_fits_the_platform() -> None:
    menu: Any = load_content().menu

    assert len(menu) <= 3
    assert all(len(entry["sub_button"]) <= 5 for entry in menu)
    assert all(line["type"] == "click" for entry in menu for line in entry["sub_button"])


@pytest.mark.parametrize(
    ("file", "change", "key"),
    [
        ("replies/smalltalk.yml", _drop("replies", "greet", "version"), "replies.greet.version"),
        ("replies/smalltalk.yml", _set("replies", "greet", "tone", to="warm"), "replies.greet.tone"),
        ("replies/smalltalk.yml", _set("replies", "greet", "choices", to=[{"id": "nowhere:x", "text": "x"}]), "replies.greet.choices"),
        ("replies/smalltalk.yml", _set("replies", "greet", "choices", to=[{"id": "ask:nothing", "text": "x"}]), "replies.greet.choices"),
        ("replies/smalltalk.yml", _set("replies", "greet", "choices", to=[{"id": "loan:start", "text": "x"}] * 5), "replies.greet.choices"),
        ("intents.yml", _set("context", "families", "loan", "intents", to=["gone"]), "context.families.loan"),
        ("intents.yml", _set("context", "families", "payroll", "intents", to=["loan_rate"]), "context.families.payroll"),
        ("intents.yml", _set("context", "families", "loan", "reads", to={"gone": "stay"}), "context.families.loan.reads"),
        ("intents.yml", _set("context", "families", "loan", "reads", "how", to="gone"), "context.families.loan.reads.how"),
        ("intents.yml", _set("context", "one_matter", to=[["gone"]]), "context.one_matter"),
        ("intents.yml", _set("context", "fragments", "how", to="("), "context.fragments.how"),
        ("intents.yml", _set("intents", "greet", "flow", to="nowhere"), "intents.greet.flow"),
        ("intents.yml", _set("intents", "greet", "flow", to="loan"), "intents.greet.flow"),
        ("intents.yml", _set("intents", "greet", "skill", to="nowhere"), "intents.greet.skill"),
        ("intents.yml", _set("topics", "nowhere", to="无"), "topics.nowhere"),
        ("intents.yml", _set("floor", to=2), "floor"),
        ("products.yml", _drop("products", 0, "version"), "products.0.version"),
        ("products.yml", _set("products", 0, "annual_rate_bp", to="3.45%"), "products.0.annual_rate_bp"),
        ("products.yml", _set("products", 0, "guide", to="nowhere"), "products.jingying_kuaidai.guide"),
        ("products.yml", _set("products", 0, "industries", to=["nowhere"]), "products.jingying_kuaidai.industries"),
        ("products.yml", _set("products", 0, "pitch", to="{unknown}"), "jingying_kuaidai"),
        ("products.yml", _set("products", 0, "pitch", to="打{hotline}"), "jingying_kuaidai"),
        ("faq.yml", _set("entries", 0, "choices", to=[{"id": "loan:start", "text": "x", "url": "https://x.example"}]), "invoice_fees.choices"),
        ("products.yml", _set("products", 1, "id", to="jingying_kuaidai"), "products.jingying_kuaidai"),
        ("guides.yml", _set("guides", "loan_apply", "steps", to=[]), "guides.loan_apply.steps"),
        ("guides.yml", _drop("guides", "loan_apply", "version"), "guides.loan_apply.version"),
        ("diagnosis.yml", _set("diagnoses", "ukey", "first", to="nowhere"), "diagnoses.ukey.first"),
        ("diagnosis.yml", _set("diagnoses", "ukey", "questions", "new", "answers", 0, "next", to="x"), "diagnoses.ukey.questions.new"),
        ("diagnosis.yml", _set("diagnoses", "ukey", "questions", "kind", "answers", 3, "next", to="logged_in"), "leads back"),
        ("diagnosis.yml", _set("diagnoses", "transfer", "questions", "more", to={"text": "？", "answers": [{"label": "a", "words": [], "next": "look"}, {"label": "b", "words": [], "next": "look"}]}), "diagnoses.transfer.questions.more"),
        ("skills.yml", _set("skills", "loan", "opens", to="9 Uhr"), "skills.loan.opens"),
        ("menu.yml", _set("menu", 0, "name", to="名字太长太长太长"), "menu.名字太长太长太长"),
        ("menu.yml", _set("menu", 0, "lines", 0, "means", to="nowhere:x"), "loan_find.means"),
        ("menu.yml", _set("menu", 0, "lines", 1, "key", to="loan_find"), "menu.loan_find"),
        ("bank.yml", _set("settings", "upload_page", to="http://bank.example.com"), "settings.upload_page"),
        ("canned.yml", _set("canned", 1, "id", to="open"), "canned.open"),
        ("branches.yml", _set("branches", 1, "id", to="hf-slan"), "branches.hf-slan"),
        ("branches.yml", _set("branches", 0, "lat", to=117.2), "branches.0.lat"),
        ("branches.yml", _set("branches", 0, "city", to="合肥"), "branches.0.city"),
    ],
)  # fmt: skip
def test_a_mistake_names_its_file_and_its_key(folder: Path, file: str, change: Change, key: str) -> None:
    _edit(folder, file, change)

    with pytest.raises(ConfigError) as caught:
        load_content(folder)

    assert file in str(caught.value)
    assert key in str(caught.value)


def test_a_fifth_question_is_one_too_many(folder: Path) -> None:
    def deeper(rows: Any) -> None:
        tree = rows["diagnoses"]["ukey"]
        tree["questions"]["fifth"] = {
            "text": "？",
            "answers": [{"label": label, "words": [], "next": "lost"} for label in "甲乙"],
        }
        tree["questions"]["other"]["answers"][0]["next"] = "fifth"

    _edit(folder, "diagnosis.yml", deeper)

    with pytest.raises(ConfigError, match=r"diagnosis\.yml: diagnoses\.ukey\.questions\.fifth: is question number 5"):
        load_content(folder)


def test_a_cause_nothing_leads_to_is_a_mistake(folder: Path) -> None:
    leaf = {"label": "x", "words": [], "cause": "x", "advice": "x"}
    _edit(folder, "diagnosis.yml", _set("diagnoses", "ukey", "symptoms", "orphan", to=leaf))

    with pytest.raises(ConfigError, match=r"symptoms\.orphan"):
        load_content(folder)


def test_an_intent_without_an_answer_stops_the_start(folder: Path) -> None:
    _edit(folder, "replies/smalltalk.yml", _drop("replies", "greet"))

    with pytest.raises(ConfigError, match=r"replies/.*replies\.greet"):
        load_content(folder)


def test_a_reply_stands_in_one_file_only(folder: Path) -> None:
    _edit(folder, "replies/smalltalk.yml", _set("replies", "complaint", to={"version": 1, "text": "x"}))

    with pytest.raises(ConfigError, match=r"replies/.*replies\.complaint"):
        load_content(folder)


def test_an_end_before_the_beginning_is_a_mistake(folder: Path) -> None:
    text = (folder / "products.yml").read_text(encoding="utf-8")
    (folder / "products.yml").write_text(
        text.replace("effective_until: 2027-12-31", "effective_until: 2025-12-31", 1), encoding="utf-8"
    )

    with pytest.raises(ConfigError, match="effective_until"):
        load_content(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "guides.yml").unlink()

    with pytest.raises(ConfigError, match=r"guides\.yml.*missing"):
        load_content(folder)


def test_a_file_that_is_no_yaml_is_named(folder: Path) -> None:
    (folder / "menu.yml").write_text("menu: [", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"menu\.yml.*not YAML"):
        load_content(folder)
