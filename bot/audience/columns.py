"""What the columns of a list are: guessed by their headers, chosen by whoever imports it, checked. Pure."""

from collections.abc import Mapping, Sequence

from bot.audience.fields import TraitKind
from bot.customers.search_keys import normal

# What a row may be told by, the surest first.
OPENID, FIRM_ID, PHONE, FIRM_NAME = "openid", "firm_id", "phone", "firm_name"
IDENTITIES = (OPENID, FIRM_ID, PHONE, FIRM_NAME)
CONTACT, IGNORED = "contact", ""
MAX_COLUMNS = 60

_HEADERS: Mapping[str, tuple[str, ...]] = {
    OPENID: ("openid", "微信标识", "微信号"),
    FIRM_ID: ("企业编号", "客户号", "客户编号", "firmid", "企业客户号"),
    PHONE: ("手机", "手机号", "手机号码", "电话", "联系电话", "联系方式", "phone", "mobile"),
    FIRM_NAME: ("企业名称", "公司名称", "客户名称", "单位名称", "户名", "firmname"),
    CONTACT: ("联系人", "姓名", "法人", "经办人", "负责人", "contact"),
}


def guess(headers: Sequence[str], traits: Mapping[str, TraitKind]) -> list[str]:
    """What each column most likely is; each thing once, whole names before parts of names."""
    words = {**_HEADERS, **{one.key: (one.label, *one.headers) for one in traits.values()}}
    exact = {normal(word): target for target, known in words.items() for word in known}
    found = [exact.get(normal(header), IGNORED) for header in headers]
    for number, header in enumerate(headers):
        if not found[number]:
            found[number] = _part(normal(header), exact, set(found))
    seen: set[str] = set()
    for number, target in enumerate(found):
        found[number] = IGNORED if target in seen else target
        seen.add(target)
    return found


def problem_of(mapping: Sequence[str], columns: int, traits: Mapping[str, TraitKind]) -> str | None:
    """Why these columns cannot be taken; None when they can."""
    chosen = [one for one in mapping if one != IGNORED]
    if len(mapping) != columns:
        return "columns_changed"
    if any(one not in (*IDENTITIES, CONTACT) and one not in traits for one in chosen):
        return "unknown_column"
    if len(set(chosen)) < len(chosen):
        return "column_twice"
    return None if set(chosen) & set(IDENTITIES) else "no_identity"


def _part(header: str, exact: Mapping[str, str], taken: set[str]) -> str:
    inside = [word for word in exact if len(word) > 1 and word in header]
    target = exact[max(inside, key=len)] if inside else IGNORED
    return IGNORED if target in taken else target
