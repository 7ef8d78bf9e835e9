"""Files of lists as people send them, and the way from a file to a checked list."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from openpyxl import Workbook

from bot.audience.checking import ListWork
from bot.audience.lists import PART_BYTES, Lists, NewList
from bot.audience.model import HEAD_OFFICE, AudienceList, LegalBasis, ListRow
from bot.audit.service import Doer
from bot.clock import FixedClock, local_day
from bot.db import Database
from tests.factories import MORNING

TODAY = local_day(MORNING)
BY = Doer("marketer", "r-1")


def csv_of(rows: Sequence[Sequence[object]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """A CSV file."""
    told = io.StringIO(newline="")
    csv.writer(told, delimiter=delimiter).writerows(rows)
    return told.getvalue().encode(encoding)


def xlsx_of(rows: Sequence[Sequence[Any]], formats: dict[str, str] | None = None) -> bytes:
    """An Excel file; `formats` are number formats by cell name."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for cell, told in (formats or {}).items():
        sheet[cell].number_format = told
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


@dataclass
class Bench:
    """Lists of one database, and the worker that checks them."""

    database: Database
    clock: FixedClock
    slice_rows: int = 3

    @property
    def lists(self) -> Lists:
        """What people do."""
        return Lists(self.database, self.clock)

    @property
    def work(self) -> ListWork:
        """What the worker does."""
        return ListWork(self.database, self.clock, slice_rows=self.slice_rows)

    def upload(self, content: bytes, name: str = "list.csv", branch: str = HEAD_OFFICE) -> int:
        """An uploaded list; its id."""
        new = NewList("鼓楼重点", "提质", LegalBasis.CONSENT, branch, TODAY + timedelta(days=30), name, len(content))
        row = self.lists.begin(new, BY)
        for number, start in enumerate(range(0, len(content), PART_BYTES)):
            self.lists.add_part(row.id, None, number, content[start : start + PART_BYTES])
        self.lists.finish_upload(row.id, None)
        return row.id

    def check(self, list_id: int, mapping: Sequence[str] | None = None, as_of: date = TODAY) -> AudienceList:
        """Have it looked into and checked, by its guessed columns unless others are named."""
        assert self.work.run()
        look = self.get(list_id).look
        assert look is not None, self.get(list_id).problem
        self.lists.choose_columns(list_id, None, mapping or look["guess"], as_of)
        while self.work.run():
            pass
        return self.get(list_id)

    def get(self, list_id: int) -> AudienceList:
        """The list as it stands."""
        with self.database.reading() as session:
            return session.get_one(AudienceList, list_id)

    def verdicts(self, list_id: int) -> list[tuple[int, str]]:
        """(row, verdict) in the file's order."""
        with self.database.reading() as session:
            rows = session.query(ListRow).filter_by(list_id=list_id).order_by(ListRow.row, ListRow.id)
            return [(row.row, row.verdict.value) for row in rows]
