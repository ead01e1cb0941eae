"""Declaring, on both databases: who may, what is cut, what is asked about, what nobody may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from gridcase.audit.models import AuditRow
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.grid import service as grids
from gridcase.grid.models import Grid
from gridcase.households.models import Member
from gridcase.people.models import Holding, Person, Post
from gridcase.people.rules import Role
from gridcase.points import queries, service
from gridcase.points.models import Declaration
from gridcase.points.rules.declarations import RULES_KEY, DeclarationState
from gridcase.points.service import BatchRow
from tests.factories.world import MAKER, SINCE, World
from tests.points.declaring import NOW, TODAY, changing, declare, put_scheme

ViewerOf = Callable[[Role], Viewer]


@pytest.fixture
def home(ctx: Flask, world: World) -> int:
    """The resident's own home, of the liaison's circle, under a scheme in force."""
    put_scheme(world.grids["village_a"])
    return world.homes["circle"][0]


def members(home: int) -> list[int]:
    return list(db.session.scalars(select(Member.person_id).where(Member.household_id == home).order_by(Member.id)))


def move_in(home: int, person_id: int) -> None:
    """Somebody lives in a home."""
    with changing():
        row = Member(household_id=home, person_id=person_id, relation="child", valid_from=SINCE)
        db.session.add(row)


def batch(
    viewer: Viewer, village: int, rows: list[BatchRow], source: str = "7", code: str = "T1", on: date = TODAY
) -> service.Batch:
    with transaction():
        return service.declare_batch(
            village_id=village, item_code=code, rows=rows, happened_on=on, text="清理河道志愿活动",
            source_kind="activity", source_id=source, actor=viewer, now=NOW,
        )  # fmt: skip


def test_a_home_declares_and_a_helper_fills_in(home: int, viewer_of: ViewerOf) -> None:
    own = declare(home, actor=viewer_of(Role.RESIDENT), how="S")
    assert (own.points, own.state, own.post_id) == (10, DeclarationState.DECLARED, None)
    helped = declare(home, "T1", actor=viewer_of(Role.LIAISON), how="L")
    assert helped.post_id is not None
    actions = db.session.scalars(select(AuditRow.action).where(AuditRow.subject_kind == "declaration")).all()
    assert actions == ["points.declare", "points.declare"]


def test_the_audit_row_holds_no_text(home: int, viewer_of: ViewerOf) -> None:
    declare(home, actor=viewer_of(Role.LIAISON), text="照护王家老人")
    row = db.session.scalars(select(AuditRow).where(AuditRow.action == "points.declare")).one()
    assert "老人" not in str(row.detail)


def test_sent_twice_is_declared_once(home: int, viewer_of: ViewerOf) -> None:
    liaison = viewer_of(Role.LIAISON)
    first = declare(home, actor=liaison, client_uuid="a" * 36)
    assert declare(home, actor=liaison, client_uuid="a" * 36).id == first.id
    with pytest.raises(Refused, match="内容和这次不同"):
        declare(home, actor=viewer_of(Role.RESIDENT), how="S", client_uuid="a" * 36)


@pytest.mark.parametrize(
    ("role", "how"), [(Role.RESIDENT, "L"), (Role.LIAISON, "S"), (Role.LIAISON, "C"), (Role.REVIEW_MEMBER, "L")]
)
def test_nobody_declares_in_anothers_way(home: int, viewer_of: ViewerOf, role: Role, how: str) -> None:
    with pytest.raises(Missing):
        declare(home, actor=viewer_of(role), how=how)


def test_a_home_of_somebody_else_is_missing(home: int, world: World, viewer_of: ViewerOf) -> None:
    with pytest.raises(Missing):
        declare(world.homes["circle"][1], actor=viewer_of(Role.RESIDENT), how="S")
    with pytest.raises(Missing):
        declare(99999, actor=viewer_of(Role.LIAISON))


def test_without_a_scheme_on_that_day_nothing_is_declared(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    with pytest.raises(Refused, match="没有这一项"):
        declare(world.homes["circle"][0], actor=viewer_of(Role.LIAISON))
    put_scheme(world.grids["village_a"], since=TODAY)
    with pytest.raises(Refused, match="没有这一项"):
        declare(world.homes["circle"][0], actor=viewer_of(Role.LIAISON), happened_on=TODAY - timedelta(days=1))


def test_where_points_are_switched_off_nothing_is_declared(home: int, world: World, viewer_of: ViewerOf) -> None:
    village = db.session.get_one(Grid, world.grids["village_a"])
    with transaction():
        service.set_modules(place=village, modules=(), on=TODAY, actor=MAKER, now=NOW)
    with pytest.raises(Refused, match="没有开通积分"):
        declare(home, actor=viewer_of(Role.LIAISON))
    with pytest.raises(Refused, match="没有开通积分"):
        batch(viewer_of(Role.VILLAGE_HEAD), village.id, [BatchRow(home)])


def test_the_cap_gives_its_rest_and_then_nothing(home: int, viewer_of: ViewerOf) -> None:
    villager = viewer_of(Role.RESIDENT)
    days = [TODAY - timedelta(days=n) for n in range(4)]
    points = [declare(home, "T1", actor=villager, how="S", happened_on=day).points for day in days[:3]]
    assert points == [10, 10, 5]
    with pytest.raises(Refused, match="本月已满 25 分"):
        declare(home, "T1", actor=villager, how="S", happened_on=days[3])
    earlier = declare(home, "T1", actor=villager, how="S", happened_on=date(2026, 10, 30))
    assert earlier.points == 10, "another month"


def test_what_was_withdrawn_leaves_room(home: int, viewer_of: ViewerOf) -> None:
    villager = viewer_of(Role.RESIDENT)
    first = declare(home, "T8", actor=villager, how="S")
    with transaction():
        service.withdraw(first, actor=villager, now=NOW)
    assert declare(home, "T8", actor=villager, how="S").points == 20
    with pytest.raises(Refused, match="不能再撤回"), transaction():
        service.withdraw(first, actor=villager, now=NOW)


def test_who_may_take_a_declaration_back(home: int, viewer_of: ViewerOf) -> None:
    villager, liaison, head = (viewer_of(role) for role in (Role.RESIDENT, Role.LIAISON, Role.VILLAGE_HEAD))
    taken = declare(home, "T4", actor=head, how="C", text="与人打架受处罚", document_no="青公罚决12号")
    own = declare(home, "T8", actor=villager, how="S")
    helped = declare(home, actor=liaison, how="L")
    for row, actor in ((taken, villager), (taken, liaison), (own, liaison), (own, head), (helped, head)):
        assert not queries.declared.explained(row.id, viewer=actor).may_withdraw
        with pytest.raises(Refused, match="不是您申报的"), transaction():
            service.withdraw(row, actor=actor, now=NOW)
    for row, actor in ((taken, head), (own, villager), (helped, villager)):
        assert queries.declared.explained(row.id, viewer=actor).may_withdraw
        with transaction():
            service.withdraw(row, actor=actor, now=NOW)
    assert {row.state for row in (taken, own, helped)} == {DeclarationState.WITHDRAWN}


def test_the_same_item_on_the_same_day_is_asked_about(home: int, viewer_of: ViewerOf) -> None:
    liaison = viewer_of(Role.LIAISON)
    declare(home, actor=liaison)
    with pytest.raises(Refused, match="已经申报过") as refused:
        declare(home, actor=liaison)
    assert refused.value.field == "again"
    assert declare(home, actor=liaison, again=True).points == 10


def test_paid_workers_earn_nothing_their_family_does(home: int, viewer_of: ViewerOf) -> None:
    head, wife = members(home)
    with changing():
        post = db.session.scalars(select(Post).where(Post.role == Role.FULLTIME_GRID)).first()
        assert post is not None
        post.paid = True
        db.session.add(Holding(post_id=post.id, person_id=head, valid_from=SINCE))
    villager = viewer_of(Role.RESIDENT)
    with pytest.raises(Refused, match="履职不计积分"):
        declare(home, actor=villager, how="S", person_id=head)
    with pytest.raises(Refused, match="请选是家里谁做的"):
        declare(home, actor=villager, how="S")
    assert declare(home, actor=villager, how="S", person_id=wife).person_id == wife


def test_who_did_it_must_live_there(home: int, world: World, viewer_of: ViewerOf) -> None:
    stranger = members(world.homes["circle"][1])[0]
    with pytest.raises(Refused, match="不住在这户"):
        declare(home, actor=viewer_of(Role.LIAISON), person_id=stranger)


def test_nobody_declares_for_the_own_home_from_a_post(home: int, viewer_of: ViewerOf) -> None:
    liaison = viewer_of(Role.LIAISON)
    assert liaison.person_id is not None
    move_in(home, liaison.person_id)
    with pytest.raises(Refused, match="本人或亲属的家庭"):
        declare(home, actor=liaison)


def test_a_childs_deed_is_the_homes_with_the_guardians_word(home: int, viewer_of: ViewerOf) -> None:
    with changing():
        child = Person(name="周小宝", place_path="/", born_on=date(2016, 1, 1))
        db.session.add(child)
        db.session.flush()
    move_in(home, child.id)
    liaison = viewer_of(Role.LIAISON)
    with pytest.raises(Refused, match="监护人同意"):
        declare(home, actor=liaison, person_id=child.id)
    made = declare(home, actor=liaison, person_id=child.id, guardian_agreed=True)
    assert (made.person_id, made.guardian_agreed) == (child.id, True)
    assert declare(home, "T8", actor=viewer_of(Role.RESIDENT), how="S", person_id=child.id).points == 20


def test_a_child_declares_nothing(home: int, viewer_of: ViewerOf) -> None:
    villager = viewer_of(Role.RESIDENT)
    with changing():
        db.session.get_one(Person, villager.person_id).born_on = date(2014, 1, 1)
    with pytest.raises(Refused, match="未满 14 岁"):
        declare(home, actor=villager, how="S")


def test_a_deduction_is_declared_by_the_village_with_its_document(home: int, viewer_of: ViewerOf) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    with pytest.raises(Refused, match="文书编号"):
        declare(home, "T4", actor=head, how="C", text="与人打架受处罚")
    made = declare(home, "T4", actor=head, how="C", text="与人打架受处罚", document_no="青公罚决〔2026〕12号")
    assert made.points == -20
    with pytest.raises(Refused, match="不能自己申报"):
        declare(home, "T5", actor=viewer_of(Role.RESIDENT), how="S")


def test_how_far_back_is_the_places_to_set(home: int, world: World, viewer_of: ViewerOf) -> None:
    liaison = viewer_of(Role.LIAISON)
    old = TODAY - timedelta(days=50)
    assert declare(home, actor=liaison, happened_on=old).points == 10
    with transaction():
        village = db.session.get_one(Grid, world.grids["village_a"])
        grids.set_setting(actor=MAKER, place=village, key=RULES_KEY, value={"back_days": 30}, valid_from=SINCE, now=NOW)
    with pytest.raises(Refused, match="最近 30 天"):
        declare(home, actor=liaison, happened_on=old, again=True)


def test_a_batch_declares_once_per_home_and_source(home: int, world: World, viewer_of: ViewerOf) -> None:
    village, head = world.grids["village_a"], viewer_of(Role.VILLAGE_HEAD)
    homes = world.homes["village_a"]
    rows = [BatchRow(key) for key in [*homes[:6], homes[0]]]
    made = batch(head, village, rows)
    assert [row.points for row in made.declared] == [10] * 6
    assert made.skipped == []
    more = batch(head, village, [*rows, BatchRow(homes[6])])
    assert len(more.declared) == 7
    assert db.session.query(Declaration).count() == 7
    again = batch(head, village, rows[:1], source="8")
    assert [str(row.reason) for row in again.skipped] == ["这一天已经申报过同一项。"], "once"
    before = batch(head, village, rows[:1], source="8", on=TODAY - timedelta(days=1))
    assert [row.points for row in before.declared] == [10], "another day"


def test_a_batch_names_whom_it_leaves_out(home: int, world: World, viewer_of: ViewerOf) -> None:
    village, head = world.grids["village_a"], viewer_of(Role.VILLAGE_HEAD)
    assert head.person_id is not None
    kin, helped, full = world.homes["village_a"][10:13]
    move_in(kin, head.person_id)
    declare(helped, "T1", actor=viewer_of(Role.VILLAGE_HEAD), how="C")
    for number in range(3):
        batch(head, village, [BatchRow(full)], source=f"before-{number}", on=TODAY - timedelta(days=number + 1))
    foreign = world.homes["village_b"][0]
    made = batch(head, village, [BatchRow(key) for key in (kin, helped, full, foreign, home)])
    assert [row.household_id for row in made.declared] == [home]
    reasons = {row.household_id: str(row.reason) for row in made.skipped}
    assert "亲属" in reasons[kin]
    assert "已经申报过" in reasons[helped]
    assert "已满 25 分" in reasons[full]
    assert "负责的范围" in reasons[foreign]


def test_a_batch_that_is_wrong_for_all_is_refused(home: int, world: World, viewer_of: ViewerOf) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    with pytest.raises(Refused, match="由户里自己申报"):
        batch(head, world.grids["village_a"], [BatchRow(home)], code="T2")
    with pytest.raises(Refused, match="没有这一项"):
        batch(head, world.grids["village_a"], [BatchRow(home)], code="Z9")
