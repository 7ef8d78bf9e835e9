"""Personal data as screens may show it: 138****1234, 陶*, ××**有限公司 stays readable by its first two characters."""

FIRM_KINDS = (
    "股份有限公司",
    "有限责任公司",
    "有限公司",
    "合伙企业",
    "个体工商户",
    "经营部",
    "商行",
    "工厂",
    "厂",
    "店",
)
COMPOUND_SURNAMES = frozenset(
    ("欧阳", "司马", "上官", "诸葛", "夏侯", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "长孙", "宇文")
)


def mask_phone(phone: str | None) -> str | None:
    """138****1234; short numbers keep only their last two digits."""
    if not phone:
        return None
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else f"****{phone[-2:]}"


def mask_name(name: str | None) -> str | None:
    """陶* for 陶某某."""
    return f"{name[0]}*" if name else None


def mask_firm(name: str | None) -> str | None:
    """合肥**有限公司: the first two characters and the kind of firm."""
    if not name:
        return None
    kind = next((end for end in FIRM_KINDS if name.endswith(end)), "")
    return f"{name[:2]}**{kind}"


def way_to_ask_for(contact: str | None) -> str:
    """How the phone is answered to: 王总, without more of his name; whoever is not known by name is asked for by what
    he is.
    """
    if not contact:
        return "企业负责人本人"
    surname = contact[:2] if contact[:2] in COMPOUND_SURNAMES else contact[0]
    return f"{surname}总"
