"""Chinese full-text search: character pairs, several spellings, best first."""

import pytest

from bot.knowledge.search import Document, SearchIndex, characters, tokens

INDEX = SearchIndex(
    [
        Document("ukey", "U盾丢失", ("U盾丢了怎么办",), "带证照到网点补办"),
        Document("receipt", "电子回单", ("回单怎么下载",), "登录网银，查询电子回单"),
        Document("invoice", "手续费发票", ("怎么开发票",), "登录网银，发票服务"),
        Document("swift", "SWIFT代码", ("swift code是多少",)),
    ]
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("U盾", ["优盾"]),
        ("开发票", ["开发", "发票"]),
        ("票", ["票"]),
        ("SWIFT code", ["swift", "code"]),
        ("帐户，登陆", ["账户", "登录"]),
        ("！？", []),
    ],
)
def test_a_text_becomes_pairs_of_characters_and_latin_words(text: str, found: list[str]) -> None:
    assert tokens(text) == found


def test_characters_stand_one_by_one() -> None:
    assert characters("开ETC") == ["开", "etc"]


@pytest.mark.parametrize(
    ("query", "first"),
    [("回单在哪下载", "receipt"), ("优盾丢了", "ukey"), ("发票", "invoice"), ("Swift", "swift"), ("u顿不见了", "ukey")],
)
def test_the_best_comes_first(query: str, first: str) -> None:
    assert INDEX.find(query, 3)[0].id == first


def test_hits_are_ranked_and_limited() -> None:
    hits = INDEX.find("登录网银", 2)

    assert len(hits) == 2
    assert hits[0].score >= hits[1].score


@pytest.mark.parametrize("query", ["", "？？", '" OR *', "天气"])
def test_what_shares_no_word_finds_nothing(query: str) -> None:
    assert INDEX.find(query, 3) == []
