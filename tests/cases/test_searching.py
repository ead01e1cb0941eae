"""The words of cases: what is found, by whom, that every write keeps them, and what the doctor sees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update

from gridcase.cases import queries, service
from gridcase.cases.models import Case, CaseSearch
from gridcase.cases.queries import searching
from gridcase.cases.rules import Channel
from gridcase.cases.rules.searching import asked_words, match, number_typed, number_word, place_word, words_of
from gridcase.cases.service import HistoryRow
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer, job
from gridcase.grid.models import Grid
from gridcase.people.rules import Role
from tests.factories.cases import COMPLAINT, MISSING_PERSON, collected, do, solved, water
from tests.factories.world import World

Find = Callable[[Role], Viewer]
LAMP: dict[str, Any] = {"title": "老槐树旁边的路灯不亮", "text": "灯罩破了，K12号杆。"}


def found(viewer: Viewer, typed: str, **more: Any) -> list[int]:
    return [row.id for row in queries.find_cases(viewer, typed, **more).rows]


# -- the rules


def test_what_a_case_is_found_by() -> None:
    words = words_of(("路灯坏了", "K12 路灯", None), ("GC20261121-990101100-0007", "HN-17/2"), "/1/4/9/")
    assert words[:4] == ["路灯", "灯坏", "坏了", "k12"]
    assert {"gc20261121", "0007", "#gc202611219901011000007", "#hn172", "@1", "@4", "@9"} <= set(words)
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("typed", "words"),
    [("路灯", ["路灯"]), ("路灯不亮", ["路灯", "灯不", "不亮"]), ("路灯 K12", ["路灯", "k12"]), ("灯", []), ("", []),
     ("灯 路", []), ("  ", []), ('"路灯" OR 1', ["路灯", "or"]), ("路灯" * 100, ["路灯", "灯路"])],
)  # fmt: skip
def test_what_is_asked_for(typed: str, words: list[str]) -> None:
    assert asked_words(typed) == words


def test_numbers_and_places_have_words_of_their_own() -> None:
    assert number_word("HN-2026/0017") == number_word("hn20260017") == "#hn20260017"
    assert [number_typed(one) for one in ("GC2026", "12", "路灯2026", "HN-17")] == ["GC2026", None, None, None]
    assert (place_word("/1/4/9/"), place_word("/")) == ("@9", None)
    assert match(["路灯", "@9"]) == '"路灯" "@9"'


# -- finding


def test_by_words_numbers_and_places(ctx: Flask, world: World, viewer_of: Find) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    case = collected(world, head, **LAMP)
    other = collected(world, head, title="桥边的路塌了", text="")
    for typed in ("路灯", "路灯不亮", "灯罩", "K12", "老槐树 路灯", "上河村 路灯", case.number, case.number.lower(),
                  case.number.replace("-", "")):  # fmt: skip
        assert found(head, typed) == [case.id], typed
    assert found(head, "路灯塌了") == []
    assert found(head, "灯") == []
    assert found(head, case.number[:10]) == [other.id, case.id], "the beginning of a number, the newest first"
    assert found(head, "村道") == [other.id, case.id], "by the name of the class"


def test_by_the_number_another_system_gave(ctx: Flask, world: World, viewer_of: Find) -> None:
    row = HistoryRow(
        source_no="HN-2026-0017", title="旧系统的路灯", text="", happened_at=clock.now() - timedelta(days=9)
    )
    town = db.session.get_one(Grid, world.grids["town"])
    with transaction():
        service.import_history(
            actor=job("import"), town=town, village=None, source_system="12345", rows=[row], now=clock.now()
        )
    case_id = db.session.scalars(select(Case.id)).one()
    desk = viewer_of(Role.DISPATCHER)
    for typed in ("HN-2026-0017", "hn20260017", "旧系统"):
        assert found(desk, typed) == [case_id], typed
    assert found(desk, "HN-2026-001") == []
    assert found(viewer_of(Role.VILLAGE_HEAD), "旧系统") == [], "the town's tray is not the village's"


@pytest.mark.parametrize(
    ("walk", "cap", "few", "often"),
    [(1000, 500, 2000, 100), (1, 500, 2000, 0), (1, 0, 2000, 0), (1, 0, 0, 0), (1, 500, 0, 10**6)],
    ids=["all new", "rare", "common, few of his own", "common, many", "common as the newest show"],
)
def test_nobody_finds_what_he_may_not_open(
    ctx: Flask,
    world: World,
    viewer_of: Find,
    monkeypatch: pytest.MonkeyPatch,
    walk: int,
    cap: int,
    few: int,
    often: int,
) -> None:
    """The same answers whether a word counts as rare or as common, and to whoever has few cases or many."""
    for name, value in (("WALK", walk), ("FARTHEST", walk), ("CAP", cap), ("FEW", few), ("OFTEN", often)):
        monkeypatch.setattr(searching, name, value)
    desk, head, liaison = viewer_of(Role.DISPATCHER), viewer_of(Role.VILLAGE_HEAD), viewer_of(Role.LIAISON)
    own = collected(world, liaison, **LAMP, home=world.homes["circle"][0])
    village = collected(world, head, **LAMP, home=world.homes["village_a"][12])
    sibling = collected(world, desk, **LAMP, nobody=True, grid_id=world.grids["village_b"])
    with transaction():
        foreign = service.collect(
            actor=job("other"), case_class=own.case_class, **LAMP, channel=Channel.PHONE, now=clock.now(),
            grid=db.session.get_one(Grid, world.grids["other_village"]),
        ).id  # fmt: skip
    do(service.accept, sibling, desk)
    do(service.dispatch, sibling, desk, unit=water(world))
    assert found(desk, "路灯") == [sibling.id, village.id, own.id]
    assert found(head, "路灯") == [village.id, own.id]
    assert found(liaison, "路灯") == [own.id]
    assert found(viewer_of(Role.DEPT), "路灯") == [sibling.id]
    assert found(viewer_of(Role.COUNTY_DEPT), "路灯") == []
    assert found(job("all"), "路灯")[0] == foreign
    first = queries.find_cases(desk, "路灯", size=2)
    assert [row.id for row in first.rows] == [sibling.id, village.id]
    assert found(desk, "路灯", size=2, after=first.after) == [own.id]


def test_common_words_are_walked_and_old_ones_sorted(
    ctx: Flask, world: World, viewer_of: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "CAP", 0)
    monkeypatch.setattr(searching, "WALK", 2)
    head = viewer_of(Role.VILLAGE_HEAD)
    cases = [collected(world, head, **LAMP).id for _ in range(3)]
    collected(world, head, title="桥塌了", text="")
    collected(world, head, title="桥又塌了", text="")
    assert found(head, "路灯", size=1) == [cases[-1]]
    assert found(head, "路灯") == cases[::-1]
    assert found(head, "塌了", size=1) != []


def test_a_restricted_case_is_found_by_its_whole_number_alone(ctx: Flask, world: World, viewer_of: Find) -> None:
    desk = viewer_of(Role.DISPATCHER)
    hidden = collected(world, desk, code=COMPLAINT, **LAMP)
    assert [found(desk, typed) for typed in ("路灯", "老槐树", hidden.number[:-1])] == [[], [], []]
    assert found(desk, hidden.number) == [hidden.id]
    assert found(viewer_of(Role.VILLAGE_HEAD), hidden.number) == []
    assert db.session.query(CaseSearch).count() == 0


def test_by_the_reporters_whole_name_where_one_may_read_it(ctx: Flask, world: World, viewer_of: Find) -> None:
    desk = viewer_of(Role.DISPATCHER)
    case = collected(world, desk, **LAMP, reporter_name="欧阳小明")
    collected(world, desk, **LAMP, reporter_name="欧阳小明", anonymous=True)
    collected(world, desk, code=MISSING_PERSON, **LAMP, reporter_name="欧阳小明")

    def named(role: Role, typed: str = "欧阳小明") -> list[int]:
        return [row.id for row in queries.find_by_reporter(viewer_of(role), typed, size=5)]

    assert named(Role.DISPATCHER) == [case.id]
    assert named(Role.DISPATCHER, "欧阳小") == [], "the whole name"
    assert named(Role.DEPUTY) == named(Role.VILLAGE_SUPERVISOR) == [], "who may not read who reported"
    assert found(desk, "欧阳小明") == [], "names are not among the words"


# -- kept up to date


def test_every_write_that_changes_what_it_says_keeps_the_words(ctx: Flask, world: World, viewer_of: Find) -> None:
    head, desk = viewer_of(Role.VILLAGE_HEAD), viewer_of(Role.DISPATCHER)
    case = collected(world, head, **LAMP)
    lighting = queries.class_by_code("0504")
    do(service.accept, case, head, case_class=lighting)
    assert found(head, "广播") == [case.id], "the name of the new class"
    assert found(head, "村道") == []
    other = collected(world, head, **LAMP)
    do(service.accept, other, desk, case_class=queries.class_by_code(COMPLAINT))
    assert found(desk, "路灯") == [case.id], "restricted now, found no more"
    assert service.searching.check() == []


def test_the_doctor_sees_and_rebuilding_heals(ctx: Flask, world: World, viewer_of: Find) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    one, two, three, four = (collected(world, head, **LAMP) for _ in range(4))
    with transaction() as session:  # past the door, as only a mistake could
        session.execute(text('UPDATE "case" SET title = :title WHERE id = :id'), {"title": "水管爆了", "id": one.id})
        session.execute(text('UPDATE "case" SET restricted = :yes WHERE id = :id'), {"yes": True, "id": two.id})
        session.execute(delete(CaseSearch).where(CaseSearch.case_id == three.id))
    said = service.searching.check()
    assert any("cannot be found" in line for line in said)
    assert any("must not be" in line for line in said)
    assert any("other words" in line for line in said)
    last: int | None = 0
    while last is not None:
        with transaction():
            last = service.searching.rebuild_part(after=last, batch=3)
    db.session.expire_all()
    assert found(head, "水管爆了") == [one.id]
    assert found(head, "路灯") == [four.id, three.id]
    with transaction() as session:
        session.execute(update(CaseSearch).where(CaseSearch.case_id == four.id).values(words=CaseSearch.words))
    assert [line for line in service.searching.check() if "two indexes" not in line] == []


def test_what_follows_a_restricted_case_is_not_found_either(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    desk = viewer_of(Role.DISPATCHER)
    case = solved(world, viewer_of(Role.VILLAGE_HEAD))
    with transaction() as session:
        session.execute(text('UPDATE "case" SET restricted = :yes WHERE id = :id'), {"yes": True, "id": case.id})
    db.session.expire_all()
    at("2027-01-20T10:00:00+08:00")
    do(service.follow_up, case, desk, note="又有人在堆")
    assert found(desk, "又有人在堆") == []


def test_the_box_of_the_list_finds_what_the_box_at_the_top_finds(
    ctx: Flask, world: World, viewer_of: Callable[[Role], Viewer]
) -> None:
    liaison, head = viewer_of(Role.LIAISON), viewer_of(Role.VILLAGE_HEAD)
    case = collected(world, liaison, title="机耕桥护栏断了", text="赶集的人都走这座桥。")
    collected(world, liaison, title="路灯不亮")

    def found(words: str) -> list[int]:
        filters = queries.Filters(tab=queries.Tab.ALL, words=words)
        return [row.id for row in queries.work_list(head, filters, now=clock.now()).rows]

    for words in ("护栏", "赶集的人", case.number[-4:], case.number):
        assert found(words) == [case.id], words
    assert found("桥") == [], "one character is too little to look for"
    assert found("护栏 没有") == []
    assert found("%") == []
