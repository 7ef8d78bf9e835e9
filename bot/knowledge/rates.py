"""Money, rates and terms as owners read them, and the sums of the calculator. Amounts in fen, rates in basis
points a year.
"""

from decimal import ROUND_HALF_UP, Decimal

FEN_PER_YUAN = 100
WAN = 10_000
YI = 100_000_000


def amount_text(fen: int) -> str:
    """20万元, 1.5亿元, 8,500元, 345.60元."""
    yuan = Decimal(fen) / FEN_PER_YUAN
    for unit, name in ((YI, "亿元"), (WAN, "万元")):
        if yuan >= unit and (yuan / unit * 100) % 1 == 0:
            return f"{_plain(yuan / unit)}{name}"
    return f"{yuan:,.2f}元" if yuan % 1 else f"{yuan:,.0f}元"


def amount_range_text(low_fen: int, high_fen: int) -> str:
    """20万元, or 20万–30万元 when the ends differ."""
    if low_fen == high_fen:
        return amount_text(low_fen)
    low, high = amount_text(low_fen), amount_text(high_fen)
    return f"{low.removesuffix('元')}–{high}"


def rate_text(basis_points: int) -> str:
    """3.45%."""
    return f"{basis_points / 100:.2f}%"


def term_text(months: int) -> str:
    """半年, 8个月, 1年, 1年半, 3年."""
    years, rest = divmod(months, 12)
    if years and rest in (0, 6):
        return f"{years}年{'半' if rest else ''}"
    return "半年" if months == 6 else f"{months}个月"


def years_text(years: float) -> str:
    """半年, 1年, 2.5年."""
    return "半年" if years == 0.5 else f"{years:g}年"


def simple_interest_fen(amount_fen: int, rate_bp: int, months: int) -> int:
    """Interest of a loan repaid in one sum at its end."""
    return _rounded(Decimal(amount_fen) * rate_bp * months / (WAN * 12))


def instalment_fen(amount_fen: int, rate_bp: int, months: int) -> int:
    """The monthly payment of a loan repaid in equal instalments (等额本息)."""
    monthly = Decimal(rate_bp) / (WAN * 12)
    return _rounded(Decimal(amount_fen) * monthly / (1 - (1 + monthly) ** -months))


def _rounded(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
