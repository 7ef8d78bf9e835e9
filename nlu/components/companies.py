"""Names of firms, told by the legal form at their end; what people say before a name is not part of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.found import Found

_FORM = r"(?:股份有限公司|有限责任公司|有限公司|合伙企业|专业合作社|合作社|个体工商户|经营部|商行|工作室|集团)"
_NAME = re.compile(rf"[\u4e00-\u9fff()a-z0-9]{{2,24}}?{_FORM}")
# The longest of these at the start of a match is cut off: 我们是, 我叫, 帮我查一下, 给, 户名是 ...
_BEFORE = re.compile(
    r".*(?:我们(?:村|公司|厂)?(?=[\u4e00-\u9fff]{4})|咱们?|我们?(?:公司|厂|店|单位)?(?:的)?(?:全称|名字|名称)?(?:是|叫|开的|开了)|这里是|这边是|叫做?|名为|名称是?|户名是?"
    r"|转给了?|打给了?|付给了?|汇给了?|收款人是?|对方是|改成|变更为|改为|查(?:一下|下)?|一家|一个|这家|那家|咱们?|俺们?|本公司|我司"
    r"|把|将|给|从|由|向|跟|和|与|帮|替|是|的|在|了|[,:。!?])"
)
_GENERIC = re.compile(
    rf"^(?:个|公司|企业|小|家|我们?|你们?|他们?|这|那|某|股份|农民|注册|成立|开|办|新|专业|有)*{_FORM}?$"
)


def find_companies(text: str) -> Iterator[Found]:
    """Every firm with at least two characters of a name of its own before the legal form."""
    for match in _NAME.finditer(text):
        start, end = match.span()
        lead_in = _BEFORE.match(text[start:end])
        if lead_in:
            start += lead_in.end()
        name = text[start:end]
        if not _GENERIC.match(name) and len(re.sub(_FORM, "", name)) >= 2:
            yield Found("company", name, start, end)
