"""A sheet of paper (`core.paper`) drawn as a PDF of A4 pages, with the characters it uses embedded.

Lines are broken here and not by the library: Chinese may break anywhere but before a closing mark, a word of another
script stays whole where it fits, and nothing a person has typed can run out of its column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, cast

import pylopdf_fonts_zh_cn
from fpdf import FPDF

from gridcase.core.paper import Block, Fields, Paper, Seal, Signs, Table, Words

FONT = Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSerifSC-Regular.otf"
FACE = "paper"
MARGIN, BOTTOM, PAD = 20.0, 22.0, 1.6  # millimetres
BODY, SMALL, OFFICE, TITLE, HEADING = 11.0, 9.0, 16.0, 20.0, 12.0  # points
LEADING = 0.58  # millimetres of line for a point of type
NO_ROOM = 3  # lines: a row is not begun for fewer
ABSENT = "□"  # for a character the font does not have
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
_PIECE = re.compile(r"[!-~¡-ɏ]+|[ \t]+|.", re.DOTALL)
_MAY_NOT_BEGIN = frozenset("，。、；：！？）》」』】〕”’…—·％℃,.;:!?)]}%")
Measure = Callable[[str], float]


class Row(NamedTuple):
    """The cells of a row as lines of text, and how wide each is."""

    cells: list[list[str]]
    widths: list[float]


def drawn(paper: Paper, *, now: datetime) -> bytes:
    """The sheet as a file. `now` is the time written into its properties."""
    sheet = _Sheet(paper, now)
    sheet.add_page()
    sheet.write_head()
    for block in paper.blocks:
        sheet.write_block(block)
    return bytes(sheet.output())


def broken(text: str, width: float, measure: Measure) -> list[str]:
    """The lines of a text no wider than `width`; always at least one."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _broken_paragraph(paragraph, width, measure)
    return lines


def _broken_paragraph(text: str, width: float, measure: Measure) -> list[str]:
    lines, line, used = [], "", 0.0
    for piece in _pieces(text, width, measure):
        size = measure(piece)
        if used + size <= width or not line:
            line, used = line + piece, used + size
            continue
        carried = line[-1] if piece[0] in _MAY_NOT_BEGIN and len(line) > 1 else ""
        lines.append((line[: -len(carried)] if carried else line).rstrip())
        line = carried + piece.lstrip()
        used = measure(line)
    return [*lines, line.rstrip()]


def _pieces(text: str, width: float, measure: Measure) -> Iterable[str]:
    """What is kept together: a word where it fits a line, else a single character."""
    for piece in _PIECE.findall(text):
        if len(piece) > 1 and measure(piece) > width:
            yield from piece
        else:
            yield piece


class _Sheet(FPDF):
    """The pages being written."""

    def __init__(self, paper: Paper, now: datetime) -> None:
        super().__init__(orientation="landscape" if paper.wide else "portrait", format="A4")
        self.paper = paper
        self.repeated: Row | None = None  # the head of the table being written
        self.numbers_from: int | None = None  # the first column of numbers of that table
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(auto=False)
        self.add_font(FACE, "", str(FONT))
        self.known: Any = cast(Any, self.fonts[FACE]).cmap
        self.widths_known: dict[tuple[float, str], float] = {}
        self.set_title(self.shown(f"{paper.title} {paper.number}".strip()))
        self.set_creation_date(now)
        self.set_draw_color(0)
        self.set_text_color(0)
        self.set_line_width(0.2)

    # -- every page

    def header(self) -> None:
        """From the second page on: which sheet this is."""
        if self.page_no() > 1:
            self.set_xy(MARGIN, 11)
            self.put(f"{self.paper.title}  {self.paper.number}", SMALL, self.epw, "R")
        self.set_xy(MARGIN, MARGIN)

    def footer(self) -> None:
        """The number of the page."""
        self.set_xy(MARGIN, self.h - 14)
        self.put(f"— {self.page_no()} —", SMALL, self.epw, "C")

    # -- small things

    def shown(self, text: str) -> str:
        """The text as far as the font can write it."""
        text = _INVISIBLE.sub("", text.replace("\t", " "))
        return "".join(one if one == "\n" or ord(one) in self.known else ABSENT for one in text)

    def measure(self, size: float) -> Measure:
        """How wide a text is at a size; characters are measured once."""
        self.set_font(FACE, size=size)

        def width(text: str) -> float:
            total = 0.0
            for one in text:
                key = (size, one)
                if key not in self.widths_known:
                    self.widths_known[key] = self.get_string_width(one)
                total += self.widths_known[key]
            return total

        return width

    def put(self, text: str, size: float, width: float, align: str = "L") -> None:
        """One line at the current place."""
        self.set_font(FACE, size=size)
        self.cell(width, size * LEADING, self.shown(text), align=align)

    def lines(self, text: str, width: float, size: float = BODY) -> list[str]:
        """A text as the lines of a column."""
        return broken(self.shown(text), width, self.measure(size))

    def room(self) -> float:
        """How much of the page is left."""
        return float(self.h - BOTTOM - self.get_y())

    def turn(self) -> None:
        """The next page, with the head of the table where one is being written."""
        self.add_page(same=True)
        if self.repeated is not None:
            self.draw(self.repeated.cells, self.repeated.widths, SMALL)

    def paragraph(self, text: str, size: float = BODY, align: str = "L") -> None:
        """Running text over the whole width, page after page."""
        step = size * LEADING
        for line in self.lines(text, self.epw, size):
            if self.room() < step:
                self.turn()
            self.set_x(MARGIN)
            self.put(line, size, self.epw, align)
            self.set_y(self.get_y() + step)

    # -- the parts

    def write_head(self) -> None:
        """The office, the number and the day, the title."""
        self.paragraph(self.paper.office, OFFICE, "C")
        self.set_y(self.get_y() + 2)
        top = self.get_y()
        label = self.paper.number_label
        self.put(f"{label}{self.paper.number}" if self.paper.number else "", SMALL, self.epw / 2)
        self.set_xy(MARGIN + self.epw / 2, top)
        self.put(self.paper.day, SMALL, self.epw / 2, "R")
        under = top + SMALL * LEADING + 1
        self.line(MARGIN, under, MARGIN + self.epw, under)
        self.set_xy(MARGIN, under + 6)
        self.paragraph(self.paper.title, TITLE, "C")
        self.set_y(self.get_y() + 4)

    def write_block(self, block: Block) -> None:
        """One part and the space below it."""
        match block:
            case Fields():
                self.write_fields(block)
            case Words():
                self.write_words(block)
            case Table():
                self.write_table(block)
            case Signs():
                self.write_signs(block)
            case Seal():
                self.write_seal(block)
        self.set_y(self.get_y() + 4)

    def write_fields(self, block: Fields) -> None:
        """Rows of labels and values; a single pair takes the whole width."""
        label = 26.0
        for pairs in block.rows:
            value = self.epw / len(pairs) - label
            widths = [label, value] * len(pairs)
            cells = [
                self.lines(text, width - 2 * PAD)
                for pair in pairs
                for text, width in zip(pair, (label, value), strict=True)
            ]
            self.write_row(cells, widths, BODY)

    def write_words(self, block: Words) -> None:
        """A heading stays with the first lines below it."""
        if block.heading:
            if self.room() < (HEADING + 2 * BODY) * LEADING:
                self.turn()
            self.paragraph(block.heading, HEADING)
        self.paragraph(block.text)

    def write_table(self, block: Table) -> None:
        """The head on every page, then the rows."""
        widths = [self.epw * share / sum(block.shares) for share in block.shares]

        def cells(texts: Sequence[str]) -> list[list[str]]:
            return [self.lines(text, width - 2 * PAD, SMALL) for text, width in zip(texts, widths, strict=True)]

        if self.room() < 3 * (SMALL * LEADING + 2 * PAD):  # no head alone at the foot of a page
            self.turn()
        self.numbers_from = block.numbers_from
        self.repeated = Row(cells(block.heads), widths)
        self.write_row(self.repeated.cells, widths, SMALL)
        for row in block.rows:
            self.write_row(cells(row), widths, SMALL)
        self.repeated = self.numbers_from = None

    def write_row(self, cells: list[list[str]], widths: list[float], size: float) -> None:
        """One row; taller than what is left, it goes to the next page, or is cut where no page could hold it."""
        step = size * LEADING
        while any(cells):
            tallest = max(len(one) for one in cells)
            fits = int((self.room() - 2 * PAD) // step)
            whole = int((self.h - BOTTOM - MARGIN - 2 * PAD) // step) - NO_ROOM
            if tallest > fits and (fits < NO_ROOM or tallest <= whole):
                self.turn()
                continue
            self.draw([one[:fits] for one in cells], widths, size)
            cells = [one[fits:] for one in cells]

    def draw(self, cells: Sequence[Sequence[str]], widths: Sequence[float], size: float) -> None:
        """A row that fits, with its boxes."""
        step, top, left = size * LEADING, self.get_y(), MARGIN
        height = max(len(one) for one in cells) * step + 2 * PAD
        for column, (lines, width) in enumerate(zip(cells, widths, strict=True)):
            self.rect(left, top, width, height)
            right = self.numbers_from is not None and column >= self.numbers_from
            for place, line in enumerate(lines):
                self.set_xy(left + PAD - self.c_margin, top + PAD + place * step)
                self.put(line, size, width - 2 * (PAD - self.c_margin), "R" if right else "L")
            left += width
        self.set_xy(MARGIN, top + height)

    def write_signs(self, block: Signs) -> None:
        """Two lines to sign on beside each other."""
        width = self.epw / 2
        for place, label in enumerate(block.labels):
            if place % 2 == 0:
                if self.room() < 14:
                    self.turn()
                self.set_y(self.get_y() + 6)
            top = self.get_y()
            self.set_x(MARGIN + width * (place % 2))
            self.put(f"{label}：", BODY, width)
            begins = MARGIN + width * (place % 2) + self.measure(BODY)(self.shown(f"{label}：")) + 2
            ends = MARGIN + width * (place % 2 + 1) - 6
            if begins < ends:
                self.line(begins, top + BODY * LEADING, ends, top + BODY * LEADING)
            self.set_y(top if place % 2 == 0 and place + 1 < len(block.labels) else top + BODY * LEADING)

    def write_seal(self, block: Seal) -> None:
        """To the right, kept together."""
        if self.room() < 34:
            self.turn()
        self.set_y(self.get_y() + 10)
        for text in (block.office, block.note, block.day):
            self.paragraph(text, BODY, "R")
