"""An .xlsx file opened with care, for `core.sheets`.

A workbook is a zip of XML and comes from anybody. Everything is measured before it is unpacked, every part is
read once by a parser that refuses DTDs and entities, and the fast reader (python-calamine) is only handed a
clean copy holding those checked parts. The same pass over the sheet's XML finds what calamine does not tell:
which cells are formulas or error values, and how far the used cells reach.
"""

from __future__ import annotations

import contextlib
import io
import posixpath
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder  # only the types: parsing is defusedxml's
from xml.parsers import expat

from defusedxml.common import DefusedXmlException, DTDForbidden
from defusedxml.ElementTree import DefusedXMLParser
from python_calamine import CalamineError, CalamineWorkbook

from gridcase.core.errors import Refused
from gridcase.core.words import N_

Cell = tuple[int, int]  # row and column, counted from 0

_CENTRAL_ENTRY = b"PK\x01\x02"
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_PIECE = 1024 * 1024
_SMALL = 4 * 1024 * 1024  # below this size the ratio of compression says nothing
_DAMAGED = N_("这个 Excel 文件打不开，可能已损坏。请用 Excel 或 WPS 打开后另存为 .xlsx 再试。")
_BROKEN = (
    CalamineError,
    DefusedXmlException,
    EOFError,
    LookupError,
    NotImplementedError,
    ParseError,
    UnicodeError,
    expat.ExpatError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True)
class Limits:
    """What a table may hold; beyond it a file is refused before it costs time or memory."""

    rows: int = 20_000
    columns: int = 200
    characters: int = 32_767  # in one cell, Excel's own limit
    file_bytes: int = 20 * 1024 * 1024
    unpacked_bytes: int = 80 * 1024 * 1024
    all_characters: int = 40_000_000  # of all cells together
    entries: int = 1_000  # parts in the zip
    ratio: int = 200  # unpacked to packed


@dataclass(frozen=True)
class Grid:
    """A sheet's values from its first used cell on, to be walked once; and what is known of single cells (0-based)."""

    rows: Iterable[list[Any]]
    first: Cell = (0, 0)
    formulas: frozenset[Cell] = frozenset()
    errors: frozenset[Cell] = frozenset()
    merged: list[tuple[Cell, Cell]] = field(default_factory=list)


def read_workbook(data: bytes, limits: Limits) -> Grid:
    """The first visible sheet of an .xlsx. `Refused` when it is damaged, too large, or built to do harm."""
    try:
        return _read(data, limits)
    except _BROKEN as problem:
        raise Refused(_DAMAGED) from problem


def _read(data: bytes, limits: Limits) -> Grid:
    parts = _Parts(data, limits)
    name, sheet_path, others = _first_sheet(parts)
    shared = _SharedStrings()
    if "sharedStrings" in others:
        _feed(parts.pieces(others["sharedStrings"]), shared)
    scan = _SheetScan(limits, shared.lengths)
    _feed(parts.pieces(sheet_path), scan)
    if scan.last_row < 0:
        raise Refused(N_("第一张工作表「%(name)s」是空的，请把要导入的表放在第一张。", name=name))
    if "styles" in others:
        _tree(parts.read(others["styles"]))
    with CalamineWorkbook.from_filelike(parts.clean_copy()) as workbook:
        sheet = workbook.get_sheet_by_name(name)
        first = sheet.start or (0, 0)
        return Grid(
            rows=islice(sheet.iter_rows(), first[0], None),
            first=first,
            formulas=frozenset(scan.formulas),
            errors=frozenset(scan.errors),
            merged=list(sheet.merged_cell_ranges or []),
        )


class _Parts:
    """The zip, measured before anything is unpacked; each part read here goes into a clean copy."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        # Counted in the raw bytes first: merely listing a directory of a million entries takes seconds.
        if data.count(_CENTRAL_ENTRY) > limits.entries:
            raise _too_large()
        self._zip = zipfile.ZipFile(io.BytesIO(data))
        entries = self._zip.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > limits.unpacked_bytes or unpacked > max(_SMALL, limits.ratio * len(data)):
            raise _too_large()
        if any(entry.flag_bits & 1 for entry in entries):
            raise Refused(N_("这个文件加了密码，请去掉密码后再导入。"))
        if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
            raise Refused(_DAMAGED)
        self._names = {entry.filename.lower(): entry.filename for entry in entries}
        self._copy: IO[bytes] = tempfile.TemporaryFile() if unpacked > _SMALL else io.BytesIO()  # noqa: SIM115
        self._clean = zipfile.ZipFile(self._copy, "w", zipfile.ZIP_STORED)

    def read(self, path: str) -> bytes:
        """One part; its checksum must fit."""
        return b"".join(self.pieces(path))

    def pieces(self, path: str) -> Iterator[bytes]:
        """One part piece by piece, so that a large sheet never stands in memory whole."""
        entry = self._zip.getinfo(self._names[path.lower()])
        copy = None if path in self._clean.NameToInfo else self._clean.open(path, "w", force_zip64=True)
        with copy or contextlib.nullcontext(), self._zip.open(entry) as part:
            left = entry.file_size
            while left > 0:
                # With a size, no more than that is unpacked; without one, a part that lies is unpacked whole.
                content = part.read(min(left, _PIECE))
                if not content:
                    break
                left -= len(content)
                if copy is not None:
                    copy.write(content)
                yield content

    def clean_copy(self) -> IO[bytes]:
        """A zip that holds exactly the parts read here, so that no other reader sees anything else."""
        self._clean.close()
        self._copy.seek(0)
        return self._copy


def _first_sheet(parts: _Parts) -> tuple[str, str, dict[str, str]]:
    """Name and path of the first visible sheet, and the paths of the workbook's other parts by kind."""
    for path in ("[Content_Types].xml", "_rels/.rels"):
        _tree(parts.read(path))
    targets: dict[str, tuple[str, str]] = {}
    for link in _tree(parts.read("xl/_rels/workbook.xml.rels")):
        kind = link.get("Type", "").rpartition("/")[2]
        if link.get("TargetMode") != "External":
            path = posixpath.normpath(posixpath.join("/xl", link.get("Target", ""))).lstrip("/")
            targets[link.get("Id", "")] = (kind, path)
    for sheet in _tree(parts.read("xl/workbook.xml")).iter():
        if _local(sheet.tag) == "sheet" and sheet.get("state", "visible") == "visible":
            link_id = next((value for key, value in sheet.items() if _local(key) == "id"), "")
            kind, path = targets.get(link_id, ("", ""))
            if kind == "worksheet":
                return sheet.get("name", ""), path, dict(targets.values())
    raise Refused(N_("这个 Excel 文件里没有可以看见的工作表。"))


class _SharedStrings:
    """Counts the characters of every shared string: one long text may stand in a million cells."""

    def __init__(self) -> None:
        self.lengths: list[int] = []

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        if _local(tag) == "si":
            self.lengths.append(0)

    def end(self, tag: str) -> None:
        """Nothing to do."""

    def data(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)


class _SheetScan:
    """Walks over a sheet's XML: formulas, error values, how far it is used, how much text it holds."""

    def __init__(self, limits: Limits, shared: list[int]) -> None:
        self.formulas: list[Cell] = []
        self.errors: list[Cell] = []
        self.last_row = -1
        self._limits = limits
        self._shared = shared
        self._columns: dict[str, int] = {}
        self._characters = 0
        self._row = self._column = -1
        self._kind = ""
        self._index: list[str] | None = None  # pieces of a shared string's number

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag[tag.rfind("}") + 1 :]
        if name == "c":
            self._start_cell(attributes)
        elif name == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1
        elif name in ("v", "is", "f"):
            self._use_cell(name)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._kind = attributes.get("t", "n")
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
            return
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise Refused(_DAMAGED)
        letters = match[1]
        if letters not in self._columns:
            self._columns[letters] = column_number(letters)
        self._column = self._columns[letters]
        self._row = int(match[2]) - 1

    def _use_cell(self, name: str) -> None:
        if self._row >= self._limits.rows + 20:  # a few rows of title and header are no data
            raise too_many_rows(self._limits)
        if self._column >= self._limits.columns:
            raise too_many_columns(self._limits)
        self.last_row = max(self.last_row, self._row)
        cell = (self._row, self._column)
        if name == "f":
            self.formulas.append(cell)
        elif name == "v" and self._kind == "e":
            self.errors.append(cell)
        elif name == "v" and self._kind == "s":
            self._index = []

    def end(self, tag: str) -> None:
        if self._index is not None and tag[-1] == "v":
            self._count(self._shared[int("".join(self._index))])
            self._index = None

    def data(self, text: str) -> None:
        if self._index is not None:
            self._index.append(text)
        else:
            self._count(len(text))

    def _count(self, characters: int) -> None:
        self._characters += characters
        if self._characters > self._limits.all_characters:
            raise _too_large()


def column_number(letters: str) -> int:
    """'A' -> 0, 'AB' -> 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def column_letters(number: int) -> str:
    """0 -> 'A', 27 -> 'AB'."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def too_many_rows(limits: Limits) -> Refused:
    return Refused(N_("表格超过 %(rows)s 行，请拆成几个文件分次导入。", rows=limits.rows))


def too_many_columns(limits: Limits) -> Refused:
    return Refused(N_("表格超过 %(columns)s 列，请删去用不到的列。", columns=limits.columns))


def _too_large() -> Refused:
    return Refused(N_("这个 Excel 文件展开后太大，请删去图片和用不到的工作表，或拆成几个文件。"))


def _local(tag: str) -> str:
    return tag[tag.rfind("}") + 1 :]


def _feed(pieces: Iterable[bytes], target: Any) -> None:
    """Walk over a large part. The parser itself, because a sheet has millions of elements; like defusedxml's it refuses
    a document type, without which there are no entities."""
    parser = expat.ParserCreate(None, "}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.StartElementHandler, parser.EndElementHandler = target.start, target.end
    parser.CharacterDataHandler = target.data
    for piece in pieces:
        parser.Parse(piece, False)
    parser.Parse(b"", True)


def _no_doctype(name: str, system: str | None, public: str | None, _internal: int) -> None:
    raise DTDForbidden(name, system, public)


def _tree(content: bytes) -> Element:
    parser = DefusedXMLParser(target=TreeBuilder(), forbid_dtd=True)
    parser.feed(content)
    root: Element = parser.close()
    return root
