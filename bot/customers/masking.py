"""Personal data as screens may show it: 138****1234, 陶*, ××**有限公司 stays readable by its first two characters."""


def mask_phone(phone: str | None) -> str | None:
    """138****1234; short numbers keep only their last two digits."""
    if not phone:
        return None
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else f"****{phone[-2:]}"


def mask_name(name: str | None) -> str | None:
    """陶* for 陶某某."""
    return f"{name[0]}*" if name else None
