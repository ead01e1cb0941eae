"""Announcing, telling, putting right, ending: what each of them keeps, refuses and hides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event, func, select

from gridcase.bulletin import queries, service
from gridcase.bulletin.models import Announcement, AnnouncementHome
from gridcase.bulletin.rules import How
from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.notices.models import Notice
from gridcase.people.rules import Role
from tests.factories.world import MAKER, World

ViewerOf = Callable[[Role | str], Viewer]
TODAY, WEEK = date(2026, 11, 23), date(2026, 11, 30)


def announce(actor: Viewer, world: World, place: str = "village_a", until: date = WEEK, **words: str) -> Announcement:
    """One announcement, made in a transaction of its own."""
    with transaction():
        return service.announce(
            actor=actor, place=db.session.get_one(Grid, world.grids[place]), until=until, now=clock.now(),
            client_uuid=words.get("client_uuid") or str(uuid4()), title=words.get("title", "缴医保"),
            text=words.get("text", "月底前到村部缴医保，带身份证。"),
        )  # fmt: skip


def tell(one: Announcement, homes: list[int], actor: Viewer, how: How = How.DOOR) -> int:
    with transaction():
        return service.tell(one, homes, actor=actor, at=clock.now(), now=clock.now(), how=how)


def ticks() -> int:
    return db.session.scalar(select(func.count()).select_from(AnnouncementHome)) or 0


def test_the_liaisons_hear_of_it_and_find_their_homes(viewer_of: ViewerOf, world: World) -> None:
    one = announce(viewer_of(Role.VILLAGE_HEAD), world)
    told = db.session.scalars(select(Notice).where(Notice.rule == "bulletin.new")).all()
    assert [(notice.post_id, notice.link) for notice in told] == [(world.posts[Role.LIAISON], f"/bulletin/{one.id}")]
    [mine] = queries.to_tell(viewer_of(Role.LIAISON), TODAY)
    assert (mine.id, mine.homes, mine.of) == (one.id, sorted(world.homes["circle"]), 6)
    [paired] = queries.to_tell(viewer_of(Role.PARTY_CONTACT), TODAY)
    assert paired.homes == world.homes["paired"]
    assert queries.to_tell(viewer_of(Role.VILLAGE_HEAD), TODAY) == []  # a whole village is no list of today


def test_a_cell_is_meant_and_the_others_are_not(viewer_of: ViewerOf, world: World) -> None:
    announce(viewer_of(Role.GRID_LEADER), world, "village_a_cell_1")
    [mine] = queries.to_tell(viewer_of(Role.LIAISON), TODAY)
    assert mine.homes == world.homes["village_a"][2:4]  # the circle crosses cells 1 and 2
    assert queries.to_tell(viewer_of(Role.PARTY_CONTACT), TODAY) == []


def test_a_whole_town_by_village(viewer_of: ViewerOf, world: World) -> None:
    desk = viewer_of(Role.TOWN_MANAGER)
    one = announce(desk, world, "town")
    tell(one, world.homes["circle"][:2], viewer_of(Role.LIAISON))
    rows = [(row.name, row.told, row.homes) for row in queries.by_village(one, viewer=desk)]
    assert rows == [("上河村", 2, 16), ("下河村", 0, 4)]
    assert queries.counts_of([one.id], viewer=desk) == {one.id: (2, 20)}
    assert queries.counts_of([one.id], viewer=viewer_of(Role.LIAISON)) == {one.id: (2, 6)}


def test_by_circle_in_the_order_of_places(viewer_of: ViewerOf, world: World) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    one = announce(head, world)
    tell(one, world.homes["circle"][:3], viewer_of(Role.LIAISON))
    rows = queries.by_circle(one, viewer=head, path=one.path, on=TODAY)
    assert [tuple(row) for row in rows] == [("联户代表", 3, 6), (None, 0, 10)]
    rows = [tuple(row) for row in queries.by_cell(one, viewer=head, path=one.path)]
    assert rows == [
        ("第1网格", 2, 4), ("第2网格", 1, 4), ("第3网格", 0, 4), ("第4网格", 0, 4),
    ]  # fmt: skip


def test_a_home_told_twice_is_one_row(viewer_of: ViewerOf, world: World) -> None:
    one, liaison = announce(viewer_of(Role.VILLAGE_HEAD), world), viewer_of(Role.LIAISON)
    homes = world.homes["circle"]
    assert tell(one, homes[:2], liaison) == 2
    assert tell(one, homes[:3], liaison, How.PHONE) == 1
    assert tell(one, homes[:3], viewer_of(Role.VILLAGE_HEAD)) == 0
    assert ticks() == 3
    rows = queries.told(one, viewer=liaison, path=one.path, after=None).rows
    assert {(row.household_id, row.how, row.post_title) for row in rows} == {
        (homes[0], "door", "联户代表"), (homes[1], "door", "联户代表"), (homes[2], "phone", "联户代表"),
    }  # fmt: skip
    [left] = queries.to_tell(liaison, TODAY)
    assert left.homes == homes[3:]


def test_nobody_ticks_for_homes_that_are_not_his(viewer_of: ViewerOf, world: World) -> None:
    one, liaison = announce(viewer_of(Role.VILLAGE_HEAD), world), viewer_of(Role.LIAISON)
    for homes in ([world.homes["paired"][0]], [world.homes["circle"][0], world.homes["village_b"][0]], [987654]):
        with pytest.raises(Missing):
            tell(one, homes, liaison)
    cell = announce(viewer_of(Role.GRID_LEADER), world, "village_a_cell_1")
    with pytest.raises(Refused, match="不在这条通知的范围里"):
        tell(cell, [world.homes["circle"][5]], liaison)
    with pytest.raises(Refused, match="请先勾选"):
        tell(one, [], liaison)
    assert ticks() == 0


def test_what_was_passed_on_is_not_rewritten(viewer_of: ViewerOf, world: World) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    one = announce(head, world)
    seen = fingerprint(one, service.EDITED)
    words = {"title": "缴医保改期", "text": "改到下月五日。", "until": WEEK}
    with transaction():
        service.put_right(one, actor=head, seen=seen, now=clock.now(), **words)
    assert db.session.get_one(Announcement, one.id).title == "缴医保改期"
    with pytest.raises(Refused, match="别人已经改过"), transaction():
        service.put_right(one, actor=head, seen=seen, now=clock.now(), **words | {"title": "又改"})
    tell(one, world.homes["circle"][:1], viewer_of(Role.LIAISON))
    with pytest.raises(Refused, match="已经有户听到了"), transaction():
        service.put_right(one, actor=head, seen=None, now=clock.now(), **words | {"title": "再改"})


def test_ended_early_it_leaves_today_and_a_late_tick_still_counts(viewer_of: ViewerOf, world: World) -> None:
    head, liaison = viewer_of(Role.VILLAGE_HEAD), viewer_of(Role.LIAISON)
    one = announce(head, world)
    with transaction():
        service.end(one, actor=head, now=clock.now())
    assert queries.to_tell(liaison, TODAY) == []
    assert [row.Announcement.id for row in queries.page(liaison, on=TODAY, over=True, after=None).rows] == [one.id]
    assert tell(one, world.homes["circle"][:1], liaison) == 1  # a phone that was out of reach
    with pytest.raises(Refused, match="已经结束"), transaction():
        service.end(one, actor=head, now=clock.now())


def test_its_last_day_is_the_last(viewer_of: ViewerOf, world: World) -> None:
    announce(viewer_of(Role.VILLAGE_HEAD), world, until=TODAY)
    liaison = viewer_of(Role.LIAISON)
    assert len(queries.to_tell(liaison, TODAY)) == 1
    assert queries.to_tell(liaison, TODAY + timedelta(days=1)) == []


def test_who_may_speak_for_which_place(viewer_of: ViewerOf, world: World) -> None:
    for role, place in (
        (Role.LIAISON, "village_a"), (Role.SECTION_LEADER, "village_a"), (Role.VILLAGE_HEAD, "village_b"),
        (Role.VILLAGE_HEAD, "town"), (Role.GRID_LEADER, "village_a_cell_2"), (Role.DISPATCHER, "other_town"),
    ):  # fmt: skip
        with pytest.raises(Missing):
            announce(viewer_of(role), world, place)
    for until, words in ((TODAY - timedelta(days=1), "不能早于今天"), (TODAY + timedelta(days=93), "最长传达")):
        with pytest.raises(Refused, match=words):
            announce(viewer_of(Role.VILLAGE_HEAD), world, until=until)


def test_sent_twice_it_is_one(viewer_of: ViewerOf, world: World) -> None:
    head, mark = viewer_of(Role.VILLAGE_HEAD), str(uuid4())
    first = announce(head, world, client_uuid=mark)
    assert announce(head, world, client_uuid=mark).id == first.id
    with pytest.raises(Refused, match="已经送出过"):
        announce(head, world, client_uuid=mark, title="另一件事")


def test_a_tick_set_by_mistake_goes(viewer_of: ViewerOf, world: World) -> None:
    one, liaison = announce(viewer_of(Role.VILLAGE_HEAD), world), viewer_of(Role.LIAISON)
    home = world.homes["circle"][0]
    tell(one, [home], liaison)
    with pytest.raises(Missing), transaction():
        service.take_back(one, home, actor=viewer_of(Role.PARTTIME_GRID), now=clock.now())
    with transaction():
        assert service.take_back(one, home, actor=liaison, now=clock.now())
        assert not service.take_back(one, home, actor=liaison, now=clock.now())
    assert ticks() == 0


def test_merged_homes_keep_one_tick_of_each(viewer_of: ViewerOf, world: World) -> None:
    head, liaison = viewer_of(Role.VILLAGE_HEAD), viewer_of(Role.LIAISON)
    double, kept = (db.session.get_one(Household, n) for n in world.homes["circle"][:2])
    both, only = announce(head, world), announce(head, world)
    tell(both, [double.id, kept.id], liaison)
    tell(only, [double.id], liaison)
    with transaction():
        assert service.repoint_household(double, kept, actor=MAKER, now=clock.now()) == 1
    rows = db.session.execute(select(AnnouncementHome.announcement_id, AnnouncementHome.household_id)).all()
    assert sorted(map(tuple, rows)) == [(both.id, kept.id), (only.id, kept.id)]


@contextmanager
def asked() -> Iterator[list[str]]:
    """The statements sent to the database inside."""
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_the_lists_ask_as_often_for_many_as_for_one(viewer_of: ViewerOf, world: World) -> None:
    head, liaison = viewer_of(Role.VILLAGE_HEAD), viewer_of(Role.LIAISON)
    numbers = []
    for _time in range(2):
        announce(head, world)
        with asked() as statements:
            queries.to_tell(liaison, TODAY)
            page = queries.page(liaison, on=TODAY, over=False, after=None)
            queries.counts_of([row.Announcement.id for row in page.rows], viewer=liaison)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1] <= 7
