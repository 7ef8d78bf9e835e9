"""What is approved in the console stands above the files; what would break is named before it is approved."""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pytest
from pydantic import ValidationError

from bot.compliance.rules import Finding, Grade, Place, check_outbound
from bot.dialogue.cards import all_cards
from bot.knowledge.content import Content
from bot.knowledge.edition import Edition, Flaw, Kind, serves, serves_all
from config.content import load_content
from config.overlay import find_flaws, overlay, texts_of, value_of
from config.rules import load_wording
from config.seeds import seed_editions

DAY = date(2026, 11, 24)
SEED = load_content()
SEEDS = seed_editions(SEED)


def edition(kind: Kind, key: str, *, number: int = 2, **more: Any) -> Edition:
    """An edition of an item: with the files' own body where they have one."""
    seed = SEEDS.get((kind, key))
    values: dict[str, Any] = {
        "kind": kind,
        "key": key,
        "number": number,
        "title": seed.title if seed else "新条目",
        "owner": "普惠部",
        "source": "文件",
        "body": seed.body if seed else {"questions": ["怎么办"], "text": "这样办。"},
        "effective_from": date(2026, 11, 1),
        "approved_by": "reviewer",
    }
    return Edition(**{**values, **more})


def said(content: Content, key: str) -> str:
    return content.replies[key].text


def laid(*editions: Edition, day: date = DAY, branch: str | None = None) -> Content:
    return overlay(SEED, editions, day, lambda regions: serves(regions, branch))


def answer(text: str, **more: Any) -> Edition:
    return edition(Kind.ANSWER, "goodbye", body={"text": text, "choices": []}, **more)


def test_every_item_of_the_files_is_the_body_of_its_own_next_version() -> None:
    everything = [replace(one, number=one.number + 1) for one in SEEDS.values()]

    content = overlay(SEED, everything, DAY, serves_all)

    assert {name: (text.text, text.choices) for name, text in content.replies.items()} == {
        name: (text.text, text.choices) for name, text in SEED.replies.items()
    }
    assert [replace(one, version=one.version - 1) for one in content.products] == list(SEED.products)
    assert {name: replace(one, version=one.version - 1) for name, one in content.guides.items()} == SEED.guides
    assert [replace(one, version=one.version - 1) for one in content.entries] == list(SEED.entries)


def test_nothing_in_the_files_would_be_refused_in_the_console() -> None:
    check = partial(check_outbound, wording=load_wording())

    flaws = {at: found for at, one in SEEDS.items() if (found := find_flaws(SEED, check, one))}

    assert flaws == {}


def test_an_approved_answer_speaks_with_its_number() -> None:
    content = laid(answer("再见，慢走。"))

    reply = content.say("goodbye")
    assert (reply.text, reply.source) == ("再见，慢走。", "goodbye@2")


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"effective_from": date(2026, 11, 25)}, "seed"),
        ({"effective_from": DAY}, "new"),
        ({"effective_until": DAY}, "new"),
        ({"effective_until": date(2026, 11, 23)}, "seed"),
        ({"is_retired": True}, "seed"),
        ({"regions": ("合肥",)}, "seed"),
        ({"number": 1}, "new"),
    ],
)
def test_an_answer_falls_back_to_the_files_outside_its_days_and_regions(more: dict[str, Any], text: str) -> None:
    content = laid(answer("new", **more))

    assert said(content, "goodbye") == ("new" if text == "new" else said(SEED, "goodbye"))


def test_a_release_with_a_higher_number_wins() -> None:
    newer = replace(SEED, replies={**SEED.replies, "goodbye": replace(SEED.replies["goodbye"], version=3)})

    content = overlay(newer, [answer("new")], DAY, serves_all)

    assert content.replies["goodbye"].version == 3


def test_the_newest_begun_version_decides_and_older_ones_do_not_come_back() -> None:
    older = edition(Kind.FAQ, "invoice_fees", number=2)
    ended = edition(Kind.FAQ, "invoice_fees", number=3, effective_until=date(2026, 11, 23))

    keys = {one.key for one in laid(older, ended).entries}

    assert "invoice_fees" not in keys
    assert "invoice_fees" in {one.key for one in laid(older, ended, day=date(2026, 11, 23)).entries}


@pytest.mark.parametrize(("branch", "is_there"), [(None, False), ("合肥高新支行", True), ("北京支行", False)])
def test_a_note_for_a_region_is_for_its_branches_only(branch: str | None, is_there: bool) -> None:
    note = edition(Kind.POLICY, "hefei", regions=("合肥",))

    content = laid(note, branch=branch)

    assert any(one.key == "hefei" for one in content.entries) is is_there
    assert any(one.key == "hefei" for one in overlay(SEED, [note], DAY, serves_all).entries)


def test_a_product_whose_guide_is_gone_is_shown_without_it() -> None:
    guide = edition(
        Kind.GUIDE, "new_guide", body=SEEDS[Kind.GUIDE, "loan_apply"].body, effective_until=date(2026, 11, 23)
    )
    product = edition(Kind.PRODUCT, "jingying_kuaidai")
    product = replace(product, body={**product.body, "guide": "new_guide"})

    before, after = laid(guide, product, day=date(2026, 11, 23)), laid(guide, product)

    assert before.products[0].guide == "new_guide"
    assert after.products[0].guide is None


def test_a_product_that_ended_is_offered_no_more() -> None:
    ended = edition(Kind.PRODUCT, "jingying_kuaidai", effective_until=date(2026, 11, 23))

    assert laid(ended).find_product("jingying_kuaidai", DAY) is None


def test_products_of_the_files_are_quoted_until_their_last_day() -> None:
    last = laid(day=date(2027, 12, 31))
    after = overlay(SEED, [], date(2028, 1, 1), serves_all)

    assert len(last.products) == len(SEED.products)
    assert after.products == ()
    assert [hit.id for hit in after.library.find("经营快贷", 20) if hit.id.startswith("product:")] == []
    assert [card.id for card in all_cards(after) if card.kind == "product"] == []


def test_what_a_product_was_called_stays_known() -> None:
    renamed = edition(Kind.PRODUCT, "jingying_kuaidai", title="经营快贷二代", effective_until=date(2026, 11, 23))

    names = laid(renamed, day=date(2028, 1, 1)).product_names

    assert (names["jingying_kuaidai"], names["shuiwudai"]) == ("经营快贷二代", "税务贷")


def test_an_edition_that_no_longer_fits_is_told_whichever_day_it_is() -> None:
    with pytest.raises(ValidationError):
        laid(answer("", effective_from=date(2030, 1, 1)))


def objects(text: str, *, place: Place = Place.CHAT) -> list[Finding]:
    if "放款快" in text:
        return [Finding("C5", "放款快", Grade.REQUIRE, ("lender", "hotline"))] if place is not Place.CHAT else []
    return [Finding("C5", "必批", Grade.BLOCK)] if "必批" in text else [Finding("C5", "免费", Grade.WARN)]


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (answer(""), "string_too_short"),
        (answer("{hotlin}"), "unknown_blank"),
        (answer("{hotline.__class__}"), "unknown_blank"),
        (answer("{hotline"), "unknown_blank"),
        (answer("必批"), "C5"),
        (answer("放款快"), "C5"),
        (edition(Kind.ANSWER, "goodbye", body={"text": "x", "tone": "warm"}), "extra_forbidden"),
        (edition(Kind.ANSWER, "goodbye", body={"text": "x", "choices": [{"id": "ask:x", "text": "x"}]}), "unknown_choice"),
        (edition(Kind.ANSWER, "goodbye", body={"text": "x", "choices": [{"id": "loan:", "text": "x"}]}), "unknown_choice"),
        (
            edition(Kind.ANSWER, "goodbye", body={"text": "x", "choices": [{"id": "loan:start", "text": "x"}] * 5}),
            "too_many_choices",
        ),
        (edition(Kind.FAQ, "new", body={"questions": [], "text": "x"}), "too_short"),
        (edition(Kind.PRODUCT, "new", body={"kind": "信用"}), "missing"),
    ],
)  # fmt: skip
def test_what_would_break_or_may_not_be_said_is_named(wanted: Edition, reason: str) -> None:
    assert reason in {flaw.reason for flaw in find_flaws(SEED, objects, wanted)}


BIND: dict[str, str] = {"id": "identity:bind", "text": "去绑定企业"}


@pytest.mark.parametrize(
    ("kind", "key", "choice", "reasons"),
    [
        (Kind.ANSWER, "binding_start", {**BIND, "url": "{bind_url}"}, []),
        (Kind.ANSWER, "goodbye", {**BIND, "url": "{bind_url}"}, []),
        (Kind.ANSWER, "goodbye", BIND, []),
        (Kind.FAQ, "new", {**BIND, "url": "{bind_url}"}, []),
        (Kind.ANSWER, "binding_start", BIND, ["missing_page"]),
        (Kind.ANSWER, "binding_start", {**BIND, "url": "https://evil.example/x"}, ["unknown_page"]),
        (Kind.ANSWER, "binding_start", {**BIND, "url": "{bind_ulr}"}, ["unknown_page"]),
        (Kind.ANSWER, "binding_start", {**BIND, "url": "https://evil.example/{bind_url}"}, ["unknown_page"]),
        (Kind.FAQ, "new", {**BIND, "url": "https://evil.example/x"}, ["unknown_page"]),
    ],
)
def test_a_line_opens_no_page_but_the_deployments_own(
    kind: Kind, key: str, choice: dict[str, str], reasons: list[str]
) -> None:
    body: dict[str, Any] = {"text": "好的。", "choices": [choice]}
    wanted = edition(kind, key, body=body if kind is Kind.ANSWER else {"questions": ["怎么办"], **body})

    assert [flaw.reason for flaw in find_flaws(SEED, objects, wanted)] == reasons


@pytest.mark.parametrize("key", ["binding_start", "binding_invite", "privacy_identity"])
def test_a_new_version_of_an_answer_still_opens_its_page(key: str) -> None:
    seed = SEED.with_pages(bind_url="https://bank.example/bind")

    content = overlay(seed, [edition(Kind.ANSWER, key)], DAY, serves_all)

    (line,) = content.say(key, what="余额").choices
    assert line.url == "https://bank.example/bind"


def test_an_entrys_line_opens_its_page() -> None:
    body = {"questions": ["怎么绑定"], "text": "点下面。", "choices": [{**BIND, "url": "{bind_url}"}]}
    seed = SEED.with_pages(bind_url="https://bank.example/bind")
    content = overlay(seed, [edition(Kind.FAQ, "how_to_bind", body=body)], DAY, serves_all)

    (entry,) = (one for one in content.entries if one.key == "how_to_bind")
    assert [line.url for line in content.tell(entry).choices] == ["https://bank.example/bind"]


def test_braces_in_what_goes_out_as_it_stands_are_blanks_nobody_fills() -> None:
    product = edition(Kind.PRODUCT, "jingying_kuaidai")
    product = replace(product, body={**product.body, "how": "详询{hotline}"})
    line = {"id": "loan:start", "text": "打{hotline}"}
    labelled = edition(Kind.ANSWER, "goodbye", body={"text": "再见。", "choices": [line]})

    for wanted in (product, labelled):
        assert {flaw.reason for flaw in find_flaws(SEED, objects, wanted)} == {"unknown_blank"}


@pytest.mark.parametrize(("kind", "key"), [(Kind.GUIDE, "loan_apply"), (Kind.FAQ, "invoice_fees")])
def test_blanks_nobody_fills_are_found_in_every_kind(kind: Kind, key: str) -> None:
    wanted = edition(kind, key)
    told = {"done": "打{hotlin}。"} if kind is Kind.GUIDE else {"text": "打{hotlin}。"}

    flaws = find_flaws(SEED, objects, replace(wanted, body={**wanted.body, **told}))

    assert [(flaw.reason, flaw.words) for flaw in flaws] == [("unknown_blank", "hotlin")]


def test_what_a_text_lacks_is_named_one_by_one() -> None:
    flaws = find_flaws(SEED, objects, answer("放款快"))

    assert flaws == [Flaw("required", "C5", "lender"), Flaw("required", "C5", "hotline")]


def test_a_product_that_points_nowhere_is_named() -> None:
    seed = edition(Kind.PRODUCT, "jingying_kuaidai")
    wanted = replace(seed, body={**seed.body, "guide": "gone", "industries": ["gone"]})

    assert {flaw.reason for flaw in find_flaws(SEED, objects, wanted)} == {"unknown_guide", "unknown_industry"}


def test_a_step_may_show_only_pictures_that_are_there() -> None:
    seed = edition(Kind.GUIDE, "points_redeem")
    steps = [{**step, "picture": "gone"} if step.get("picture") else step for step in seed.body["steps"]]

    assert find_flaws(SEED, objects, seed) == []
    assert find_flaws(SEED, objects, replace(seed, body={**seed.body, "steps": steps})) == [
        Flaw("picture", "unknown_picture", "gone")
    ]


def test_a_flows_own_blanks_may_be_used_and_a_warning_stops_nobody() -> None:
    wanted = edition(Kind.ANSWER, "greet", body={"text": "{time_of_day}好，打{hotline}。", "choices": []})

    assert find_flaws(SEED, objects, wanted) == []
    assert texts_of(value_of(wanted)) == ("{time_of_day}好，打{hotline}。",)


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("年化利率（单利），每家不一样：\n{rates}", []),
        ("各款产品眼下的年化利率（单利）是这样的，{rates}", ["C1"]),
    ],
)
def test_a_price_is_judged_as_it_reads_when_it_is_filled_in(text: str, reasons: list[str]) -> None:
    check = partial(check_outbound, wording=load_wording())
    wanted = edition(Kind.ANSWER, "loan_rate", body={"text": text, "choices": []})

    assert [flaw.reason for flaw in find_flaws(SEED, check, wanted)] == reasons
