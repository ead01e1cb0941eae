"""What several towns handed up, as one: a line for each town and their sum. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from gridcase.core.words import N_
from gridcase.reports.rules.sheets import WITHOUT, Block, Cell, Head, Line, Sheet, Words, added, by_code

SUM, TOWN = N_("合计"), N_("镇")
Key = tuple[str, str]
What = tuple[Any, ...]
T = TypeVar("T")
Handed = Sequence[tuple[str, Block | None]]
Towns = Sequence[tuple[str, Sheet | None]]


def gathered(towns: Towns) -> tuple[Block, ...]:
    """The tables of all, like with like: a town that has handed up nothing, or not this table, has an empty line. What
    is told apart by something that every town has (classes of cases) is added up line by line as well."""
    tables = [(name, _tables(sheet) if sheet else {}) for name, sheet in towns]
    found: list[Block] = []
    for what in _merged([list(one) for _name, one in tables]):
        own = [(name, one.get(what)) for name, one in tables]
        block = next(one for _name, one in own if one)
        by_town = _by_town(block, own)
        if block.rows and not block.places:  # two tables of one part: each says which it is
            found += [_headed(by_town, "各镇", "by town"), _headed(_by_line(block, own), "各镇合计", "all towns")]
        else:
            found.append(by_town)
    return tuple(found)


def unlike(towns: Towns) -> bool:
    """Whether what was handed up is not the same tables everywhere."""
    return len({frozenset(_tables(sheet)) for _name, sheet in towns if sheet}) > 1


def _tables(sheet: Sheet) -> dict[What, Block]:
    """The tables of a sheet by what they are: their head, what they are told apart by and their figures. Towns may have
    made theirs with other versions of the form, or without a part that their maker could not see."""
    found: dict[What, Block] = {}
    for block in sheet.blocks:
        what = block.head, tuple(map(str, block.by)), frozenset(measure for measure, _group in _columns(block))
        found[*what, sum(one[:-1] == what for one in found)] = block  # one may stand there twice, of other cases
    return found


def _headed(block: Block, more: str, more_en: str) -> Block:
    head = f"{block.head}（{more}）" if block.head else more
    return replace(block, head=head, head_en=f"{block.head_en} ({more_en})" if block.head_en else more_en)


def _columns(block: Block) -> dict[Key, Head]:
    """The columns of a table, or the figures of a list of figures."""
    if block.rows:
        return {(head.measure, str(head.group)): head for head in block.heads}
    return {(line.head.measure, ""): line.head for line in block.lines if line.head is not None}


def _all_columns(own: Handed) -> dict[Key, Head]:
    """Those of all towns: one may have groups that another has none of."""
    each = [_columns(block) for _name, block in own if block]
    return {key: next(one[key] for one in each if key in one) for key in _merged([list(one) for one in each])}


def _whole(block: Block) -> dict[Key, Cell]:
    """What a block comes to altogether."""
    if block.rows:
        return dict(zip(_columns(block), block.total.cells if block.total else (), strict=False))
    return {(line.head.measure, ""): line.cells[0] for line in block.lines if line.head is not None}


def _by_town(block: Block, own: Handed) -> Block:
    columns = _all_columns(own)
    lines = []
    for name, one in own:
        cells: Mapping[Key, Cell] = _whole(one) if one else {}
        lines.append(Line(name, name, tuple(cells.get(key, Cell()) for key in columns)))
    return Block(
        tuple(columns.values()), tuple(lines), _sum(columns, lines), TOWN, block.head, block.head_en, by=block.by
    )


def _by_line(block: Block, own: Handed) -> Block:
    columns = _all_columns(own)
    labels: dict[str, Words] = {}
    cells: dict[str, list[list[Cell]]] = {}
    for _name, one in own:
        for line in one.lines if one else ():
            labels.setdefault(line.key, line.label)
            found = dict(zip(_columns(one), line.cells, strict=False)) if one else {}
            cells.setdefault(line.key, []).append([found.get(key, Cell()) for key in columns])
    order = _order([[line.key for line in one.lines] for _name, one in own if one])
    lines = [Line(key, labels[key], tuple(_added(columns, cells[key]))) for key in order]
    return Block(
        tuple(columns.values()), tuple(lines), _sum(columns, lines), block.rows, block.head, block.head_en, by=block.by
    )


def _order(towns: Sequence[Sequence[str]]) -> list[str]:
    """The lines of all towns: codes by their numbers, what has none last."""
    found = _merged(towns)
    codes = all(key.isdigit() for key in found if key not in WITHOUT)
    return sorted(found, key=by_code) if codes else found


def _merged(lists: Sequence[Sequence[T]]) -> list[T]:
    """Everything of all lists once, in the order each of them has."""
    found: list[T] = []
    for keys in lists:
        for number, key in enumerate(keys):
            if key not in found:
                later = next((found.index(one) for one in keys[number:] if one in found), len(found))
                found.insert(later, key)
    return found


def _added(columns: Mapping[Key, Head], parts: Sequence[Sequence[Cell]]) -> list[Cell]:
    return [added([part[n] for part in parts], head.shape) for n, head in enumerate(columns.values())]


def _sum(columns: Mapping[Key, Head], lines: Sequence[Line]) -> Line:
    return Line("", SUM, tuple(_added(columns, [line.cells for line in lines])))
