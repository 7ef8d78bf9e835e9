"""Uploaded files as rows, read in a stream: CSV in UTF-8 or GB18030, XLSX by openpyxl's read-only mode.

Whatever is wrong with a file is UnfitFile with a reason the console has words for.
"""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from bot.audience.columns import MAX_COLUMNS
from bot.audience.model import FileKind
from bot.audience.values import Cell, text_of
from bot.errors import UnfitFile

MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 500_000
# A small archive can unpack to more than any memory.
MAX_UNPACKED = 600 * 1024 * 1024
LOOK_ROWS = 8
CHUNK = 1024 * 1024
ENCODINGS = ("utf-8", "gb18030")


class Table:
    """One opened file: its header, its rows with the numbers Excel shows, and how many there may be."""

    def __init__(
        self, header: Sequence[str], rows: Iterator[Sequence[Cell]], total: int | None, sheet: Any = None
    ) -> None:
        self.header = tuple(header)
        self.total = total
        self._rows = rows
        self._sheet = sheet

    def percent_columns(self) -> list[bool]:
        """Which columns Excel shows as percent, by the first rows: there 8% is kept as 0.08."""
        if self._sheet is None:
            return [False] * len(self.header)
        return _percent_columns(self._sheet, len(self.header))

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """The rows that hold anything, with their numbers; the header is row 1. Raises UnfitFile."""
        try:
            for number, row in enumerate(self._rows, start=2):
                if number > MAX_ROWS + 1:
                    raise UnfitFile(reason="too_many_rows")
                if any(cell not in (None, "") for cell in row):
                    yield number, row
        except (csv.Error, ParseError, zipfile.BadZipFile, UnicodeDecodeError, KeyError, ValueError) as error:
            raise UnfitFile(reason="unreadable") from error


@contextmanager
def opened(file: IO[bytes], kind: FileKind) -> Iterator[Table]:
    """The table of a file. Raises UnfitFile."""
    with _csv(file) if kind is FileKind.CSV else _xlsx(file) as table:
        if not any(table.header):
            raise UnfitFile(reason="no_header")
        if len(table.header) > MAX_COLUMNS:
            raise UnfitFile(reason="too_many_columns")
        yield table


@contextmanager
def _csv(file: IO[bytes]) -> Iterator[Table]:
    encoding, lines = _encoding_of(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        first = text.readline()
        delimiter = max((",", "\t", ";"), key=first.lstrip("\ufeff").count)
        text.seek(0)
        rows: Iterator[list[str]] = csv.reader(text, delimiter=delimiter)
        try:
            header = [text_of(cell.lstrip("\ufeff")) for cell in next(rows, [])]
        except csv.Error as error:
            raise UnfitFile(reason="unreadable") from error
        yield Table(_trimmed(header), iter(rows), max(lines - 1, 0))
    finally:
        # The caller's file stays open.
        text.detach()


def _encoding_of(file: IO[bytes]) -> tuple[str, int]:
    """The first encoding the whole file is in, and how many lines it has."""
    for encoding in ENCODINGS:
        decoder = codecs.getincrementaldecoder(encoding)()
        file.seek(0)
        lines, last = 0, b"\n"
        try:
            while chunk := file.read(CHUNK):
                if b"\0" in chunk:
                    raise UnfitFile(reason="unreadable")
                decoder.decode(chunk)
                lines, last = lines + chunk.count(b"\n"), chunk[-1:]
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding, lines + (last != b"\n")
    raise UnfitFile(reason="encoding")


@contextmanager
def _xlsx(file: IO[bytes]) -> Iterator[Table]:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(one.file_size for one in archive.infolist()) > MAX_UNPACKED:
                raise UnfitFile(reason="too_big")
        file.seek(0)
        book = load_workbook(file, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, OSError) as error:
        raise UnfitFile(reason="unreadable") from error
    try:
        sheet: Any = book.worksheets[0] if book.worksheets else None
        if sheet is None:
            raise UnfitFile(reason="no_header")
        total = sheet.max_row
        # Some programs write a wrong size into the sheet, and rows beyond it would be dropped.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(values_only=True)
        header = [text_of(cell) for cell in next(rows, ())]
        yield Table(_trimmed(header), rows, max(total - 1, 0) if total else None, sheet)
    finally:
        book.close()


def _percent_columns(sheet: Any, columns: int) -> list[bool]:
    found = [False] * columns
    for row in sheet.iter_rows(min_row=2, max_row=2 + LOOK_ROWS):
        for number, cell in enumerate(row[:columns]):
            is_number = isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
            found[number] |= is_number and "%" in str(cell.number_format)
    return found


def _trimmed(header: list[str]) -> list[str]:
    while header and not header[-1]:
        header.pop()
    return header
