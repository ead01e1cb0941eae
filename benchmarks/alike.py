"""How well like messages and classes are found, on a folder of real messages that stays outside the repository, and how
fast while somebody types.

    python -m benchmarks.alike FOLDER            # or REAL=FOLDER make bench

The folder holds `citizen_messages.xlsx`, `labelled_messages.xlsx` and `message_categories.xlsx`; what the columns mean,
and what is counted how, stands in docs/decisions/0010. Only figures come out.
"""

from __future__ import annotations

import csv
import os
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from python_calamine import CalamineWorkbook
from sqlalchemy import select, text

from benchmarks.floors import Floor
from benchmarks.ground import Ground
from benchmarks.line import Line, statements
from benchmarks.timing import side_by_side
from gridcase.cases.models import Case
from gridcase.cases.rules import alike, suggest
from gridcase.cases.rules.alike import Shelf, Told
from gridcase.cases.rules.suggest import Example
from gridcase.core.db import db
from gridcase.core.text import clean
from gridcase.grid.models import Grid
from gridcase.people.models import Holding, Post
from gridcase.seed.reference import read_csv
from gridcase.users.models import User

PAIRS = Path(__file__).parent / "alike_pairs.csv"
VARIABLE = "REAL"
DESK = "dispatcher"
FOLDS, SHUFFLES = 5, 4
HAMLETS = ("马家湾", "新屋场", "石板坳", "竹林冲", "上坝", "老井边", "桥头", "杨树坪", "后山", "塘角")
REST = "其他"  # the name of a rest in the list of categories says nothing
Partners = dict[int, set[int]]


def real(folder: Path | None = None) -> Iterator[Line]:
    """All figures on the real messages; none where no folder is named."""
    if folder is None and VARIABLE in os.environ:
        folder = Path(os.environ[VARIABLE])
    if folder is not None:
        yield from duplicates(folder)
        yield from classes(folder)


def duplicates(folder: Path) -> Iterator[Line]:
    """Recall in the top 3 and precision on the labelled pairs, searching among all messages."""
    told = {
        int(row[0]): Told(clean(str(row[2])), clean(str(row[4]))) for row in _rows(folder / "citizen_messages.xlsx")
    }
    same, near = _pairs()
    shelf = Shelf()
    shelf.add(told.items())
    began = time.perf_counter()
    shown: dict[int, list[int]] = {}
    for key in sorted(set(same) | set(near)):
        likely = shelf.best(told[key], least=alike.ENOUGH)
        shown[key] = [other for other, _score in likely if other != key][: alike.SHOWN]
    yield Line(f"alike: one message among {len(told)}", (time.perf_counter() - began) * 1000 / len(shown), "ms")
    for name, half in (("", None), (", chosen on this half", 0), (", the other half", 1)):
        part = [key for key in shown if half is None or min({key, *same.get(key, set())}) % 2 == half]
        paired = [key for key in part if key in same]
        right = Counter(key for key in part for other in shown[key] if other in same.get(key, set()))
        yield Line(f"alike: recall in the top 3{name}", len(right) / len(paired), "share")
        yield Line(f"alike: precision{name}", right.total() / sum(len(shown[key]) for key in part), "share")


def classes(folder: Path) -> Iterator[Line]:
    """Five-fold cross-validation of the class, four shuffles; the names of the categories stand for the catalogue."""
    found = [(str(row[2]), str(row[4]), str(row[5]).strip()) for row in _rows(folder / "labelled_messages.xlsx")]
    names = sorted({name for _title, _text, name in found})
    words: dict[str, set[str]] = defaultdict(set)
    for first, *finer in _rows(folder / "message_categories.xlsx"):
        words[str(first).strip()] |= {str(one).strip() for one in finer} - {REST}
    catalogue = {name: "，".join((name, *sorted(words[name]))) for name in names}
    first = third = taken = 0
    asked = 0.0
    for shuffle in range(SHUFFLES):
        fold = _folds([name for _title, _text, name in found], shuffle)
        for number in range(FOLDS):
            known = [
                Example(name, title, more) for (title, more, name), at in zip(found, fold, strict=True) if at != number
            ]
            model = suggest.learn(known, catalogue)
            for (title, more, name), at in zip(found, fold, strict=True):
                if at == number:
                    began = time.perf_counter()
                    codes = [one.code for one in model.ranked(title, more)]
                    asked += time.perf_counter() - began
                    first, third, taken = first + (codes[:1] == [name]), third + (name in codes), taken + 1
    yield Line(f"class: top-1 of {len(names)}", first / taken, "share")
    yield Line("class: top-3", third / taken, "share")
    yield Line("class: one suggestion", asked * 1000 / taken, "ms")


def typing(ground: Ground, floor: Floor, seconds: float) -> Iterator[Line]:
    """What the intake asks while somebody types, with every case of the county open in the desk's own town."""
    count = _crowded(ground)
    client, path = ground.client(DESK), "/cases/new/0503"
    form = client.get(path).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    assert token is not None
    data = {"csrf_token": token[1], "title": "马家湾路灯坏了三盏", "text": "文化广场过去那一段晚上黑得很。"}

    def ask() -> None:
        answer = client.post(f"{path}/alike.json", data=data)
        assert answer.status_code == 200, answer.status
        assert answer.get_json()["same"], "the town's cases hold this very matter"

    began = time.perf_counter()
    ask()
    yield Line(f"typing beside {count} open cases, first in a process", (time.perf_counter() - began) * 1000, "ms")
    pair = side_by_side(ask, floor.page("/list"), seconds=seconds, watch=floor.watch)
    yield Line(f"typing beside {count} open cases", pair.job_ms, "ms", pair.floor_ms, pair.ratio)
    with statements(ground) as counted:
        ask()
    yield Line("typing at the intake, SQL statements", len(counted), "statements")


def _crowded(ground: Ground) -> int:
    """Every open matter of the county in the first village of the desk's town, in the words of the demo's demands."""
    demands = list(read_csv("demands.csv"))
    with ground.app.app_context():
        village = db.session.scalars(
            select(Grid)
            .join(Post, Post.place_id == Grid.town_id)
            .join(Holding, Holding.post_id == Post.id)
            .join(User, User.person_id == Holding.person_id)
            .where(User.login == DESK, Grid.level == "village")
            .order_by(Grid.id)
        ).first()
        assert village is not None
        ids = list(db.session.scalars(select(Case.id).where(Case.restricted.is_(False)).order_by(Case.id)))
        rows = [
            {
                "key": key, "path": village.path, "town_id": village.town_id, "village_id": village.id,
                "title": HAMLETS[at % len(HAMLETS)] + demands[at % len(demands)]["title"],
                "text": demands[at % len(demands)]["text"],
            }
            for at, key in enumerate(ids)
        ]  # fmt: skip
        with db.engine.begin() as connection:  # a bench's database: nobody else reads it
            connection.execute(
                text("""UPDATE "case" SET path = :path, town_id = :town_id, village_id = :village_id, title = :title,
                text = :text, state = 'in_progress', closed_at = NULL WHERE id = :key"""),
                rows,
            )
        db.session.remove()
    return len(ids)


def _rows(path: Path) -> list[list[object]]:
    return [row for row in CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1:] if any(row)]


def _pairs() -> tuple[Partners, Partners]:
    same, near = defaultdict(set), defaultdict(set)
    with PAIRS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            one, other = int(row["a"]), int(row["b"])
            into = same if row["same"] == "yes" else near
            into[one].add(other)
            into[other].add(one)
    return dict(same), dict(near)


def _folds(names: list[str], seed: int) -> list[int]:
    """Each class spread evenly over the folds."""
    random, fold = np.random.default_rng(seed), np.zeros(len(names), int)
    for name in sorted(set(names)):
        places = np.flatnonzero([one == name for one in names])
        random.shuffle(places)
        fold[places] = np.arange(len(places)) % FOLDS
    return fold.tolist()


if __name__ == "__main__":
    for line in real(Path(sys.argv[1])):
        print(f"{line.measure:<50} {line.value:>8.3f} {line.unit}")
