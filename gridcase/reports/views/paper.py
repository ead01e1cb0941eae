"""A report as a sheet of paper and as a table, in the customary layout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from flask import Response
from flask_babel import gettext as _

from gridcase.core.clock import TOWN_ZONE
from gridcase.core.paper import Block as PaperBlock
from gridcase.core.paper import Fields, Paper, Seal, Signs, Table, Words
from gridcase.core.sheets_out import write_xlsx
from gridcase.core.words import Both
from gridcase.measures.queries import Line as Listed
from gridcase.reports.models import ReportForm
from gridcase.reports.rules import Block, Sheet
from gridcase.reports.views.base import head_words, line_words, number_of, period_words, said
from gridcase.web.filters import in_language, show_date, show_datetime, translate
from gridcase.web.respond import xlsx_file

ACROSS, WIDE_FROM = 9, 6  # columns of numbers side by side on paper, and from how many on it is laid across


def title_of(sheet: Sheet | ReportForm) -> str:
    """The title in the reader's language."""
    return in_language(zh=sheet.title, en=sheet.title_en or sheet.title)


def block_head(block: Block) -> str:
    """The heading of a part."""
    return in_language(zh=block.head, en=block.head_en or block.head)


def notes_of(sheet: Sheet) -> str:
    """What stands below."""
    return in_language(zh=sheet.notes, en=sheet.notes_en or sheet.notes)


def paper_of(sheet: Sheet, *, made_at: datetime) -> Paper:
    """The sheet as it is printed: title, period, tables, who filled it in and checked it, seal and day."""
    blocks: list[PaperBlock] = [_times(sheet, made_at)]
    for block in sheet.blocks:
        blocks += _tables(block)
    wide = any(len(block.heads) >= WIDE_FROM for block in sheet.blocks)
    return Paper(
        sheet.office, title_of(sheet), "", show_date(made_at), [*blocks, *_foot(sheet, made_at)], wide=wide
    )  # fmt: skip


def _times(sheet: Sheet, made_at: datetime) -> Fields:
    return Fields([[(_("统计时间"), period_words(sheet.period, at=made_at)), (_("出表时间"), show_datetime(made_at))]])


def _foot(sheet: Sheet, made_at: datetime) -> list[PaperBlock]:
    notes = notes_of(sheet)
    return [
        *([Words(notes, _("说明"))] if notes else []), Signs([_("填表人"), _("审核人")]),
        Seal(sheet.office, _("（盖章）"), show_date(made_at)),
    ]  # fmt: skip


def _tables(block: Block) -> list[PaperBlock]:
    """A block, cut where it has more columns than a page is wide."""
    found: list[PaperBlock] = [Words(block_head(block))] if block.head else []
    first = translate(block.rows) if block.rows else _("统计项")
    for start in range(0, len(block.heads), ACROSS):
        part = slice(start, start + ACROSS)
        rows = [
            [line_words(line), *(said(cell, line.head or head) for head, cell in _pairs(block, line, part))]
            for line in (*block.lines, *([block.total] if block.total else []))
        ]
        heads = [first, *(head_words(head, between="\n") for head in block.heads[part])]
        shares = [6 if not block.rows else 4, *([2.0] * (len(heads) - 1))]
        found.append(Table(heads, rows, shares, numbers_from=1))
    return found


def _pairs(block: Block, line: Any, part: slice) -> Iterator[tuple[Any, Any]]:
    return zip(block.heads[part], line.cells[part], strict=True)


def listed_paper(
    sheet: Sheet, heads: Sequence[Any], lines: Sequence[Listed], *, cut: bool, made_at: datetime
) -> Paper:  # fmt: skip
    """Rows one by one. `cut`: there are more, and the paper says so."""
    rows = [[str(number), *map(words_of, line.cells)] for number, line in enumerate(lines, start=1)]
    table = Table(["", *map(translate, heads)], rows, [1, *([3.0] * len(heads))])
    told = [Words(_("只印了前 %(n)s 条，其余的请看 Excel。", n=len(lines)))] if cut else []
    return Paper(
        sheet.office, title_of(sheet), "", show_date(made_at),
        [_times(sheet, made_at), table, *told, *_foot(sheet, made_at)], wide=len(heads) >= WIDE_FROM,
    )  # fmt: skip


def words_of(cell: Any) -> str:
    """One cell of a list in the reader's language."""
    if isinstance(cell, tuple):  # a light and its words
        return words_of(cell[-1])
    if isinstance(cell, datetime):
        return show_datetime(cell)
    if isinstance(cell, date):
        return show_date(cell)
    return in_language(zh=cell.zh, en=cell.en) if isinstance(cell, Both) else translate(cell)


def workbook(sheet: Sheet, *, made_at: datetime, name: str) -> Response:
    """The same as a table: the title above, then each part under its own heads; texts stay texts."""
    width = max((len(block.heads) for block in sheet.blocks), default=0) + 1
    rows: list[list[Any]] = [
        [sheet.office, _("统计时间"), period_words(sheet.period, at=made_at), _("出表时间"), show_datetime(made_at)]
    ]
    for block in sheet.blocks:
        rows += [[], [block_head(block)]] if block.head else [[]]
        rows.append([translate(block.rows) if block.rows else _("统计项"), *map(head_words, block.heads)])
        rows += [
            [line_words(line), *(number_of(cell, line.head or head) for head, cell in _pairs(block, line, slice(None)))]
            for line in (*block.lines, *([block.total] if block.total else []))
        ]
    if notes_of(sheet):
        rows += [[], [notes_of(sheet)]]
    return _written(sheet, rows, width, name)


def listed_workbook(sheet: Sheet, heads: Sequence[Any], lines: Sequence[Listed], *, name: str) -> Response:
    """Rows one by one as a table."""
    content = write_xlsx(
        list(map(translate, heads)),
        ([*map(_plain, line.cells)] for line in lines),
        title=title_of(sheet),
        heading=title_of(sheet),
        zone=TOWN_ZONE,
    )
    return xlsx_file(content, name=name)


def _plain(cell: Any) -> Any:
    return cell if cell is None or isinstance(cell, int | float | date) else words_of(cell)


def _written(sheet: Sheet, rows: list[list[Any]], width: int, name: str) -> Response:
    heads = [title_of(sheet), *([""] * max(width - 1, 4))]
    return xlsx_file(write_xlsx(heads, rows, title=title_of(sheet), zone=TOWN_ZONE), name=name)
