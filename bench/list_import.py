"""How long a list of 110,000 rows takes from the last uploaded byte to all verdicts, as XLSX and as CSV, and how much
the worker grows meanwhile. In a process of its own, so that nothing it needs lies around already.
"""

import csv
import io
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import psutil
from openpyxl import Workbook

from bench.audience_seed import FOLLOWERS, fill, name_of, phone_of
from bench.own_servers import own_postgres
from bot.audience.catalogue import install_fields
from bot.audience.checking import ListWork
from bot.audience.columns import guess
from bot.audience.lists import PART_BYTES, Lists, NewList
from bot.audience.model import HEAD_OFFICE, AudienceList, LegalBasis, ListState
from bot.audit.service import Doer
from bot.clock import SystemClock, local_day
from bot.db import Database
from bot.fields import install_keys
from bot.results.history import PAST
from config.files import read_files
from config.settings import Settings

MIB = 1024 * 1024
HEADER = ("企业名称", "联系人", "手机号码", "客户等级", "升级差额", "最近动账日")
BOUNDS = {"xlsx": "< 60", "csv": "< 20"}


def run() -> Iterator[tuple[str, float, str, str]]:
    """Seconds and MiB, by database and kind of file."""
    install_keys(Settings.from_env({"APP_ENV": "test"}).field_keys)
    with tempfile.TemporaryDirectory(prefix="xq-import-") as home:
        files = {"xlsx": _xlsx(Path(home) / "list.xlsx"), "csv": _csv(Path(home) / "list.csv")}
        yield from _measure("SQLite", f"sqlite:///{Path(home) / 'bench.db'}", files)
        with own_postgres("imports") as url:
            yield from _measure("PostgreSQL", url, files)


def _measure(name: str, url: str, files: dict[str, Path]) -> Iterator[tuple[str, float, str, str]]:
    database = Database(url)
    fill(database, SystemClock().now())
    for kind, path in files.items():
        list_id = _upload(database, path)
        with multiprocessing.get_context("spawn").Pool(1) as alone:
            taken_s, grown = alone.apply(_import, (url, list_id))
        yield f"import of 110,000 rows, {kind}, {name}", taken_s, "s", BOUNDS[kind]
        yield f"growth of the worker by it, {kind}, {name}", grown / MIB, "MiB", "< 200"
    database.close()


def _upload(database: Database, path: Path) -> int:
    clock = SystemClock()
    lists = Lists(database, clock)
    expires_on = local_day(clock.now()) + timedelta(days=90)
    content = path.read_bytes()
    new = NewList("110,000", "促活", LegalBasis.CONSENT, HEAD_OFFICE, expires_on, path.name, len(content))
    row = lists.begin(new, Doer("marketer01"))
    for number, start in enumerate(range(0, len(content), PART_BYTES)):
        lists.add_part(row.id, None, number, content[start : start + PART_BYTES])
    lists.finish_upload(row.id, None)
    return row.id


def _import(url: str, list_id: int) -> tuple[float, int]:
    """Seconds until every row has its verdict, and by how many bytes this process grew at most."""
    install_keys(Settings.from_env({"APP_ENV": "test"}).field_keys)
    files = read_files()
    install_fields(files.traits, files.tags, files.content.intent_labels, PAST)
    clock, database = SystemClock(), Database(url)
    work, lists = ListWork(database, clock), Lists(database, clock)
    with database.reading() as session:
        assert session.get_one(AudienceList, list_id).state is ListState.READING
    before, start = psutil.Process().memory_info().rss, time.perf_counter()
    work.run()
    lists.choose_columns(list_id, None, guess(HEADER, files.traits), local_day(clock.now()))
    while work.run():
        pass
    taken_s = time.perf_counter() - start
    with database.reading() as session:
        row = session.get_one(AudienceList, list_id)
    assert row.state is ListState.CHECKED, row.state
    assert row.rows_total == FOLLOWERS
    assert sum(row.counts.get(one, 0) for one in ("matched", "not_following")) > FOLLOWERS * 0.85, row.counts
    database.close()
    # Linux counts the peak in KiB.
    return taken_s, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before


def _rows() -> Iterator[Sequence[str | float]]:
    for number in range(1, FOLLOWERS + 1):
        # One in ten is nobody the account knows.
        known = number if number % 10 else number + FOLLOWERS
        day = f"2026-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
        yield name_of(known), f"陶{number}", phone_of(known), "金卡", number % 100, day


def _xlsx(path: Path) -> Path:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("名单")
    sheet.append(HEADER)
    for row in _rows():
        sheet.append(list(row))
    book.save(path)
    return path


def _csv(path: Path) -> Path:
    told = io.StringIO(newline="")
    writer = csv.writer(told)
    writer.writerow(HEADER)
    writer.writerows(_rows())
    path.write_bytes(told.getvalue().encode("gb18030"))
    return path
