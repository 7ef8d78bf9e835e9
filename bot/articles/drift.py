"""Whether a draft at the platform still holds what it was told to hold, and what of it is different. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.account_ports import DraftArticle
from bot.articles.body import Token, clean, pieces, read

# Attributes that show; the platform adds others of its own.
_SHOWN = ("style", "href")
_FIELDS = ("title", "author", "digest", "source_url")


@dataclass(frozen=True)
class Difference:
    """One thing that is told differently there. Of the body the texts; `look`: only how it looks."""

    place: str
    ours: str
    theirs: str


def is_same(ours: DraftArticle, theirs: DraftArticle) -> bool:
    """True when a follower would see the same."""
    return not differences(ours, theirs) and ours.thumb_media_id == theirs.thumb_media_id


def differences(ours: DraftArticle, theirs: DraftArticle) -> list[Difference]:
    """What is told differently there; empty when nothing is."""
    found = [
        Difference(name, getattr(ours, name), getattr(theirs, name))
        for name in _FIELDS
        if getattr(ours, name) != getattr(theirs, name)
    ]
    if ours.thumb_media_id != theirs.thumb_media_id:
        found.append(Difference("cover", "", ""))
    if _shape(ours.content) == _shape(theirs.content):
        return found
    our_text, their_text = _text(ours.content), _text(theirs.content)
    place = "look" if our_text == their_text else "body"
    return [*found, Difference(place, our_text, their_text)]


def own_body(content: str, pictures: Mapping[str, str]) -> str:
    """A draft's content as a body of ours: `pictures` tells our address of each of the platform's; others are left
    out, and blocks are emptied.
    """
    return clean("".join(_own(token, pictures) for token in pieces(content)))


def _own(token: Token, pictures: Mapping[str, str]) -> str:
    known = pictures.get(_address(token)) if token.tag == "img" else None
    return f'<img src="{known}">' if known else token.raw


def _shape(content: str) -> list[tuple[str, str]]:
    shape: list[tuple[str, str]] = []
    for token in pieces(content):
        if token.kind == "text":
            told = " ".join(token.raw.split())
            if shape and shape[-1][0] == "text":
                shape[-1] = ("text", f"{shape[-1][1]}{told}")
            elif told:
                shape.append(("text", told))
        elif token.tag == "img":
            shape.append(("img", _address(token)))
        else:
            shown = ";".join(_tight(token.get(name) or "") for name in _SHOWN)
            shape.append((f"{token.kind} {token.tag}", shown))
    return shape


def _text(content: str) -> str:
    return read(re.sub(r"<img[^>]*>", "[图片]", content)).text.strip()


def _address(token: Token) -> str:
    """Where a picture lies, without what the platform hangs on to it."""
    address = token.get("src") or token.get("data-src") or ""
    return address.partition("?")[0].replace("http://", "https://", 1)


def _tight(style: str) -> str:
    return re.sub(r"\s+", "", style).rstrip(";").lower()


def with_digest(article: DraftArticle) -> DraftArticle:
    """The article with a digest: without one the platform takes the first 54 characters of the text."""
    if article.digest:
        return article
    return replace(article, digest=" ".join(read(article.content).text.split())[:54])
