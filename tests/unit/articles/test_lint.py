"""What may not be said in an article, word for word; script A9 of the requirements, its marks and its rewrite."""

from dataclasses import replace

import pytest

from bot.articles.blocks import product_block
from bot.articles.lint import Lint, Mark, stopping
from bot.articles.model import ArticleKind
from bot.articles.rules import Words
from bot.compliance.rules import Grade
from config.files import read_files

FILES = read_files()
PRODUCTS = {one.id: one for one in FILES.content.products}
BLOCKS = {name: product_block(one, FILES.content.fill) for name, one in PRODUCTS.items()}
LINT = Lint(FILES.check_wording, FILES.wording, PRODUCTS, BLOCKS)
A9 = "工行最低利率贷款，100%批贷，日息万一，转发好友领红包"
A9_REWRITTEN = (
    "您的对公账户已较长时间未使用。可登录企业手机银行查看；如不再使用，可到网点办理销户。谨防以年检、激活为名的诈骗，"
    "我行不通过QQ、微信收取资料。详询95588。拒收请回复R"
)
PRODUCT_BLOCK = '<section data-product="jingying_kuaidai"></section>'


def marks(body: str, *, title: str = "", digest: str = "", kind: ArticleKind = ArticleKind.MARKETING) -> list[Mark]:
    return LINT.marks(Words(title, "", digest, body, kind))


def told(found: list[Mark]) -> list[tuple[str, str]]:
    return [(one.rule, one.quote) for one in found]


def test_a9_has_exactly_its_four_marks() -> None:
    found = marks(f"<p>{A9}</p>")

    assert told(found) == [
        ("C5", "最低利率"),
        ("C5", "100%批贷"),
        ("C1", "日息万一"),
        ("C27", "转发好友领红包"),
    ]
    assert {one.grade for one in found} == {Grade.BLOCK}
    assert all(one.why and one.instead for one in found)


def test_a9_rewritten_is_clean_and_may_be_of_service() -> None:
    assert marks(f"<p>{A9_REWRITTEN}</p>", title="账户提醒", kind=ArticleKind.SERVICE) == []


def test_marks_stand_where_the_words_stand_in_the_html() -> None:
    body = "<p>先说一句。</p><p>这里<strong>必</strong>批贷款，还有&amp;必批。</p>"

    found = marks(body)

    assert [(one.quote, one.nth) for one in found if one.rule == "C5"] == [("必批", 0), ("必批", 1)]
    assert body[found[0].start : found[0].end] == "必</strong>批"
    assert body[found[1].start : found[1].end] == "必批"


@pytest.mark.parametrize(("title", "digest", "place"), [("必批贷款", "", "title"), ("", "必批贷款", "digest")])
def test_title_and_digest_are_read_as_well(title: str, digest: str, place: str) -> None:
    (found,) = marks("<p>好</p>", title=title, digest=digest)

    assert (found.place, found.quote, found.start, found.end) == (place, "必批", 0, 2)


def test_a_rate_in_the_title_is_not_excused_by_the_body() -> None:
    found = marks(PRODUCT_BLOCK, title="日息万一")

    assert told(found) == [("C1", "日息万一")]


def test_a_products_block_brings_the_annualised_rate() -> None:
    assert marks(f"<p>日息万一。</p>{PRODUCT_BLOCK}") == []
    assert told(marks("<p>日息万一。</p>")) == [("C1", "日息万一")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>经营快贷年化利率（单利）3.45%起</p>", []),
        ("<p>经营快贷年化利率（单利）3.10%起</p>", [("C1-table", Grade.BLOCK)]),
        ("<p>经营快贷年化利率（单利）4.10%起</p>", [("C1-table", Grade.BLOCK)]),
        ("<p>我行贷款年化利率（单利）3.45%起</p>", []),
        ("<p>我行贷款年化利率（单利）1.10%起</p>", [("C1-table", Grade.WARN)]),
        ("<p>经营快贷年化利率3.45%起</p>", [("C1-type", Grade.REQUIRE)]),
        ("<p>经营快贷年化利率（复利）3.45%起</p>", []),
    ],
)
def test_a_rate_is_compared_with_the_product_and_names_its_interest(
    body: str, expected: list[tuple[str, Grade]]
) -> None:
    assert [(one.rule, one.grade) for one in marks(body)] == expected


def test_the_longer_name_of_two_products_is_the_one_that_is_meant() -> None:
    longer = replace(PRODUCTS["jingying_kuaidai"], id="new", name="新一代经营快贷", annual_rate_bp=310)
    lint = Lint(FILES.check_wording, FILES.wording, {**PRODUCTS, "new": longer}, BLOCKS)

    found = lint.marks(Words("", "", "", "<p>新一代经营快贷年化利率（单利）3.10%起</p>", ArticleKind.MARKETING))

    assert found == []


def test_what_the_products_rate_is_stands_with_the_mark() -> None:
    (found,) = marks("<p>经营快贷年化利率（单利）3.10%起</p>")

    assert found.missing == ("经营快贷 3.45%",)


@pytest.mark.parametrize(
    ("body", "is_marked"),
    [
        ('<p>经营快贷年化利率（单利）3.45%起，<span style="font-size:24px">日息万一</span></p>', True),
        ("<p>经营快贷年化利率（单利）3.45%起，<strong>日息万一</strong></p>", True),
        ("<h2>日息万一</h2><p>经营快贷年化利率（单利）3.45%起</p>", True),
        ("<p>经营快贷年化利率（单利）3.45%起，日息万一</p>", False),
        ('<p><span style="font-size:24px">经营快贷年化利率（单利）3.45%起</span>，日息万一</p>', False),
        (f'<p><span style="font-size:24px">日息万一</span></p>{PRODUCT_BLOCK}', True),
        (f"<p>日息万一</p>{PRODUCT_BLOCK}", False),
    ],
)
def test_a_daily_rate_is_never_more_prominent_than_the_annual_one(body: str, is_marked: bool) -> None:
    assert ("C1-size" in {one.rule for one in marks(body)}) is is_marked


def test_what_is_advertised_must_say_risk_lender_and_hotline_somewhere() -> None:
    lacking = marks("<p>小微贷款，欢迎申请</p>")
    complete = marks("<p>小微贷款，欢迎申请</p><p>贷款由我行发放，详询95588。贷款有风险，借款需谨慎。</p>")

    assert [(one.rule, one.grade, one.quote, one.missing) for one in lacking] == [
        ("C5", Grade.REQUIRE, "欢迎申请", ("risk_line", "lender", "hotline"))
    ]
    assert complete == []


def test_what_stands_in_the_digest_may_be_complete_by_the_body() -> None:
    rest = "<p>贷款由我行发放，详询95588。贷款有风险，借款需谨慎。</p>"

    assert marks(rest, digest="小微贷款欢迎申请") == []
    (found,) = marks("<p>好</p>", digest="小微贷款欢迎申请")
    assert (found.place, found.quote) == ("digest", "欢迎申请")


@pytest.mark.parametrize(
    ("body", "quote"),
    [
        (PRODUCT_BLOCK, "经营快贷"),
        ("<p>贷款由我行发放，详询95588。贷款有风险，借款需谨慎。欢迎申请</p>", "欢迎申请"),
        ("<p>经营快贷年化利率（单利）3.45%起</p>", "经营快贷年化利率（单利）3.45%起"),
    ],
)
def test_what_sells_is_not_of_service(body: str, quote: str) -> None:
    assert told(marks(body, kind=ArticleKind.SERVICE)) == [("C14", quote)]
    assert "C14" not in {one.rule for one in marks(body)}


def test_words_of_a_block_are_told_as_the_blocks() -> None:
    (found,) = marks(f"<p>好</p>{PRODUCT_BLOCK}", kind=ArticleKind.SERVICE)

    assert (found.product, found.start) == ("jingying_kuaidai", len("<p>好</p>"))


def test_warnings_do_not_stop() -> None:
    found = marks("<p>对账单免费打印</p>")

    assert [(one.rule, one.grade) for one in found] == [("C5", Grade.WARN)]
    assert stopping(found) == []
