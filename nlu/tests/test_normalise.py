"""Normal spelling and the way back to the customer's characters."""

from __future__ import annotations

import pytest
from components.char_tokenizer import CharTokenizer
from components.normalise import normalise
from rasa.shared.nlu.training_data.message import Message


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("我要Ｕ盾", "我要u盾"),
        ("好的[微笑]", "好的"),
        ("/::)谢谢/:strong", "谢谢"),
        ("贷款  怎么 办", "贷款怎么办"),
        ("open bank  app", "open bank app"),
        ("貸２０萬", "贷20万"),
        ("壹佰贰拾万", "一百二十万"),
        ("[微笑]", "[微笑]"),
        ("", ""),
        (" \u200b ", ""),
    ],
)
def test_every_spelling_becomes_the_normal_one(raw: str, normal: str) -> None:
    assert normalise(raw).text == normal


def test_a_span_of_the_normal_text_points_at_the_raw_characters() -> None:
    raw = "/::) 我要 办 Ｕ盾[微笑]吗"
    normal = normalise(raw)

    start = normal.text.index("u盾")

    begin, end = normal.raw_span(start, start + 2)
    assert raw[begin:end] == "Ｕ盾"


def test_token_offsets_cut_the_raw_text_back_into_the_tokens() -> None:
    raw = "[微笑]我想贷 20W，ABC公司 用半年/::)"
    tokenizer = CharTokenizer(CharTokenizer.get_default_config())

    tokens = tokenizer.tokenize(Message(data={"text": raw}), "text")

    assert [token.text for token in tokens][:6] == ["我", "想", "贷", "20", "w", ","]
    assert all(normalise(raw[token.start : token.end]).text == token.text for token in tokens)
    assert "abc" in [token.text for token in tokens]
