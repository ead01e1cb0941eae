"""Persons in posts: found without finding villagers, what they are, promises of a year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from gridcase.audit.queries import history_of
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.people import queries, service
from gridcase.people.models import Person
from gridcase.people.rules import THREE_IN_ONE, PledgeReview, Role, Tag
from tests.factories.world import SINCE, World

pytestmark = pytest.mark.usefixtures("ctx")
TODAY = date(2026, 11, 23)
ViewerOf = Callable[[Role], Viewer]


@pytest.fixture
def head(viewer_of: ViewerOf) -> Viewer:
    return viewer_of(Role.VILLAGE_HEAD)


@pytest.fixture
def leader(world: World) -> Person:
    """The grid leader."""
    holder = queries.holders_on(world.posts[Role.GRID_LEADER], on=TODAY)[0]
    return db.session.get_one(Person, holder.person_id)


def give(person: Person, actor: Viewer, kind: Tag, *, start: date = SINCE, end: date | None = None) -> None:
    with transaction():
        service.tag(person, actor=actor, kind=kind, start=start, end=end, now=clock.now())


def test_villagers_are_not_in_the_register(head: Viewer) -> None:
    assert queries.persons(head, on=TODAY, words="赵大").rows == []
    assert [row.name for row in queries.persons(head, on=TODAY, words="测试网格").rows] == ["测试网格长"]
    assert queries.persons(head, on=TODAY, words="测").rows == []


def test_persons_of_other_places_are_not_there(world: World, viewer_of: ViewerOf, leader: Person) -> None:
    dispatcher = queries.holders_on(world.posts[Role.DISPATCHER], on=TODAY)[0].person_id
    supervisor = viewer_of(Role.VILLAGE_SUPERVISOR)
    assert queries.person_for(leader.id, viewer=supervisor).name == "测试网格长"
    with pytest.raises(Missing):
        queries.person_for(dispatcher, viewer=supervisor)


def test_three_in_one(head: Viewer, leader: Person) -> None:
    for kind in THREE_IN_ONE[:2]:
        give(leader, head, kind)
    assert queries.persons(head, on=TODAY, tag="three").rows == []
    give(leader, head, THREE_IN_ONE[2], start=date(2026, 7, 1))
    assert [row.id for row in queries.persons(head, on=TODAY, tag="three").rows] == [leader.id]
    assert queries.persons(head, on=date(2026, 6, 30), tag="three").rows == []
    with transaction():
        service.untag(leader, actor=head, kind=Tag.SHAREHOLDER, on=TODAY, now=clock.now())
    assert queries.persons(head, on=TODAY, tag="three").rows == []
    assert queries.has_tag(leader.id, Tag.SHAREHOLDER, on=TODAY - timedelta(days=1))


def test_a_status_ends_once(head: Viewer, leader: Person) -> None:
    with pytest.raises(Refused), transaction():
        service.untag(leader, actor=head, kind=Tag.PARTY_MEMBER, on=TODAY, now=clock.now())
    with pytest.raises(Refused), transaction():
        service.tag(leader, actor=head, kind=Tag.PARTY_MEMBER, start=TODAY, end=TODAY, now=clock.now())


def test_promises_of_a_year(head: Viewer, leader: Person, viewer_of: ViewerOf) -> None:
    values = {"year": 2026, "words": ["修好村口的路灯", "联系五户老人"], "on": TODAY, "now": clock.now()}
    with pytest.raises(Refused, match="党员"), transaction():
        service.pledge(leader, actor=head, **values)  # type: ignore[arg-type]
    give(leader, head, Tag.PARTY_MEMBER)
    with transaction():
        service.pledge(leader, actor=head, **values)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="已经有承诺"), transaction():
        service.pledge(leader, actor=head, **values)  # type: ignore[arg-type]
    made = queries.pledges_of(leader.id)[0]
    with transaction():
        service.pledge_progress(
            made.items[0], person=leader, actor=head, words="装了三盏", done_on=TODAY, now=clock.now()
        )
    assert [(item.progress, item.done_on) for item in made.items] == [("装了三盏", TODAY), ("", None)]
    review = {"review": PledgeReview.MOSTLY, "score": 85, "on": TODAY, "now": clock.now()}
    with pytest.raises(Refused, match="自己"), transaction():
        service.review_pledge(made, person=leader, actor=viewer_of(Role.GRID_LEADER), **review)  # type: ignore[arg-type]
    with transaction():
        service.review_pledge(made, person=leader, actor=head, **review)  # type: ignore[arg-type]
    assert (made.review, made.score) == ("mostly", 85)


def test_particulars_change_without_being_told(head: Viewer, leader: Person) -> None:
    with transaction():
        service.edit_person(
            leader, actor=head, name="钱改名", gender="f", born_on=None, phone="13900001111", seen=None, now=clock.now()
        )
    assert (leader.initials, leader.phone) == ("qgm", "13900001111")
    told = str(history_of("person", leader.id)[0].detail)
    assert "13900001111" not in told
    assert "钱改名" not in told
    assert "phone" in told


def test_a_new_holder_is_found_by_the_whole_name_only(world: World, head: Viewer, leader: Person) -> None:
    assert [one.id for one in queries.named("测试网格长", path=leader.place_path)] == [leader.id]
    assert queries.named("测试", path=leader.place_path) == []
    assert queries.named("测", path=leader.place_path) == []
