"""Cells of a list as values: phones, days, numbers, yes and no, however Excel or people write them. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from bot.audience.fields import FieldKind, TraitKind
from bot.audience.rules import MAX_NUMBER

Cell = str | int | float | bool | date | datetime | None
MAX_CELL = 200
YES = frozenset(("是", "y", "yes", "1", "true", "√", "有", "已", "已开通"))
NO = frozenset(("否", "n", "no", "0", "false", "×", "x", "无", "未", "未开通"))
# Excel counts days from here (it takes 1900 for a leap year); these are 1954 to 2119.
EXCEL_EPOCH = date(1899, 12, 30)
EXCEL_DAYS = range(20_000, 80_000)
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?")
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{9,11}")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")


class UnfitValue(ValueError):
    """A cell that is no such value; its words are Chinese."""


@dataclass(frozen=True)
class TraitValue:
    """A trait's value; exactly one is set."""

    word: str | None = None
    number: float | None = None
    day: date | None = None


def text_of(cell: Cell) -> str:
    """A cell as text: whole numbers without a decimal point, days as 2026-11-24, no blanks around."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).replace("\0", "").strip()[:MAX_CELL]


def identifier_of(cell: Cell) -> str:
    """A number somebody is known by, also where Excel made 1.38E+10 of it."""
    said = text_of(cell)
    if said.endswith(".0") or _SCIENTIFIC.fullmatch(said):
        try:
            return str(int(Decimal(said)))
        except (InvalidOperation, ValueError):
            return said
    return said.lstrip("'")


def phone_of(cell: Cell) -> str | None:
    """A phone as digits, without the country's; None for what is none."""
    digits = re.sub(r"[^\d]", "", identifier_of(cell))
    for prefix in ("0086", "86"):
        if digits.startswith(prefix) and _MOBILE.fullmatch(digits[len(prefix) :]):
            digits = digits[len(prefix) :]
    return digits if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits) else None


def trait_of(kind: TraitKind, cell: Cell, *, is_percent: bool = False) -> TraitValue | None:
    """The value of a trait; None for an empty cell. `is_percent`: the column holds shares that Excel shows as percent.
    Raises UnfitValue.
    """
    said = text_of(cell)
    if said in ("", "-", "—", "/"):
        return None
    if kind.kind is FieldKind.DAY:
        return TraitValue(day=_day(cell, said))
    if kind.kind is FieldKind.NUMBER:
        number = _number(said, kind.unit)
        return TraitValue(number=round(number * 100, 6) if is_percent and kind.unit == "%" else number)
    if kind.kind is FieldKind.FLAG:
        if said.casefold() not in YES | NO:
            raise UnfitValue("不是“是”或“否”")
        return TraitValue(number=float(said.casefold() in YES))
    if said not in kind.choices:
        raise UnfitValue(f"不在可选范围（{'、'.join(kind.choices)}）")
    return TraitValue(word=said)


def _day(cell: Cell, said: str) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if said.isdigit() and len(said) == 5 and int(said) in EXCEL_DAYS:
        return EXCEL_EPOCH + timedelta(days=int(said))
    found = _DAY.fullmatch(said) or _COMPACT_DAY.fullmatch(said)
    try:
        return date(*(int(part) for part in found.groups())) if found else date.fromisoformat("")
    except ValueError as error:
        raise UnfitValue("不是日期") from error


def _number(said: str, unit: str) -> float:
    plain = said.replace(",", "").replace("，", "").removesuffix(unit or "\0").removesuffix("%").strip()
    try:
        number = float(plain)
    except ValueError as error:
        raise UnfitValue("不是数字") from error
    if not abs(number) <= MAX_NUMBER:
        raise UnfitValue("不是数字")
    return number
