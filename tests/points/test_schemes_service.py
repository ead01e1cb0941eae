"""Schemes through their service, on both databases: drafted, edited, carried by a decision, never changed again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from gridcase.audit import queries as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.grid.models import Grid
from gridcase.people.rules import DecisionKind
from gridcase.points import queries, service
from gridcase.points.models import SchemeVersion
from gridcase.points.rules import Approval, Item, Origin, Period
from tests.factories import decisions, schemes
from tests.factories.world import MAKER, World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = town_day(NOW)
DAY = timedelta(days=1)
SWEEPING = Item(
    code="", board="Z5", name="打扫村道", points=3, criteria="扫一段计一次", unit="次", evidence="签到表", who="SC",
    cap=9, cap_per=Period.MONTH,
)  # fmt: skip


@pytest.fixture
def village(ctx: Flask, world: World) -> int:
    return world.grids["village_a"]


def drafted(village_id: int, source: str = "zhilong") -> SchemeVersion:
    with transaction():
        return service.draft(db.session.get_one(Grid, village_id), source=source, actor=MAKER, now=NOW)


def saved(version: SchemeVersion, code: str | None, item: Item) -> str:
    with transaction():
        return service.save_item(version, code, item, actor=MAKER, now=NOW).code


def decided(village_id: int, kind: DecisionKind = DecisionKind.SCHEME) -> int:
    with transaction():
        return decisions.passed(village_id, kind, on=TODAY, now=NOW).id


def carried(version: SchemeVersion, decision_id: int, *, on: date = TODAY) -> SchemeVersion:
    with transaction():
        return service.put_in_force(version, decision_id=decision_id, on=on, actor=MAKER, now=NOW)


def test_a_village_without_a_version_has_no_scheme(village: int) -> None:
    drafted(village)
    assert queries.scheme_of(village, on=TODAY) is None, "a draft is no scheme"


def test_a_version_holds_from_its_day_and_ends_the_one_before(village: int) -> None:
    schemes.in_force(village, "zhilong", on=TODAY, now=NOW)
    second = carried(drafted(village, service.CURRENT), decided(village), on=TODAY + DAY)
    assert second.number == 2
    for day, number in ((TODAY, 1), (TODAY + DAY, 2), (TODAY + 400 * DAY, 2)):
        scheme = queries.scheme_of(village, on=day)
        assert scheme is not None
        assert (scheme.number, len(scheme.items), len(scheme.boards)) == (number, 28, 6)
    assert queries.scheme_of(village, on=TODAY - DAY) is None


def test_an_item_is_found_by_its_id_with_all_it_says(village: int) -> None:
    schemes.in_force(village, "morality_bank", on=TODAY, now=NOW)
    scheme = queries.scheme_of(village, on=TODAY)
    assert scheme is not None
    business = queries.item(scheme.items["M201"].id)
    assert business is not None
    assert (business.points, business.at_most, business.approval) == (100, True, Approval.COUNCIL)
    assert queries.item(987_654) is None


def test_one_draft_at_a_time_and_only_from_what_there_is(village: int) -> None:
    with pytest.raises(Refused, match="还没有施行中的方案"):
        drafted(village, service.CURRENT)
    drafted(village)
    with pytest.raises(Refused, match="已有一份草案"):
        drafted(village)
    with pytest.raises(Refused, match="没有这套示例"):
        drafted(village + 1, "no-such-preset")


def test_a_new_item_gets_the_next_number_of_its_class(village: int) -> None:
    version = drafted(village)
    assert saved(version, None, SWEEPING) == "Z506"
    scheme = queries.read(version)
    assert [code for code in scheme.items if code.startswith("Z5")][-1] == "Z506"
    assert scheme.items["Z506"].origin is Origin.OWN


def test_a_changed_value_is_the_villages_own_from_then_on(village: int) -> None:
    version = drafted(village, "morality_bank")
    item = queries.read(version).items["M101"]
    assert item.origin is Origin.SEED
    saved(version, "M101", replace(item, criteria="按出勤计分，每次半天以上"))
    assert queries.read(version).items["M101"].origin is Origin.SEED
    saved(version, "M101", replace(item, points=12))
    assert queries.read(version).items["M101"].origin is Origin.OWN


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "土地流转"}, "name"),
        ({"criteria": "家里有人应征入伍"}, "criteria"),
        ({"name": "越级上访", "points": -20, "who": "C", "cap": None, "cap_per": None, "document": True}, "name"),
        ({"name": "打架", "points": -20, "who": "C", "cap": None, "cap_per": None}, "document"),
        ({"points": 0}, "points"),
        ({"cap": 2}, "cap"),
        ({"cap_per": None}, "cap_per"),
        ({"points": -3, "cap": None, "cap_per": None}, "who"),
        ({"at_most": True}, "at_most"),
        ({"case_rule": "K1"}, "who"),
        ({"case_rule": "K3", "who": "A"}, "case_rule"),
        ({"board": "X1"}, "board"),
    ],
)
def test_what_does_not_hold_is_refused_at_its_field(village: int, changes: dict[str, object], field: str) -> None:
    version = drafted(village)
    with pytest.raises(Refused) as refused:
        saved(version, None, replace(SWEEPING, **changes))  # type: ignore[arg-type]
    assert refused.value.field == field
    db.session.rollback()
    assert len(queries.read(version).items) == 28


def test_no_version_without_a_decision_nor_in_the_past_nor_twice_on_one(village: int, world: World) -> None:
    version = drafted(village)
    with pytest.raises(Refused, match="决议"):
        carried(version, decided(village, DecisionKind.VETO))
    with pytest.raises(Refused, match="决议"):
        carried(version, decided(world.grids["village_b"]))
    good = decided(village)
    with pytest.raises(Refused, match="不能早于今天"):
        carried(version, good, on=TODAY - DAY)
    carried(version, good)
    with pytest.raises(Refused, match="不能再改"):
        carried(version, decided(village))
    with pytest.raises(Refused, match="另一版方案"):
        carried(drafted(village), good, on=TODAY + DAY)
    second = queries.draft_of(village)
    assert second is not None
    with pytest.raises(Refused, match="晚于这一天"):
        carried(second, decided(village))


def test_what_is_in_force_is_never_changed_not_even_by_sql(village: int) -> None:
    version = schemes.in_force(village, on=TODAY, now=NOW)
    with pytest.raises(Refused, match="不能再改"):
        saved(version, None, SWEEPING)
    for statement in (
        "UPDATE points_item SET points = 99",
        "DELETE FROM points_item",
        f"INSERT INTO points_scheme_board VALUES ({version.id}, 'Z9', 9, '新', 1)",
        "UPDATE points_scheme_board SET weight = 99",
        "DELETE FROM points_scheme_veto",
        "UPDATE points_scheme SET base_points = 7",
        "UPDATE points_scheme SET valid_from = NULL",
        "DELETE FROM points_scheme",
    ):
        db.session.rollback()
        with pytest.raises(DatabaseError, match="in force"):
            db.session.execute(text(statement))
    db.session.rollback()
    drafted(village, service.CURRENT)
    moved = f"UPDATE points_item SET version_id = {version.id} WHERE version_id <> {version.id}"
    with pytest.raises(DatabaseError, match="in force"):
        db.session.execute(text(moved))
    db.session.rollback()


def test_a_draft_can_be_thrown_away(village: int) -> None:
    version = drafted(village)
    with transaction():
        service.drop_item(version, "Z101", actor=MAKER, now=NOW)
    assert "Z101" not in queries.read(version).items
    with transaction():
        service.drop_draft(version, actor=MAKER, now=NOW)
    assert db.session.scalars(select(SchemeVersion)).all() == []


def test_petitioning_and_land_are_no_vetoes_either(village: int) -> None:
    version = drafted(village)
    for code in ("V5", "V6"):
        with pytest.raises(Refused, match="不得与积分挂钩"), transaction():
            service.set_vetoes(version, ["V1", code], actor=MAKER, now=NOW)
    with transaction():
        service.set_vetoes(version, ["V1", "V9"], actor=MAKER, now=NOW)
    assert [code for code, veto in queries.read(version).vetoes.items() if veto.on] == ["V1", "V9"]


# --- weights


def test_weights_are_changed_in_a_draft_alone_and_the_history_says_from_what_to_what(village: int) -> None:
    version = drafted(village)
    with transaction():
        service.set_weights(version, {"Z3": 200, "Z1": 10}, actor=MAKER, now=NOW)
    assert queries.read(version).boards["Z3"].weight == 200
    found = audit.deeds_since("scheme", version.id, NOW - DAY)
    assert [row.detail["changes"] for row in found if row.action == "scheme.weights"] == [{"Z3": [20, 200]}]
    with transaction(), pytest.raises(Refused, match="1 到 300"):
        service.set_weights(version, {"Z3": 0}, actor=MAKER, now=NOW)
    carried(version, decided(village))
    with transaction(), pytest.raises(Refused, match="已经定下"):
        service.set_weights(version, {"Z3": 20}, actor=MAKER, now=NOW)
