"""Who sees what, the work list, what is due: on both databases, with the number of statements counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest import mock

import pytest
from flask import Flask
from sqlalchemy import event, select

from gridcase.cases import queries, service
from gridcase.cases.models import Case
from gridcase.cases.queries import Filters, Tab
from gridcase.cases.rules import Answer, ReturnReason, State
from gridcase.core import clock
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.people.rules import Role
from tests.factories.cases import (
    COMPLAINT,
    MISSING_PERSON,
    RUBBISH,
    closed,
    collected,
    do,
    handled,
    post_of,
    solved,
    water,
)
from tests.factories.world import World

Find = Callable[[Role], Viewer]


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent to the database inside."""
    sent: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def sees(viewer: Viewer, case: Case) -> bool:
    """What the list shows, the page must open, and the rules must agree with."""
    listed = db.session.scalar(select(Case.id).where(Case.id == case.id, queries.visible(viewer))) is not None
    held = Permission.SEE_CASE in queries.permissions_over(case, viewer)
    assert listed == held, "the condition on rows and the rule for one row differ"
    return listed


SEE_ALL_OF_THE_VILLAGE = {
    Role.DEPUTY, Role.FULLTIME_GRID, Role.VILLAGE_HEAD, Role.VILLAGE_SUPERVISOR, Role.DISPATCHER, Role.TOWN_MANAGER,
}  # fmt: skip


def test_who_sees_a_case_of_the_circle(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = collected(world, viewer_of(Role.LIAISON))  # cell 1, section 1
    expected = SEE_ALL_OF_THE_VILLAGE | {Role.LIAISON, Role.SECTION_LEADER, Role.GRID_LEADER, Role.PARTTIME_GRID}
    assert {role for role in Role if sees(viewer_of(role), case)} == expected


def test_nobody_sees_the_neighbour_village_but_the_town(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = collected(world, viewer_of(Role.DISPATCHER), home=world.homes["village_b"][0])
    assert {role for role in Role if sees(viewer_of(role), case)} == {Role.DISPATCHER, Role.TOWN_MANAGER}


def test_a_station_sees_a_case_while_it_is_addressed_to_it(ctx: Flask, world: World, viewer_of: Find) -> None:
    case, station = collected(world, viewer_of(Role.LIAISON)), viewer_of(Role.DEPT)
    assert not sees(station, case)
    do(service.accept, case, viewer_of(Role.VILLAGE_HEAD))
    do(service.dispatch, case, viewer_of(Role.VILLAGE_HEAD), unit=water(world))
    assert sees(station, case)
    do(service.sign, case, station)
    do(service.give_back, case, station, reason=ReturnReason.NOT_OUR_DUTY)
    assert not sees(station, case)


def test_a_post_sees_what_was_sent_to_it_outside_its_place(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = collected(world, viewer_of(Role.LIAISON), home=world.homes["village_a"][4])  # cell 2
    leader = viewer_of(Role.GRID_LEADER)  # of cell 1
    assert not sees(leader, case)
    do(service.accept, case, viewer_of(Role.VILLAGE_HEAD))
    do(service.dispatch, case, viewer_of(Role.VILLAGE_HEAD), post=post_of(world, Role.GRID_LEADER))
    assert sees(leader, case)


def test_who_collected_keeps_seeing_it(ctx: Flask, world: World, viewer_of: Find) -> None:
    outside_circle = collected(world, viewer_of(Role.LIAISON), nobody=True)
    assert sees(viewer_of(Role.LIAISON), outside_circle)
    assert not sees(viewer_of(Role.PARTY_CONTACT), outside_circle)


@pytest.mark.parametrize("code", [MISSING_PERSON, COMPLAINT])
def test_restricted_cases_open_to_named_roles_and_the_collector_alone(
    ctx: Flask, world: World, viewer_of: Find, code: str
) -> None:
    case = collected(world, viewer_of(Role.LIAISON), code=code)
    assert {role for role in Role if sees(viewer_of(role), case)} == {Role.LIAISON, Role.DISPATCHER}
    on_map = select(Case.id).where(Case.id == case.id, queries.visible_on_map(viewer_of(Role.DISPATCHER)))
    assert db.session.scalar(on_map) is None


def test_foreign_and_missing_read_alike(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = collected(world, viewer_of(Role.DISPATCHER), home=world.homes["village_b"][0])
    for case_id in (case.id, 999_999):
        with pytest.raises(Missing):
            queries.get_case(case_id, viewer=viewer_of(Role.VILLAGE_HEAD))


def ids(viewer: Viewer, **filters: object) -> list[int]:
    return [row.id for row in queries.work_list(viewer, Filters(**filters), now=clock.now()).rows]  # type: ignore[arg-type]


def test_mine_is_what_waits_for_my_move(ctx: Flask, world: World, viewer_of: Find) -> None:
    liaison, head, station = (viewer_of(role) for role in (Role.LIAISON, Role.VILLAGE_HEAD, Role.DEPT))
    case = collected(world, liaison)

    def waits_for() -> set[str]:
        people = {"liaison": liaison, "head": head, "station": station}
        return {name for name, viewer in people.items() if case.id in ids(viewer, tab=Tab.MINE)}

    assert waits_for() == {"head"}
    do(service.accept, case, head)
    assert waits_for() == {"head"}
    do(service.dispatch, case, head, unit=water(world))
    assert waits_for() == {"station"}
    do(service.sign, case, station)
    assert waits_for() == {"station"}
    do(service.submit_result, case, station, result="修好了。")
    assert waits_for() == {"liaison", "head"}  # both may ask the villager
    do(service.record_answer, case, liaison, answer=Answer.SOLVED)
    assert waits_for() == {"head"}
    do(service.verify, case, head)
    assert waits_for() == set()


def test_nobody_is_asked_to_check_his_own_work(ctx: Flask, world: World, viewer_of: Find) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    case = collected(world, viewer_of(Role.LIAISON))
    do(service.accept, case, head)
    do(service.dispatch, case, head, post=post_of(world, Role.VILLAGE_HEAD))
    do(service.sign, case, head)
    do(service.submit_result, case, head, result="修好了。")
    do(service.record_answer, case, viewer_of(Role.LIAISON), answer=Answer.SOLVED)
    assert case.id not in ids(head, tab=Tab.MINE)
    assert case.id in ids(viewer_of(Role.FULLTIME_GRID), tab=Tab.MINE)


def test_late_soon_and_closed(ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]) -> None:
    liaison, head = viewer_of(Role.LIAISON), viewer_of(Role.VILLAGE_HEAD)
    late, fine = collected(world, liaison, code=RUBBISH), collected(world, liaison)
    done = solved(world, liaison)
    at("2026-11-24T09:30:00+08:00")  # due at 10:00
    assert (ids(head, tab=Tab.LATE), ids(head, light="yellow")) == ([], [late.id])
    at("2026-11-24T10:00:01+08:00")
    assert ids(head, tab=Tab.LATE) == [late.id]
    assert ids(head, light="red") == [late.id]
    assert ids(head, light="green") == [fine.id]
    assert ids(head, light="closed") == [done.id]
    assert ids(head, tab=Tab.VILLAGE) == [late.id, fine.id]


def test_filters_narrow(ctx: Flask, world: World, viewer_of: Find) -> None:
    desk = viewer_of(Role.DISPATCHER)
    road = collected(world, desk, home=world.homes["village_b"][0], title="桥塌了100%")
    rubbish = collected(world, desk, code=RUBBISH, title="垃圾没有人收")
    do(service.accept, road, desk)
    assert ids(desk, village_id=world.grids["village_b"]) == [road.id]
    assert ids(desk, major="04") == [rubbish.id]
    assert ids(desk, state=State.ACCEPTED) == [road.id]
    assert ids(desk, words="没有人") == [rubbish.id]
    assert ids(desk, words="100%") == [road.id]
    assert ids(desk, words="%") == []  # one sign is too little to look for, and no wildcard
    assert ids(desk, words=rubbish.number) == [rubbish.id]
    assert ids(desk, words=rubbish.number[-4:]) == [rubbish.id]
    assert ids(desk, words="赵") == [row.id for row in (road, rubbish) if "赵" in queries.facts(row).head_name]


def test_paging_walks_every_case_once_in_order(ctx: Flask, world: World, viewer_of: Find) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    made = [collected(world, head, now=clock.now() + timedelta(minutes=n // 2)).id for n in range(30)]
    for tab, expected in ((Tab.VILLAGE, made), (Tab.ALL, made[::-1])):
        first = queries.work_list(head, Filters(tab=tab), now=clock.now())
        rest = queries.work_list(head, Filters(tab=tab), now=clock.now(), after=first.after)
        assert [row.id for row in (*first.rows, *rest.rows)] == expected
        assert (len(first.rows), rest.after) == (25, None)
    assert len(queries.work_list(head, Filters(), now=clock.now(), after="nonsense").rows) == 25


def test_counts_are_capped(ctx: Flask, world: World, viewer_of: Find) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    for _ in range(3):
        collected(world, head)
    assert queries.tab_counts(head, [Tab.MINE, Tab.LATE], now=clock.now()) == {Tab.MINE: 3, Tab.LATE: 0}
    with mock.patch("gridcase.cases.queries.tabs.MANY", 0):  # and so for whoever has too many to walk through
        assert queries.tab_counts(head, [Tab.MINE, Tab.LATE], now=clock.now()) == {Tab.MINE: 3, Tab.LATE: 0}


def test_the_list_costs_the_same_whatever_it_holds(ctx: Flask, world: World, viewer_of: Find) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    sizes = []
    for _ in range(2):
        for _ in range(12):
            collected(world, head)
        db.session.rollback()
        with counted() as sent:
            queries.work_list(head, Filters(), now=clock.now())
            queries.tab_counts(head, queries.tabs_for(head), now=clock.now())
        sizes.append(len(sent))
    assert sizes == [2, 2]


def test_second_checks_have_a_list_of_their_own(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = solved(world, viewer_of(Role.LIAISON), percent=100)
    assert ids(viewer_of(Role.SECTION_LEADER), tab=Tab.CHECK) == [case.id]
    assert Tab.CHECK not in queries.tabs_for(viewer_of(Role.LIAISON))
    assert ids(viewer_of(Role.LIAISON), tab=Tab.CHECK) == []


def test_the_catalogue_is_found_by_word_and_by_initials(ctx: Flask, world: World) -> None:
    assert queries.catalogue()[0].terms.common
    assert len(queries.catalogue()) == 55
    assert [row.code for row in queries.catalogue("路灯")] == ["0504"]
    assert [row.code for row in queries.catalogue("ld")][:1] == ["0504"]
    assert "0504" in [row.code for row in queries.catalogue("street light")]
    assert queries.catalogue("没有这种事") == []
    with pytest.raises(Missing):
        queries.class_in_use("0000")


def test_addresses_name_units_and_posts(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = collected(world, viewer_of(Role.LIAISON))
    found = queries.whom(case, now=clock.now())
    assert [unit.name for unit in found.units] == ["试点县水利局", "青溪镇司法所", "青溪镇水利站"]
    assert [unit.name for unit in queries.units_over(case.path)] == ["试点县水利局", "青溪镇司法所", "青溪镇水利站"]
    assert ("总网格长", Role.VILLAGE_HEAD) in [(row.name, row.kind) for row in found.posts]
    complaint = collected(world, viewer_of(Role.LIAISON), code=COMPLAINT)
    assert queries.whom(complaint, now=clock.now()).posts == []


def test_the_page_of_a_case_costs_the_same_whatever_its_length(ctx: Flask, world: World, viewer_of: Find) -> None:
    short, long, head = (
        collected(world, viewer_of(Role.LIAISON)).id,
        closed(world, viewer_of).id,
        viewer_of(Role.VILLAGE_HEAD),
    )
    sizes = []
    for case_id in (short, long):
        db.session.rollback()
        with counted() as sent:
            found = queries.get_case(case_id, viewer=head)
            assert found.case_class.zh
            assert queries.facts(found).town_name == "青溪镇"
            queries.steps(found.id)
        sizes.append(len(sent))
    assert sizes == [3, 3]


def test_the_clock_knows_its_pauses(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = handled(world, viewer_of)
    clock_ = queries.clock_of(case, queries.steps(case.id))
    assert (clock_.start, clock_.pauses) == (case.registered_at, ())
