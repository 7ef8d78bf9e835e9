"""A product's block says what the catalogue says, the annualised rate never smaller than the rest."""

from dataclasses import replace

import pytest

from bot.articles.blocks import product_block, render, with_ask
from bot.articles.body import clean, read
from config.content import load_content

CONTENT = load_content()
PRODUCTS = {one.id: one for one in CONTENT.products}
PRODUCT = PRODUCTS["jingying_kuaidai"]
BODY = '<p>甲</p><section data-product="jingying_kuaidai"></section><section data-ask=""></section>'


def test_the_block_tells_rate_kind_of_interest_risk_lender_and_sample() -> None:
    text = read(product_block(PRODUCT, CONTENT.fill)).text

    for words in (
        "经营快贷",
        "年化利率（单利）：3.45%起【示例】",
        "额度：最高可达500万元【示例】",
        "贷款有风险，借款需谨慎",
        "由我行放款，有疑问可以打95588",
    ):
        assert words in text


def test_nothing_in_the_block_is_larger_than_the_annualised_rate() -> None:
    reading = read(product_block(PRODUCT, CONTENT.fill))

    at = reading.text.index("年化利率")

    assert reading.sizes[at] == max(reading.sizes)


def test_what_is_no_sample_bears_no_mark_and_a_condition_is_told() -> None:
    text = read(product_block(replace(PRODUCT, is_sample=False, condition="要有流水"), CONTENT.fill)).text

    assert "【示例】" not in text
    assert "另需：要有流水" in text


def test_names_cannot_bring_in_html() -> None:
    assert "<b>" not in product_block(replace(PRODUCT, name="<b>快贷</b>"), CONTENT.fill)


def test_the_catalogues_version_is_recorded_and_the_question_waits_for_its_code() -> None:
    made = render(BODY, PRODUCTS, CONTENT.fill)

    assert made.products == {"jingying_kuaidai": PRODUCT.version}
    assert made.missing == ()
    assert '<section data-ask=""></section>' in made.html
    assert clean(made.html) == BODY


def test_a_product_that_is_not_on_offer_is_missing() -> None:
    made = render(BODY, {}, CONTENT.fill)

    assert (made.products, made.missing) == ({}, ("jingying_kuaidai",))


def test_the_code_is_put_where_the_question_stands() -> None:
    made = with_ask('<section data-ask=""></section>', "https://x/qr?a=1&b=2")

    assert 'src="https://x/qr?a=1&amp;b=2"' in made
    assert "长按识别二维码" in made


@pytest.mark.parametrize("product", PRODUCTS.values(), ids=lambda one: one.id)
def test_every_product_of_the_catalogue_makes_a_block_the_cleaner_lets_pass(product) -> None:
    block = product_block(product, CONTENT.fill)

    assert clean(block) == block
