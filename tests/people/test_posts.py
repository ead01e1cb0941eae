"""Posts over time: appointing back and ahead, standing in, leaving, ending; nothing ends silently with open work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from gridcase.audit.queries import history_of
from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_
from gridcase.people import queries, service
from gridcase.people.models import Post
from gridcase.people.queries import PostFilters
from gridcase.people.rules import Absence, LeaderSource, Role
from gridcase.users import queries as users
from gridcase.users.models import User
from tests.factories.world import MAKER, SINCE, World

pytestmark = pytest.mark.usefixtures("ctx")
TODAY = date(2026, 11, 23)
ViewerOf = Callable[[Role], Viewer]


@pytest.fixture
def post(world: World) -> Post:
    """The grid leader's post of the first cell."""
    return db.session.get_one(Post, world.posts[Role.GRID_LEADER])


@pytest.fixture
def head(viewer_of: ViewerOf) -> Viewer:
    return viewer_of(Role.VILLAGE_HEAD)


@pytest.fixture
def person(world: World, post: Post) -> int:
    """Somebody of the village without a post."""
    with transaction():
        return service.add_person(actor=MAKER, name="钱新来", place_path=post.place_path, now=clock.now()).id


def names(post: Post, day: date, **known: object) -> list[str]:
    return [row.name for row in queries.holders_on(post.id, on=day, **known)]  # type: ignore[arg-type]


def test_a_post_changes_hands_today(post: Post, head: Viewer, person: int) -> None:
    before = clock.now()
    with transaction():
        service.replace_holder(
            post, actor=head, person_id=person, start=TODAY, now=clock.now() + timedelta(seconds=1),
            source=LeaderSource.RESERVE_CADRE,
        )  # fmt: skip
    assert names(post, TODAY) == ["钱新来"]
    assert names(post, TODAY - timedelta(days=1)) == ["测试网格长"]
    assert names(post, TODAY, known_at=before) == ["测试网格长"], "what was known before stays readable"
    assert queries.holdings_of(post.id)[0].source == LeaderSource.RESERVE_CADRE


def test_a_past_day_corrects_and_a_day_to_come_waits(post: Post, head: Viewer, person: int) -> None:
    with transaction():
        service.replace_holder(post, actor=head, person_id=person, start=date(2026, 2, 15), now=clock.now())
    assert names(post, date(2026, 2, 14)) == ["测试网格长"]
    assert names(post, date(2026, 2, 15)) == ["钱新来"]
    old = queries.holdings_of(post.id)[-1].person_id
    with transaction():
        service.replace_holder(post, actor=head, person_id=old, start=date(2027, 1, 1), now=clock.now())
    assert names(post, TODAY) == ["钱新来"]
    assert names(post, date(2027, 1, 1)) == ["测试网格长"]


def test_nobody_holds_a_post_before_it_was_set_up(post: Post, head: Viewer, person: int) -> None:
    with pytest.raises(Refused), transaction():
        service.replace_holder(post, actor=head, person_id=person, start=SINCE - timedelta(days=1), now=clock.now())
    assert names(post, TODAY) == ["测试网格长"]


def test_a_stand_in_has_the_rights_on_those_days_and_not_after(
    world: World, post: Post, head: Viewer, at: Callable[[str], None]
) -> None:
    resident = db.session.get_one(User, world.users[Role.REVIEW_MEMBER])
    with transaction():
        service.stand_in(
            post, actor=head, person_id=resident.person_id, start=TODAY, end=TODAY + timedelta(days=3),
            why=Absence.LEAVE, now=clock.now(),
        )  # fmt: skip
    for moment, rights in (
        ("2026-11-22T23:00:00+08:00", False),
        ("2026-11-23T00:30:00+08:00", True),
        ("2026-11-25T23:59:00+08:00", True),
        ("2026-11-26T00:01:00+08:00", False),
    ):
        at(moment)
        someone = users.viewer_of(db.session.get_one(User, resident.id), now=clock.now())
        assert someone.may(Permission.ACCEPT_CASE) is rights, moment
    assert names(post, TODAY) == ["测试网格长", "测试积分评议小组成员"]


@pytest.mark.parametrize(("days", "field"), [(0, "until"), (-5, "until"), (400, "until")])
def test_standing_in_needs_an_end_within_a_year(post: Post, head: Viewer, person: int, days: int, field: str) -> None:
    with pytest.raises(Refused) as refusal, transaction():
        service.stand_in(
            post, actor=head, person_id=person, start=TODAY, end=TODAY + timedelta(days=days), why=Absence.LEAVE,
            now=clock.now(),
        )  # fmt: skip
    assert refusal.value.field == field


def test_the_holder_does_not_stand_in_for_himself(post: Post, head: Viewer) -> None:
    holder = queries.holders_on(post.id, on=TODAY)[0].person_id
    with pytest.raises(Refused), transaction():
        service.stand_in(
            post, actor=head, person_id=holder, start=TODAY, end=TODAY + timedelta(days=2), why=Absence.LEAVE,
            now=clock.now(),
        )  # fmt: skip


def test_a_stand_in_may_go_back_early(post: Post, head: Viewer, person: int) -> None:
    with transaction():
        service.stand_in(
            post, actor=head, person_id=person, start=TODAY, end=TODAY + timedelta(days=9), why=Absence.ILLNESS,
            now=clock.now(),
        )  # fmt: skip
    with transaction():
        service.end_stand_in(post, actor=head, on=TODAY + timedelta(days=1), now=clock.now())
    assert names(post, TODAY) == ["测试网格长", "钱新来"]
    assert names(post, TODAY + timedelta(days=1)) == ["测试网格长"]
    with pytest.raises(Refused), transaction():
        service.end_stand_in(post, actor=head, on=TODAY + timedelta(days=20), now=clock.now())


def test_nobody_leaves_open_work_behind(post: Post, head: Viewer, person: int) -> None:
    work = [N_("%(n)s 件在办的事件", n=2), N_("%(n)s 户联系户", n=6)]
    for act in (service.end_holding, service.end_post):
        with pytest.raises(Refused) as refusal, transaction():
            act(post, actor=head, on=TODAY, open_work=work, now=clock.now())
        assert "2 件在办的事件；6 户联系户" in str(refusal.value.text)
    assert names(post, TODAY) == ["测试网格长"]
    with transaction():
        service.stand_in(
            post, actor=head, person_id=person, start=TODAY, end=TODAY + timedelta(days=9), why=Absence.VACANT,
            now=clock.now(),
        )  # fmt: skip
    with transaction():
        service.end_holding(post, actor=head, on=TODAY, open_work=work, now=clock.now())
    assert names(post, TODAY) == ["钱新来"], "a stand-in has the work in hand"
    with pytest.raises(Refused), transaction():
        service.end_holding(post, actor=head, on=TODAY, open_work=[], now=clock.now())


def test_a_post_ends_with_its_holders(post: Post, head: Viewer, person: int) -> None:
    with transaction():
        service.end_post(post, actor=head, on=TODAY, open_work=[], now=clock.now())
    assert names(post, TODAY) == []
    assert names(post, TODAY - timedelta(days=1)) == ["测试网格长"]
    assert queries.posts_held_by(queries.holdings_of(post.id)[0].person_id, on=TODAY) == []
    with pytest.raises(Refused), transaction():
        service.replace_holder(post, actor=head, person_id=person, start=TODAY, now=clock.now())


def test_two_people_editing_at_once(post: Post, head: Viewer) -> None:
    seen = fingerprint(post, service.EDITED)
    values = {"paid": True, "section_id": None, "unit_id": None}
    with transaction():
        service.edit_post(post, actor=head, title="新名", seen=seen, now=clock.now(), **values)
    with pytest.raises(Refused), transaction():
        service.edit_post(post, actor=head, title="另一个名", seen=seen, now=clock.now(), **values)
    assert db.session.get_one(Post, post.id).title == "新名"


def test_codes_are_free(world: World, post: Post) -> None:
    place = queries.place_for(post.place_id, viewer=MAKER)
    code = service.free_code(place, Role.GRID_LEADER)
    with transaction():
        service.add_post(
            actor=MAKER, code=code, role=Role.GRID_LEADER, title="又一个", place=place, now=clock.now(),
            valid_from=SINCE,
        )  # fmt: skip
    assert service.free_code(place, Role.GRID_LEADER) != code


@pytest.mark.parametrize(
    ("words", "found"),
    [("测试网格", ["网格长"]), ("cswgz", ["网格长"]), ("网", []), ("没有", [])],
)
def test_finding_a_post(head: Viewer, words: str, found: list[str]) -> None:
    page = queries.posts_page(head, PostFilters(words=words), on=TODAY)
    assert [row.title for row in page.rows] == found
    by_code = queries.posts_page(head, PostFilters(words="t-"), on=TODAY)
    assert "网格长" in [row.title for row in by_code.rows]


def test_vacant_posts_can_be_listed(post: Post, head: Viewer) -> None:
    assert queries.posts_page(head, PostFilters(vacant=True), on=TODAY).rows == []
    with transaction():
        service.end_holding(post, actor=head, on=TODAY, open_work=[], now=clock.now())
    assert [row.id for row in queries.posts_page(head, PostFilters(vacant=True), on=TODAY).rows] == [post.id]


def test_posts_of_another_village_are_not_there(world: World, viewer_of: ViewerOf) -> None:
    supervisor = viewer_of(Role.VILLAGE_SUPERVISOR)
    with pytest.raises(Missing):
        queries.post_for(world.posts[Role.DISPATCHER], viewer=supervisor)
    with pytest.raises(Missing):
        queries.post_for(world.posts[Role.LIAISON], viewer=supervisor, permission=Permission.MANAGE_POSTS)
    assert queries.post_for(world.posts[Role.LIAISON], viewer=supervisor).role == Role.LIAISON


def test_the_history_tells_no_names(post: Post, head: Viewer, person: int) -> None:
    with transaction():
        service.replace_holder(post, actor=head, person_id=person, start=TODAY, now=clock.now())
    newest = history_of("post", post.id)[0]
    assert (newest.action, newest.detail["person_id"]) == ("post.appoint", person)
    assert "钱新来" not in str(newest.detail)


def test_nobody_gives_rights_to_himself_or_fills_the_offices(
    world: World, post: Post, head: Viewer, person: int
) -> None:
    own = head.person_id or 0
    with pytest.raises(Refused, match="自己"), transaction():
        service.replace_holder(post, actor=head, person_id=own, start=TODAY, now=clock.now())
    with pytest.raises(Refused, match="自己"), transaction():
        service.stand_in(
            post, actor=head, person_id=own, start=TODAY, end=TODAY + timedelta(days=3), why=Absence.LEAVE,
            now=clock.now(),
        )  # fmt: skip
    office = db.session.get_one(Post, world.posts[Role.SECURITY_ADMIN])
    with pytest.raises(Refused, match="安全管理员"), transaction():
        service.replace_holder(office, actor=head, person_id=person, start=TODAY, now=clock.now())
