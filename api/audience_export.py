"""A list's verdicts as CSV or XLSX, written row by row; masked, and no cell can run as a formula."""

import tempfile
from collections.abc import Iterator, Sequence

from flask import Response
from openpyxl import Workbook

from api.report_export import as_file, guarded
from bot.audience import queries
from bot.audience.model import AudienceList, RowVerdict
from bot.bootstrap import Bot

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADER = ("行号", "客户", "结果", "说明")
CHUNK = 256 * 1024
WORDS = {
    RowVerdict.MATCHED: "已匹配",
    RowVerdict.ALSO: "同一企业的其他关注者",
    RowVerdict.OPTED_OUT: "已匹配，已退订营销（保持退订）",
    RowVerdict.NOT_FOLLOWING: "已匹配，现在没有关注",
    RowVerdict.UNKNOWN: "没有找到这个客户",
    RowVerdict.DUPLICATE: "与前面的行重复",
    RowVerdict.BAD_PHONE: "电话号码不对",
    RowVerdict.ERASED: "客户已要求删除资料",
    RowVerdict.OTHER_BRANCH: "是其他网点的客户",
    RowVerdict.NOBODY: "这一行没有可以识别客户的内容",
}


def as_csv(bot: Bot, row: AudienceList) -> Response:
    """The file, written while it is sent."""
    return as_file(_name(row), [HEADER], _rows(bot, row.id))


def as_xlsx(bot: Bot, row: AudienceList) -> Response:
    """The file; an archive can only be sent once it is whole, so it waits on the disk."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("核对结果")
    sheet.append(HEADER)
    for cells in _rows(bot, row.id):
        sheet.append([one if isinstance(one, int) else guarded(one) for one in cells])
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- closed when the answer is sent
    book.save(file)
    file.seek(0)
    headers = {"Content-Disposition": f'attachment; filename="{_name(row)}.xlsx"', "Cache-Control": "no-store"}
    response = Response(iter(lambda: file.read(CHUNK), b""), headers=headers, content_type=XLSX)
    response.call_on_close(file.close)
    return response


def _rows(bot: Bot, list_id: int) -> Iterator[Sequence[str | int | None]]:
    with bot.database.reading() as session:
        for one in queries.every_row(session, list_id):
            yield one.row, one.who, WORDS[one.verdict], one.note


def _name(row: AudienceList) -> str:
    return f"list-{row.id}-verdicts"
