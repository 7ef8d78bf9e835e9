"""Only what an article may hold is kept, and every character of its text knows where it stands."""

import pytest

from bot.articles.body import asks, clean, picture_ids, pieces, read, with_blocks, with_pictures

PICTURE = '<img src="/api/articles/pictures/3">'


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<p>好<script>alert(1)</script></p>", "<p>好</p>"),
        ('<p onclick="x()">好</p>', "<p>好</p>"),
        ("<p>好<style>p{}</style></p>", "<p>好</p>"),
        ('<p style="color:red;position:fixed">好</p>', '<p style="color:red">好</p>'),
        ('<p style="background-color:url(http://x)">好</p>', "<p>好</p>"),
        ('<img src="https://evil.example/x.png">', ""),
        ('<img src="data:image/png;base64,AA">', ""),
        (f"<p>{PICTURE}</p>", f"<p>{PICTURE}</p>"),
        ('<img src="/api/articles/pictures/0">', ""),
        ('<a href="javascript:x()">好</a>', "<a>好</a>"),
        ('<a href="https://elsewhere.example">好</a>', "<a>好</a>"),
        ('<a href="https://mp.weixin.qq.com/s/1">好</a>', '<a href="https://mp.weixin.qq.com/s/1">好</a>'),
        ("<iframe src='https://x'></iframe><p>好</p>", "<p>好</p>"),
        ('<section data-product="a_b"><p>别的价格</p><section>x</section></section><p>好</p>', '<section data-product="a_b"></section><p>好</p>'),
        ('<section data-product="../x">好</section>', "<section>好</section>"),
        ('<section data-ask="x"><img src="https://x/qr"></section>', '<section data-ask=""></section>'),
        ("<p>没有关上", "<p>没有关上</p>"),
        ("<!-- 注 --><p>好</p>", "<p>好</p>"),
    ],
)  # fmt: skip
def test_only_what_is_on_the_list_is_kept(written: str, kept: str) -> None:
    assert clean(written) == kept
    assert clean(kept) == kept


def test_pieces_are_the_html_again() -> None:
    body = clean(f'<h2 style="font-size:20px">一</h2><p>二&amp;三<br>四{PICTURE}</p><ul><li>五</li></ul><hr>')

    assert "".join(one.raw for one in pieces(body)) == body
    assert [body[one.start : one.start + len(one.raw)] for one in pieces(body)] == [one.raw for one in pieces(body)]


def test_pictures_and_the_question_are_found() -> None:
    body = clean(f'<p>{PICTURE}{PICTURE}</p><section data-product="a_b"></section><section data-ask></section>')

    assert (picture_ids(body), asks(body)) == ([3], True)
    assert (picture_ids("<p></p>"), asks("<p></p>")) == ([], False)
    assert with_pictures(body, lambda one: f"https://x/{one}").count("https://x/3") == 2


def test_blocks_are_made_of_their_opening_tag() -> None:
    body = clean('<p>一</p><section data-product="a_b"></section><p>二</p>')

    assert with_blocks(body, lambda token: f"[{token.get('data-product')}]") == "<p>一</p>[a_b]<p>二</p>"


def test_every_character_of_the_text_is_found_in_the_html() -> None:
    body = clean("<h2>标题</h2><p>甲<strong>乙</strong>&amp;丙<br>丁</p><ul><li>戊</li></ul>")

    reading = read(body)

    assert reading.text == "标题\n甲乙&丙\n丁\n戊\n"
    for char, at in zip(reading.text, reading.at, strict=True):
        assert char == "\n" or body[at] in (char, "&")


def test_a_products_block_is_read_at_the_place_of_its_tag() -> None:
    body = '<p>甲</p><section data-product="a_b"></section>'

    reading = read(body, lambda product: f"<p>{product}的价格</p>")

    assert reading.text == "甲\na_b的价格\n"
    assert reading.products[2:9] == ("a_b",) * 7
    assert set(reading.at[2:9]) == {body.index("<section")}


@pytest.mark.parametrize(
    ("body", "size"),
    [
        ("<p>甲</p>", 16),
        ('<p style="font-size:22px">甲</p>', 22),
        ('<p style="font-size:22px"><span>甲</span></p>', 22),
        ('<p style="font-size:22px"><span style="font-size:12px">甲</span></p>', 12),
        ("<p><strong>甲</strong></p>", 16.5),
        ('<p style="font-weight:bold">甲</p>', 16.5),
        ('<p style="font-weight:400">甲</p>', 16),
        ("<h2>甲</h2>", 20.5),
    ],
)
def test_text_has_the_size_it_is_shown_in(body: str, size: float) -> None:
    assert read(body).sizes[0] == size
