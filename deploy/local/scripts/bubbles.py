"""What a bubble on the simulated phone says, and what can be tapped in it."""

import re
from typing import Any
from urllib.parse import unquote

# A line to tap inside a text answer, as the platform writes it.
_LINK = re.compile(r'<a href="weixin://bizmsgmenu\?msgmenucontent=[^"&]*&msgmenuid=([^"]*)">([^<]*)</a>\n?')


def text_of(entry: dict[str, Any]) -> str:
    """The words of a bubble, without the lines to tap; articles by their titles; a picture says that it is one."""
    if entry.get("type") == "image":
        return "（图片）"
    if entry.get("type") == "article":
        return f"（图文）《{entry['title']}》"
    articles = [f"{one['title']}\n{one['description']}" for one in entry.get("articles", ())]
    text = entry.get("text") or "\n".join(filter(None, [entry.get("head"), entry.get("tail"), *articles]))
    return _LINK.sub("", text).rstrip()


def lines_of(entry: dict[str, Any]) -> dict[str, str]:
    """Choice ids by the label one taps."""
    found = {str(line["content"]): str(line["id"]) for line in entry.get("list", ())}
    return found | {label: unquote(choice_id) for choice_id, label in _LINK.findall(entry.get("text") or "")}
