"""What counts as a change, and what the platform only writes differently."""

from dataclasses import replace

import pytest

from bot.account_ports import DraftArticle
from bot.articles.drift import Difference, differences, is_same, own_body

OURS = DraftArticle("题", "作者", "摘要", '<p style="color:red">甲<img src="https://x/1"></p>', "", "thumb")


@pytest.mark.parametrize(
    "content",
    [
        '<p style="color: red;">甲<img src="https://x/1"></p>',
        '<p style="color:red">甲<img src="http://x/1?wx_fmt=png"></p>',
        '<p style="color:red" data-x="1">甲<img data-src="https://x/1" data-ratio="1"></p>',
        '<p style="color:red">\n 甲<img src="https://x/1" /></p>',
    ],
)
def test_what_is_only_written_differently_is_no_change(content: str) -> None:
    assert differences(OURS, replace(OURS, content=content)) == []
    assert is_same(OURS, replace(OURS, content=content))


@pytest.mark.parametrize(
    ("theirs", "found"),
    [
        (replace(OURS, title="别"), Difference("title", "题", "别")),
        (replace(OURS, author=""), Difference("author", "作者", "")),
        (replace(OURS, digest="别"), Difference("digest", "摘要", "别")),
        (replace(OURS, source_url="https://y"), Difference("source_url", "", "https://y")),
        (replace(OURS, thumb_media_id="other"), Difference("cover", "", "")),
        (
            replace(OURS, content='<p style="color:red">乙<img src="https://x/1"></p>'),
            Difference("body", "甲[图片]", "乙[图片]"),
        ),
        (replace(OURS, content='<p style="color:red">甲</p>'), Difference("body", "甲[图片]", "甲")),
        (
            replace(OURS, content='<p style="color:blue">甲<img src="https://x/1"></p>'),
            Difference("look", "甲[图片]", "甲[图片]"),
        ),
        (
            replace(OURS, content='<p style="color:red">甲<img src="https://x/2"></p>'),
            Difference("look", "甲[图片]", "甲[图片]"),
        ),
    ],
)
def test_every_change_is_told(theirs: DraftArticle, found: Difference) -> None:
    assert differences(OURS, theirs) == [found]
    assert not is_same(OURS, theirs)


def test_pictures_come_home_by_their_addresses() -> None:
    content = '<p><img data-src="http://x/1?a=b"><img src="https://x/2"></p>'

    assert (
        own_body(content, {"https://x/1": "/api/articles/pictures/5"}) == '<p><img src="/api/articles/pictures/5"></p>'
    )
