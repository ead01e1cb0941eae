"""Files of registers spoiled on purpose, the same for the same seed: as offices, Excel and ill-meaning people do."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import openpyxl

from gridcase.core.sheets_out import write_csv
from gridcase.exchange.rules.registers import REGISTERS
from tests.factories.workbooks import SHEET, entries, rewritten

VILLAGE, OTHER = "990101100201", "990101101201"
CELL = f"{VILLAGE}Z01-001"
Table = list[list[Any]]


@dataclass(frozen=True)
class Spoiled:
    """A file that must be refused; `bomb`: quickly and without memory."""

    name: str
    register: str
    data: bytes
    filename: str
    bomb: bool = False


def spoiled(seed: int) -> Spoiled:
    """The file of a number: kinds of mistakes in turn, the place of each by chance."""
    chance = random.Random(seed)
    kind = KINDS[seed % len(KINDS)]
    return kind(chance, f"{seed}-{kind.__name__.strip('_')}")


def sound(register: str) -> Table:
    """A sound file of twelve rows."""
    if register == "places":
        rows = [[f"{VILLAGE}Z{n:02d}", f"{n}组", "组", VILLAGE] for n in range(20, 32)]
    elif register == "circles":
        rows = [[f"{CELL}-{n:03d}", "T-liaison", "2026-11-01", "熟人"] for n in range(1, 5)]
    elif register == "organisations":
        rows = [
            [VILLAGE, "其他组织", f"第{n}会", None, None, "2024-01-01", None, f"吴{n}", None, None, "主任", 1,
             "2024-01-01", "2028-12-31"] for n in range(6)
        ]  # fmt: skip
    elif register == "liaisons":
        rows = [
            [f"L-{n}", f"代表{n}", VILLAGE, "P1", None, None, f"吴{n}", None, None, None, f"证-{n}", "2024-01-01",
             "村民小组会", "其他村民", 9, None, None, None, "2024-01-01", "2026-12-31"] for n in range(6)
        ]  # fmt: skip
    elif register == "members":
        rows = [[f"{CELL}-{n:03d}", f"吴小{n}", "子女", "女", "2001-01-01", "13900000001"] for n in range(1, 5)]
    else:
        rows = [
            [f"{CELL}-{n:03d}", CELL, f"王大{n}", "13900000001", "上河村", "上湾", f"H{n}", "否", "否", "2024-01-01",
             112.601, 28.451] for n in range(800, 812)
        ]  # fmt: skip
    width = len(REGISTERS[register].columns)
    return [
        [column.header for column in REGISTERS[register].columns],
        *[row + [None] * (width - len(row)) for row in rows],
    ]


def _at(register: str, key: str) -> int:
    return [column.key for column in REGISTERS[register].columns].index(key)


def _file(chance: random.Random, name: str, register: str, table: Table) -> Spoiled:
    """As .xlsx or as CSV in one of the usual encodings."""
    if chance.random() < 0.4:
        text = write_csv(table[0], table[1:]).decode("utf-8-sig")
        return Spoiled(name, register, text.encode(chance.choice(("utf-8-sig", "gb18030", "utf-16"))), "表.csv")
    return Spoiled(name, register, _xlsx(table), "表.xlsx")


def _xlsx(table: Table, change: Callable[[Any], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for row in table:
        book.active.append(row)
    if change is not None:
        change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _put(chance: random.Random, name: str, register: str, key: str, value: Any) -> Spoiled:
    table = sound(register)
    table[chance.randrange(1, len(table))][_at(register, key)] = value
    return _file(chance, name, register, table)


def _missing_column(chance: random.Random, name: str) -> Spoiled:
    register = chance.choice(("households", "members", "places"))
    table, column = sound(register), chance.choice(REGISTERS[register].required)
    at = _at(register, column.key)
    return _file(chance, name, register, [row[:at] + row[at + 1 :] for row in table])


def _doubled_header(chance: random.Random, name: str) -> Spoiled:
    table = sound("households")
    table[0][chance.randrange(4, 9)] = table[0][chance.randrange(3)]
    return _file(chance, name, "households", table)


def _bad_date(chance: random.Random, name: str) -> Spoiled:
    words = ("昨天", "2024-02-30", "二〇二四年", "2024/13/01", "1800-01-01", "0000-00-00", "31.12.2024 x")
    return _put(chance, name, "households", "since", chance.choice(words))


def _unknown_code(chance: random.Random, name: str) -> Spoiled:
    register, key = chance.choice(
        (("households", "grid"), ("members", "household"), ("circles", "post"), ("places", "parent"))
    )
    return _put(chance, name, register, key, f"{VILLAGE}Z9{chance.randrange(10)}-999")


def _formula(chance: random.Random, name: str) -> Spoiled:
    place = f"{chance.choice('ABCDE')}{chance.randrange(2, 12)}"
    formula = chance.choice(("=1+1", '=HYPERLINK("x","y")', "=A2", "=NOW()"))

    def change(book: Any) -> None:
        book.active[place] = formula

    return Spoiled(name, "households", _xlsx(sound("households"), change), "表.xlsx")


def _error_value(chance: random.Random, name: str) -> Spoiled:
    place = f"{chance.choice('ABCD')}{chance.randrange(2, 12)}"

    def change(book: Any) -> None:
        book.active[place].value, book.active[place].data_type = chance.choice(("#N/A", "#REF!", "#DIV/0!")), "e"

    return Spoiled(name, "households", _xlsx(sound("households"), change), "表.xlsx")


def _overlong(chance: random.Random, name: str) -> Spoiled:
    key = chance.choice(("head_name", "address", "hamlet", "code", "external_code"))
    letter = "9" if key in ("code", "external_code") else "长"
    return _put(chance, name, "households", key, letter * chance.randrange(121, 900))


def _wrong_sheet(chance: random.Random, name: str) -> Spoiled:
    def change(book: Any) -> None:
        first = book.create_sheet("说明", 0)
        for n in range(chance.randrange(1, 9)):
            first.append([f"说明{n}", "请看后面的表"])

    return Spoiled(name, "households", _xlsx(sound("households"), change), "表.xlsx")


def _merged(chance: random.Random, name: str) -> Spoiled:
    row, letter = chance.randrange(2, 11), chance.choice("ABC")
    return Spoiled(
        name, "households",
        _xlsx(sound("households"), lambda book: book.active.merge_cells(f"{letter}{row}:{letter}{row + 1}")), "表.xlsx",
    )  # fmt: skip


def _truncated(chance: random.Random, name: str) -> Spoiled:
    data = _xlsx(sound("households"))
    return Spoiled(name, "households", data[: chance.randrange(4, len(data) - 30)], "表.xlsx")


def _flipped(chance: random.Random, name: str) -> Spoiled:
    """One byte of the sheet itself is another."""
    data = bytearray(_xlsx(sound("households")))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as packed:
        entry = packed.getinfo(SHEET)
        start = entry.header_offset + 30 + len(entry.filename)
        data[start + chance.randrange(entry.compress_size // 2, entry.compress_size)] ^= 0xFF
    return Spoiled(name, "households", bytes(data), "表.xlsx")


def _bomb(chance: random.Random, name: str) -> Spoiled:
    good = _xlsx(sound("households"))
    laughs = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]><worksheet'
    bombs: tuple[Callable[[], bytes], ...] = (
        lambda: rewritten(good, SHEET, "<worksheet", laughs),
        lambda: rewritten(good, SHEET, 'r="A2"', 'r="A1048576"'),
        lambda: rewritten(good, SHEET, 'r="A2"', 'r="XFD2"'),
        lambda: entries(**{f"a{n}": b"" for n in range(1500)}),
        lambda: entries(**{"[Content_Types].xml": b"0" * (90 * 2**20)}),
        lambda: rewritten(good, SHEET, "<sheetData>", "<sheetData>" + " " * (60 * 2**20)),
    )
    return Spoiled(name, "households", chance.choice(bombs)(), "表.xlsx", bomb=True)


def _odd_encoding(chance: random.Random, name: str) -> Spoiled:
    text = write_csv(sound("households")[0], sound("households")[1:]).decode("utf-8-sig")
    data = chance.choice((
        text.encode("utf-32"), bytes(chance.randrange(128, 255) for _ in range(400)), b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
        b"\xff" * 64 + text.encode()[:100], text.encode("utf-16-le"), b"%PDF-1.7\0\xff\xfe\x81\xff",
    ))  # fmt: skip
    return Spoiled(name, "households", data, "表.csv")


def _doubled_key(chance: random.Random, name: str) -> Spoiled:
    register = chance.choice(("households", "members", "places", "circles"))
    table = sound(register)
    table.insert(chance.randrange(2, len(table)), list(table[1]))
    return _file(chance, name, register, table)


def _circular(chance: random.Random, name: str) -> Spoiled:
    table, at = sound("places"), _at("places", "parent")
    one, two = chance.sample(range(1, len(table)), 2)
    table[one][at], table[two][at] = table[two][0], table[one][0] if chance.random() < 0.5 else table[two][0]
    return _file(chance, name, "places", table)


def _foreign_home(chance: random.Random, name: str) -> Spoiled:
    return _put(chance, name, "households", "grid", f"{OTHER}Z01-001")


def _foreign_liaison(chance: random.Random, name: str) -> Spoiled:
    table = sound("circles")
    table[chance.randrange(1, len(table))][0] = f"990101100202Z01-001-{chance.randrange(1, 5):03d}"
    return _file(chance, name, "circles", table)


def _masked(chance: random.Random, name: str) -> Spoiled:
    key, value = chance.choice((("head_name", "王*"), ("phone", "139****0001"), ("address", "***")))
    return _put(chance, name, "households", key, value)


def _no_choice(chance: random.Random, name: str) -> Spoiled:
    register, key = chance.choice(
        (("members", "relation"), ("members", "gender"), ("households", "ended_why"), ("places", "level"))
    )
    return _put(chance, name, register, key, chance.choice(("不详", "X", "其它人等", "12")))


def _swapped(chance: random.Random, name: str) -> Spoiled:
    key, value = chance.choice((("lon", 28.45), ("lat", 112.6), ("lon", "东经112度"), ("lat", 0), ("lon", 1e308)))
    return _put(chance, name, "households", key, value)


def _half_place(chance: random.Random, name: str) -> Spoiled:
    return _put(chance, name, "households", chance.choice(("lon", "lat")), None)


def _odd_code(chance: random.Random, name: str) -> Spoiled:
    return _put(
        chance,
        name,
        "households",
        "code",
        chance.choice(("户 1", "编号😀", "'; DROP TABLE household; --", "a\nb", "<b>1</b>")),
    )


def _empty_required(chance: random.Random, name: str) -> Spoiled:
    register = chance.choice(("households", "members", "places", "circles"))
    key = chance.choice(REGISTERS[register].required).key
    return _put(chance, name, register, key, chance.choice((None, "　", " ")))


def _open_quote(chance: random.Random, name: str) -> Spoiled:
    lines = write_csv(sound("households")[0], sound("households")[1:]).decode("utf-8-sig").splitlines()
    lines[chance.randrange(2, len(lines))] = '"没有收尾的引号,1,2'
    return Spoiled(name, "households", "\r\n".join(lines).encode(), "表.csv")


def _no_table(chance: random.Random, name: str) -> Spoiled:
    data = chance.choice((
        b"\xd0\xcf\x11\xe0" + b"\0" * 512, b"", b"PK\x05\x06" + b"\0" * 18, entries(word=b"<document/>"), b"\r\n\r\n",
        _xlsx(sound("households")[:1]),
    ))  # fmt: skip
    return Spoiled(name, "households", data, "表.xlsx")


def _long_number(chance: random.Random, name: str) -> Spoiled:
    table, number = sound("households"), 430901200001011234 + chance.randrange(99)
    table[chance.randrange(1, len(table))][_at("households", "external_code")] = number
    return Spoiled(name, "households", _xlsx(table), "表.xlsx")


def _odd_phone(chance: random.Random, name: str) -> Spoiled:
    words = ("同上", "1390000号", "139-xx", "１号", "139000000001390000000", "无")
    return _put(chance, name, "households", "phone", chance.choice(words))


def _ends_before(chance: random.Random, name: str) -> Spoiled:
    table = sound("households")
    row = table[chance.randrange(1, len(table))]
    row[_at("households", "ended_on")], row[_at("households", "ended_why")] = (
        "2020-01-01",
        chance.choice(("迁出", None)),
    )
    return _file(chance, name, "households", table)


def _other_level(chance: random.Random, name: str) -> Spoiled:
    return _put(chance, name, "places", "level", chance.choice(("村", "县", "乡镇", "网格")))


def _bad_body(chance: random.Random, name: str) -> Spoiled:
    key, value = chance.choice((
        ("parent", "没有的会"), ("kind", "俱乐部"), ("title", None), ("since", "2020-01-01"), ("until", "2023-01-01"),
        ("name", None), ("home", f"{CELL}-999"), ("rank", "第一"), ("place", OTHER),
    ))  # fmt: skip
    return _put(chance, name, "organisations", key, value)


def _bad_choice(chance: random.Random, name: str) -> Spoiled:
    key, value = chance.choice((
        ("meeting", None), ("meeting", "茶话会"), ("votes", None), ("votes", "多数"), ("elected_on", "2030-01-01"),
        ("term_from", "2023-01-01"), ("term_to", "2040-01-01"), ("oath_on", "2023-01-01"), ("holder", None),
        ("led_by", "吴*"),
    ))  # fmt: skip
    return _put(chance, name, "liaisons", key, value)


def _busy_post(chance: random.Random, name: str) -> Spoiled:
    """A post that is to end though homes are in its circle."""
    table = sound("liaisons")
    width = len(table[0])
    row = ["T-liaison", "联户代表", VILLAGE, None, None, chance.choice(("2026-11-23", "2026-12-31"))]
    table.insert(chance.randrange(1, len(table)), row + [None] * (width - len(row)))
    return _file(chance, name, "liaisons", table)


KINDS = (
    _missing_column, _doubled_header, _bad_date, _unknown_code, _formula, _error_value, _overlong, _wrong_sheet,
    _merged, _truncated, _flipped, _bomb, _odd_encoding, _doubled_key, _circular, _foreign_home, _foreign_liaison,
    _masked, _no_choice, _swapped, _half_place, _odd_code, _empty_required, _open_quote, _no_table,
    _long_number, _odd_phone, _ends_before, _other_level, _bad_body, _bad_choice, _busy_post,
)  # fmt: skip
