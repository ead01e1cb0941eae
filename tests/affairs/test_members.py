"""A party member's year: counted from what is there, read by the member and the party side of the village alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from gridcase.affairs.models import Activity
from gridcase.affairs.queries import members
from gridcase.affairs.rules import ActivityKind, MemberSource, MemberValues, fits_party_day, progress_with
from gridcase.affairs.service import activities, signing
from gridcase.affairs.service import members as service
from gridcase.audit import service as audit
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.households.models import Household, Member
from gridcase.people import queries as people
from gridcase.people import service as people_service
from gridcase.people.models import Person, PledgeItem
from gridcase.people.rules import BodyKind, PledgeReview, Role, Tag
from gridcase.points import queries as points
from gridcase.points import service as points_service
from gridcase.points.models import Declaration, Transfer
from gridcase.users import queries as users
from gridcase.users.models import User
from tests.affairs.calling import IN_FORCE, NOW, running, scheme
from tests.factories.pages import body, statements
from tests.factories.world import MAKER, SINCE, World

ClientAs = Callable[[Role | str], FlaskClient]
TODAY = NOW.date()
WORDS = ("带头参加志愿服务", "联系五户老人", "清理门前河道")


@dataclass(frozen=True)
class Known:
    """A member, the home, and who lives there too."""

    person: int
    home: int
    other: int


def member_of(world: World) -> Known:
    """The head of a home, with a seat in the branch, a member since long, with three promises of which two are kept."""
    home = world.homes["village_a"][0]
    rows = select(Member.person_id).where(Member.household_id == home).order_by(Member.id)
    person_id, other = list(db.session.scalars(rows))[:2]
    with transaction():
        village = db.session.get_one(Grid, world.grids["village_a"])
        branch = people_service.add_organisation(
            actor=MAKER, kind=BodyKind.PARTY_BRANCH, name="村党支部", place=village, parent=None, since=SINCE, now=NOW
        )
        people_service.seat(
            branch, actor=MAKER, person_id=person_id, title="党员", rank=9, start=SINCE, end=None, now=NOW
        )
        promised(person_id)
    return Known(person_id, home, other)


def promised(person_id: int) -> None:
    person = db.session.get_one(Person, person_id)
    people_service.tag(person, actor=MAKER, kind=Tag.PARTY_MEMBER, start=SINCE, end=None, now=NOW)
    made = people_service.pledge(person, actor=MAKER, year=2026, words=WORDS, on=date(2026, 1, 8), now=NOW)
    for item, day in zip(made.items[:2], (date(2026, 5, 4), date(2026, 9, 1)), strict=True):
        people_service.pledge_progress(item, person=person, actor=MAKER, words="做到了", done_on=day, now=NOW)


def reviewed(person_id: int, score: int) -> None:
    made = people.pledges_of(person_id)[0]
    with transaction():
        people_service.review_pledge(
            made, person=db.session.get_one(Person, person_id), actor=MAKER, review=PledgeReview.KEPT, score=score,
            on=TODAY, now=NOW,
        )  # fmt: skip


def party_day(
    world: World, actor: Viewer, known: Known, *, title: str = "清河道主题党日", end: bool = True
) -> Activity:
    one = running(world, actor, kind=ActivityKind.PARTY_DAY, title=title)
    with transaction():
        home = db.session.get_one(Household, known.home)
        signing.add_present(one, home, actor=actor, person_id=known.person, now=NOW)
        if end:
            activities.end(one, actor=actor, hours=2, now=NOW)
    return one


def posted(known: Known, *, person_id: int, code: str, mature: bool = True) -> Declaration:
    """Declared for the home, naming who did it, and posted; its notice run out or not."""
    with transaction():
        batch = points_service.declare_batch(
            village_id=db.session.get_one(Household, known.home).village_id, item_code=code,
            rows=[points_service.BatchRow(known.home, person_id)], happened_on=TODAY, text="照护邻居", actor=MAKER,
            source_kind="batch", source_id=f"{code}{person_id}", now=NOW,
        )  # fmt: skip
        [made] = batch.declared
        transfer = points_service.post_award(
            household_id=known.home, points=made.points, rule=code, version_id=None, source_kind="declaration",
            source_id=str(made.id), key=f"declaration:{made.id}", actor=MAKER, now=NOW,
        )  # fmt: skip
        assert transfer is not None
        made.state, made.transfer_id = "posted", transfer.id
    if mature:
        ended = NOW + timedelta(days=20)
        with transaction():
            points_service.mature(points.due_notices(on=ended.date(), limit=50), actor=MAKER, now=ended)
    return made


@pytest.fixture
def head(ctx: Flask, viewer_of: Callable[[Role | str], Viewer]) -> Viewer:
    return viewer_of(Role.VILLAGE_HEAD)


def account(person_id: int, viewer: Viewer, year: int = 2026) -> members.MemberAccount:
    return members.account_of(db.session.get_one(Person, person_id), year=year, viewer=viewer, on=TODAY)


# --- the account


def test_a_year_is_what_was_kept_attended_and_judged(world: World, head: Viewer) -> None:
    known = member_of(world)
    scheme(world)
    assert [(line.source, line.value) for line in account(known.person, head).lines] == [
        (MemberSource.PROMISE, 10), (MemberSource.PROMISE, 10),
    ]  # fmt: skip
    one = party_day(world, head, known)
    party_day(world, head, known, title="没有结束的主题党日", end=False)
    reviewed(known.person, 92)
    found = account(known.person, head)
    assert found.total == 2 * 10 + 5 + 18, "92 at 20 percent is 18.4"
    assert found.example
    assert [line.activity_id for line in found.lines if line.source is MemberSource.PARTY_DAY] == [one.id]
    assert found.sum_of(MemberSource.REVIEW) == 18
    assert account(known.person, head, 2025).lines == ()
    assert account(known.other, head).lines == ()


def test_a_deed_counts_when_its_notice_is_over_and_it_names_the_member(world: World, head: Viewer) -> None:
    known = member_of(world)
    scheme(world)
    before = account(known.person, head).total
    hanging = posted(known, person_id=known.person, code="Z601", mature=False)
    posted(known, person_id=known.other, code="Z503", mature=False)
    assert account(known.person, head).total == before
    posted(known, person_id=known.person, code="Z102")  # "...党员践诺": counted as the promise it is
    deeds = [line for line in account(known.person, head).lines if line.source is MemberSource.DEED]
    assert [(line.words, line.value) for line in deeds] == [("参加志愿服务活动", 5)], "not the 10 points of the home"
    with transaction():
        asked = points_service.ask_correction(
            db.session.get_one(Transfer, hanging.transfer_id), actor=Viewer("staff", "户主", user_id=1),
            reason="那天没有去", now=NOW + timedelta(days=21),
        )  # fmt: skip
        points_service.answer_correction(
            asked, granted=True, answer="核对属实，冲回", actor=Viewer("staff", "评议员", user_id=2),
            now=NOW + timedelta(days=21),
        )  # fmt: skip
    assert account(known.person, head).total == before


def test_nothing_is_stored_and_the_homes_points_stay_as_they_are(world: World, head: Viewer) -> None:
    known = member_of(world)
    scheme(world)
    party_day(world, head, known)
    count = select(func.count(Transfer.id))
    before = db.session.scalar(count)
    assert account(known.person, head).total == 25
    assert db.session.scalar(count) == before


def test_a_county_sets_its_values_and_years_that_are_over_stay(
    world: World, head: Viewer, viewer_of: Callable[[Role | str], Viewer]
) -> None:
    known = member_of(world)
    county = db.session.get_one(Grid, world.grids["county"])
    manager = viewer_of(Role.COUNTY_MANAGER)
    with transaction():
        service.set_values(county, MemberValues(promise=3, review_share=0), actor=manager, now=NOW)
    found = account(known.person, head)
    assert (found.total, found.example) == (6, False)
    assert account(known.person, head, 2025).values == MemberValues()
    with transaction(), pytest.raises(Refused) as refused:
        service.set_values(county, MemberValues(party_day=101), actor=manager, now=NOW)
    assert refused.value.field == "party_day"
    with transaction(), pytest.raises(Missing):
        service.set_values(county, MemberValues(), actor=viewer_of(Role.TOWN_MANAGER), now=NOW)


# --- its page


@pytest.fixture
def known(app: Flask, world: World) -> Known:
    with app.app_context():
        found = member_of(world)
        scheme(world)
        liaison = db.session.get_one(User, world.users[Role.LIAISON])
        with transaction():
            promised(liaison.person_id)
            audit.record(actor=MAKER, action="test", subject_kind="person", subject_id=None, now=IN_FORCE)
        db.session.remove()
    return found


def test_the_member_reads_his_own_and_the_village_head_his_members(
    app: Flask, client_as: ClientAs, world: World, known: Known
) -> None:
    url = f"/affairs/members/{known.person}"
    head = client_as(Role.VILLAGE_HEAD)
    page = body(head.get(url))
    assert "2026 年合计 20 分" in page
    assert "上河村" in page.split("党员全年积分")[0], "whose sheet it is"
    assert "不能兑换，不进户积分，不和别的党员比较" in page
    assert "示例默认值" in page
    assert url in head.get(f"/people/persons/{known.person}").text
    own = body(client_as(Role.LIAISON).get("/affairs/my-year"))
    assert "测试联户代表" in own
    assert "2026 年合计 20 分" in own
    assert "/affairs/my-year" in client_as(Role.LIAISON).get("/affairs/").text
    assert "/affairs/my-year" not in client_as(Role.RESIDENT).get("/affairs/").text, "no member"
    assert "没有登记党员身份" in body(client_as(Role.RESIDENT).get("/affairs/my-year"))
    for role in (Role.LIAISON, Role.GRID_LEADER, Role.TOWN_MANAGER, Role.COUNTY_MANAGER):
        assert client_as(role).get(url).status_code == 403
    for role in (Role.TOWN_MANAGER, Role.GRID_LEADER):
        assert url not in client_as(role).get(f"/people/persons/{known.person}").text
    assert "2025 年没有登记党员身份" in body(head.get(f"{url}?year=2025"))
    assert len(statements(app, lambda: head.get(url))) <= 10


def test_the_county_reads_and_sets_what_counts(client_as: ClientAs, world: World) -> None:
    county = client_as(Role.COUNTY_MANAGER)
    url = f"/affairs/members/values?village={world.grids['county']}"
    assert "示例默认值" in body(county.get(url))
    data = {"promise": "8", "party_day": "4", "deed": "0", "review_share": "101"}
    refused = county.post(url, data=data)
    assert 'id="review_share-error"' in refused.text
    assert 'value="8"' in refused.text
    assert county.post(url, data=data | {"review_share": "50"}).status_code == 302
    assert "示例默认值" not in body(county.get(url))
    assert client_as(Role.VILLAGE_HEAD).get(url).status_code == 403


# --- promises that a party day brought forward


@pytest.mark.parametrize(
    ("promise", "title", "fits"),
    [
        ("带头参加志愿服务", "十一月主题党日", True),
        ("清理门前河道", "清河道主题党日", True),
        ("联系五户老人", "清河道主题党日", False),
        ("十一月底前修好路灯", "十一月主题党日", False),
        ("做合格党员", "党员活动", False),
    ],
)
def test_what_a_promise_and_a_party_day_share(promise: str, title: str, fits: bool) -> None:
    assert fits_party_day(promise, title) is fits


def test_progress_is_added_behind_what_stood_there() -> None:
    assert progress_with("", "清河道", promise=WORDS[2]) == "清河道"
    assert progress_with("修了路灯", "清河道", promise=WORDS[2]) == "修了路灯；清河道"
    assert progress_with("字" * 195, "清理河道", promise=WORDS[2]) == "字" * 195 + "；清理河道"


@pytest.mark.parametrize(("before", "said"), [(196, "只能再写 3 个字"), (199, "已经记满"), (200, "已经记满")])
def test_progress_that_has_no_room_is_refused(before: int, said: str) -> None:
    with pytest.raises(Refused) as refused:
        progress_with("字" * before, "清理河道", promise=WORDS[2])
    assert refused.value.field == "words"
    assert said in str(refused.value.text)
    assert f"“{WORDS[2]}”" in str(refused.value.text)


def test_nothing_noted_before_is_lost_for_want_of_room(
    app: Flask, client_as: ClientAs, world: World, known: Known
) -> None:
    with app.app_context():
        one = party_day(world, _head(world), known).id
        found = members.proposals(db.session.get_one(Activity, one))[0]
        with transaction():
            people_service.pledge_progress(
                db.session.get_one(PledgeItem, found.item_id), person=db.session.get_one(Person, known.person),
                actor=MAKER, words="字" * 196, done_on=None, now=NOW,
            )  # fmt: skip
        db.session.remove()
    data = {"items": [str(found.item_id)], "words": "清了两公里"}
    page = client_as(Role.VILLAGE_HEAD).post(f"/affairs/{one}/promises", data=data).text
    assert 'id="words-error"' in page
    assert "只能再写 3 个字" in page
    assert 'value="清了两公里"' in page
    with app.app_context():
        assert db.session.get_one(PledgeItem, found.item_id).progress == "字" * 196


def test_who_was_a_member_on_some_day_of_the_year_has_that_year(
    app: Flask, client_as: ClientAs, world: World, known: Known
) -> None:
    """The door on the list and the page itself go by the same rule."""
    with app.app_context():
        liaison = db.session.get_one(User, world.users[Role.LIAISON]).person_id
        assert liaison
        with transaction():
            person = db.session.get_one(Person, liaison)
            people_service.tag(
                person, actor=MAKER, kind=Tag.PARTY_MEMBER, start=date(2025, 1, 1), end=date(2026, 1, 1), now=NOW
            )
            people_service.untag(person, actor=MAKER, kind=Tag.PARTY_MEMBER, on=date(2026, 3, 1), now=NOW)
        db.session.remove()
    client = client_as(Role.LIAISON)
    assert "/affairs/my-year" in client.get("/affairs/").text
    assert "2026 年合计" in body(client.get("/affairs/my-year"))
    with app.app_context():
        with transaction():
            person = db.session.get_one(Person, liaison)
            people_service.untag(person, actor=MAKER, kind=Tag.PARTY_MEMBER, on=date(2026, 1, 1), now=NOW)
        db.session.remove()
    assert "/affairs/my-year" not in client.get("/affairs/").text
    page = client.get("/affairs/my-year").text
    assert "没有登记党员身份" in page
    assert "/affairs/my-year?year=2025" in page, "the year before is a click away"
    past = body(client.get("/affairs/my-year?year=2025"))
    assert "2025 年合计 0 分" in past
    assert "这一年还没有记录" in past


def test_a_promise_comes_forward_only_by_a_tick(app: Flask, client_as: ClientAs, world: World, known: Known) -> None:
    with app.app_context():
        one = party_day(world, _head(world), known).id
        db.session.remove()
    head = client_as(Role.VILLAGE_HEAD)
    assert "有 1 件承诺可能和这次主题党日有关" in body(head.get(f"/affairs/{one}"))
    page = head.get(f"/affairs/{one}/promises").text
    assert "清理门前河道" in page
    assert "联系五户老人" not in page, "kept already"
    assert "checked" not in page.split("<main")[1], "proposed, never chosen"
    assert "请勾上有进展的承诺" in head.post(f"/affairs/{one}/promises", data={"words": "清了两公里"}).text
    with app.app_context():
        item = db.session.scalar(select(PledgeItem.id).where(PledgeItem.words == WORDS[2]).order_by(PledgeItem.id))
        assert db.session.get_one(PledgeItem, item).progress == ""
        db.session.remove()
    data = {"items": [str(item)], "words": "清了两公里"}
    assert head.post(f"/affairs/{one}/promises", data=data).status_code == 302
    person = head.get(f"/people/persons/{known.person}").text
    assert "清了两公里" in person
    assert f'href="/affairs/{one}"' in person
    assert "没有可以记的承诺" in body(head.get(f"/affairs/{one}/promises")), "once is enough"
    with app.app_context():
        assert db.session.get_one(PledgeItem, item).done_on is None, "come forward, not kept"
        row, actor = db.session.get_one(Activity, one), _head(world)
        with transaction(), pytest.raises(Refused, match="刚才已经记过"):
            service.note_promises(row, [item or 0], words="再记一次", actor=actor, now=NOW)
        db.session.remove()
    assert client_as(Role.RESIDENT).get(f"/affairs/{one}/promises").status_code == 403


def _head(world: World) -> Viewer:
    return users.viewer_of(db.session.get_one(User, world.users[Role.VILLAGE_HEAD]), now=NOW)
