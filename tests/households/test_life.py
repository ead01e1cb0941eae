"""A family's life: who lives where afterwards, who is the head, what ends, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import Date, literal, select

from gridcase.audit import service as audit
from gridcase.audit.models import AuditRow
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.grid.models import Grid
from gridcase.households import queries, service
from gridcase.households.models import CirclePlace, Household, HouseholdLineage, PersonFate
from gridcase.households.rules import Outcome, Why, age_on, grown_by, is_child, number_after, relation_to_new_head
from gridcase.households.service import NewPerson
from gridcase.people import service as people
from gridcase.people.models import Person, Post
from tests.factories.world import MAKER, World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY, MAY = date(2026, 11, 23), date(2026, 5, 1)


@pytest.fixture
def home(ctx: Flask, world: World) -> Household:
    """In the liaison's circle; a head and a spouse."""
    return db.session.get_one(Household, world.homes["circle"][0])


def living(home: Household, on: date = TODAY) -> dict[str, str]:
    return {m.person.name: m.relation for m in queries.members_of(home.id, on=on)}


def ids(home: Household) -> list[int]:
    return [member.person_id for member in queries.members_of(home.id, on=TODAY)]


def said(outcome: Outcome) -> str:
    return "".join(str(sentence) for sentence in outcome.sentences)


def test_a_birth(home: Household) -> None:
    with transaction():
        child = NewPerson("赵小宝", "child", "m")
        outcome = service.born(home, actor=MAKER, child=child, on=MAY, now=NOW)
    assert living(home)["赵小宝"] == "child"
    assert "赵小宝" not in living(home, date(2026, 4, 30))
    assert "赵*宝" in said(outcome)
    assert "赵小宝" not in said(outcome), "names are masked in sentences"
    with pytest.raises(Refused, match="叫这个名字"), transaction():
        service.born(home, actor=MAKER, child=NewPerson("赵小宝", "child", "m"), on=MAY, now=NOW)
    person = db.session.scalars(select(Person).where(Person.name == "赵小宝")).one()
    assert (person.born_on, person.place_path) == (MAY, home.path)


def test_a_dead_head_has_a_successor_and_the_last_one_ends_the_home(home: Household, world: World) -> None:
    head, spouse = ids(home)
    names = list(living(home))
    with transaction():
        first = service.died(home, actor=MAKER, person_id=head, on=MAY, now=NOW)
    assert living(home) == {names[1]: "head"}
    assert home.head_name == names[1]
    assert "新户主" in said(first)
    assert db.session.get_one(PersonFate, head).died_on == MAY
    with transaction():
        second = service.died(home, actor=MAKER, person_id=spouse, on=date(2026, 6, 1), now=NOW)
    assert "销户" in said(second)
    assert (home.ended_on, home.ended_why, home.next_visit_on) == (date(2026, 6, 1), "died", None)
    assert home.section_id is None
    village = db.session.get_one(Grid, world.grids["village_a"])
    for day, there in ((date(2026, 5, 31), True), (date(2026, 6, 1), False)):
        homes = {row[0] for row in db.session.execute(queries.homes_on(village.path, on=day))}
        assert (home.id in homes) is there
    assert queries.liaison_posts_of(home.id, on=TODAY) == []
    assert queries.check() == []
    with pytest.raises(Refused, match="已销户"), transaction():
        service.born(home, actor=MAKER, child=NewPerson("甲", "child"), on=TODAY, now=NOW)


def test_who_died_is_trusted_no_more_and_the_post_is_named(home: Household, world: World) -> None:
    head, spouse = ids(home)
    with transaction():
        post = db.session.get_one(Post, world.posts["liaison"])
        people.appoint(actor=MAKER, post=post, person_id=head, valid_from=MAY, now=NOW)
        service.nominate(home, actor=MAKER, person_ids=[head, spouse], now=NOW)
    with transaction():
        outcome = service.died(home, actor=MAKER, person_id=head, on=TODAY, now=NOW)
    assert "还担任 1 个岗位" in said(outcome)
    assert [row.person_id for row in queries.nominated_by(home.id)] == [spouse]


def test_who_stays_must_have_a_head(home: Household) -> None:
    with transaction():
        service.arrived(
            home, actor=MAKER, newcomer=NewPerson("周来", "child_in_law", "f"), why=Why.MARRIAGE, on=MAY, now=NOW
        )
    head = ids(home)[0]
    with pytest.raises(Refused, match="新户主"), transaction():
        service.left(home, actor=MAKER, person_ids=[head], why=Why.MOVE, on=TODAY, now=NOW)
    with transaction():
        service.left(home, actor=MAKER, person_ids=[head], why=Why.MOVE, on=TODAY, new_head_id=ids(home)[2], now=NOW)
    assert sorted(living(home).values()) == ["head", "other"]
    assert home.head_name == "周来"


@pytest.mark.parametrize(("on", "words"), [(date(2026, 11, 24), "不能晚于今天"), (date(2025, 12, 1), "还没有登记")])
def test_days_that_cannot_be(home: Household, on: date, words: str) -> None:
    with pytest.raises(Refused, match=words), transaction():
        service.died(home, actor=MAKER, person_id=ids(home)[1], on=on, now=NOW)


def test_a_marriage_into_another_home(home: Household, world: World) -> None:
    other = db.session.get_one(Household, world.homes["village_b"][0])
    spouse, name = ids(home)[1], list(living(home))[1]
    with transaction():
        outcome = service.left(
            home, actor=MAKER, person_ids=[spouse], why=Why.MARRIAGE, on=MAY, destination=other,
            relation="child_in_law", now=NOW,
        )  # fmt: skip
    assert name not in living(home)
    assert living(other)[name] == "child_in_law"
    assert other.code in said(outcome)
    assert db.session.get_one(Person, spouse).place_path == other.path
    assert living(home, date(2026, 4, 30))[name] == "spouse"


def test_a_split(home: Household, world: World) -> None:
    with transaction():
        service.arrived(home, actor=MAKER, newcomer=NewPerson("赵立", "child", "m"), why=Why.MOVE, on=MAY, now=NOW)
    son = ids(home)[2]
    grid = db.session.get_one(Grid, world.grids["village_a_cell_4"])
    with transaction():
        outcome = service.split(
            home, actor=MAKER, person_ids=[son], head_id=son, grid=grid, address="新屋", keep_circle=True, on=TODAY,
            now=NOW,
        )  # fmt: skip
    fresh = db.session.get_one(Household, outcome.household_id)
    assert fresh.code == f"{grid.code}-005"
    assert (fresh.head_name, fresh.grid_id, fresh.next_visit_on) == ("赵立", grid.id, None)
    assert living(fresh) == {"赵立": "head"}
    assert "赵立" not in living(home)
    assert [post.role for post in queries.liaison_posts_of(fresh.id, on=TODAY)] == ["liaison"]
    assert fresh.section_id == world.sections["section_1"]
    row = db.session.scalars(select(HouseholdLineage)).one()
    assert (row.from_id, row.to_id, row.kind) == (home.id, fresh.id, "split")
    assert queries.check() == []


def test_a_split_leaves_somebody_behind(home: Household, world: World) -> None:
    grid = db.session.get_one(Grid, home.grid_id)
    with pytest.raises(Refused, match="不是分户"), transaction():
        service.split(
            home, actor=MAKER, person_ids=ids(home), head_id=ids(home)[0], grid=grid, address=None, keep_circle=False,
            on=TODAY, now=NOW,
        )  # fmt: skip


def test_another_head(home: Household) -> None:
    head, spouse = ids(home)
    phone = db.session.get_one(Person, head).phone
    home_phone = home.phone
    with transaction():
        service.change_head(home, actor=MAKER, person_id=spouse, on=MAY, now=NOW)
    assert list(living(home).values()) == ["head", "spouse"]
    assert ids(home) == [spouse, head]
    assert home.phone == (db.session.get_one(Person, spouse).phone if home_phone == phone else home_phone)
    assert list(living(home, date(2026, 4, 30)).values()) == ["head", "spouse"]


def test_an_edited_member_keeps_the_time_line_whole(home: Household) -> None:
    head, spouse = ids(home)
    facts = {
        "name": "周改名", "gender": "f", "born_on": None, "phone": None, "relation": "spouse", "absent": True,
        "away_place": "广东", "since": MAY, "by_phone": True,
    }  # fmt: skip
    member = queries.member_of(home.id, spouse, on=TODAY)
    seen = service.MemberSeen(member, None).mark
    with transaction():
        service.edit_member(home, actor=MAKER, person_id=spouse, values=facts, seen=seen, now=NOW)
    assert queries.member_of(home.id, spouse, on=TODAY).absent
    assert not queries.member_of(home.id, spouse, on=date(2026, 4, 1)).absent
    assert queries.away_of([spouse])[spouse].place == "广东"
    with pytest.raises(Refused, match="别人已经改过"), transaction():
        service.edit_member(home, actor=MAKER, person_id=spouse, values=facts, seen=seen, now=NOW)
    rows = db.session.scalars(select(AuditRow).where(AuditRow.action == "family.edit")).all()
    assert len(rows) == 1
    assert "周改名" not in str(rows[0].detail), "no names in the audit row"
    assert "广东" not in str(rows[0].detail)
    assert head in ids(home)


def test_circles_of_an_ended_home_end(home: Household) -> None:
    with transaction():
        service.left(home, actor=MAKER, person_ids=ids(home), why=Why.MOVE, on=MAY, now=NOW)
    rows = db.session.scalars(
        select(CirclePlace).where(CirclePlace.household_id == home.id, CirclePlace.superseded_at.is_(None))
    ).all()
    assert [row.valid_to for row in rows] == [MAY]
    assert home.ended_why == "moved"


def test_relations_to_a_new_head() -> None:
    assert relation_to_new_head("spouse", "child") == "child"
    assert relation_to_new_head("child", "spouse") == "parent"
    assert relation_to_new_head("child", "child") == "sibling"
    assert relation_to_new_head("head", "spouse") == "spouse"
    assert relation_to_new_head("sibling", "grandchild") == "other"


def test_ages_and_numbers() -> None:
    assert age_on(date(2008, 11, 23), TODAY) == 18
    assert age_on(date(2008, 11, 24), TODAY) == 17
    assert age_on(None, TODAY) is None
    assert (number_after("X-001-009"), number_after(None), number_after("X-1000")) == (10, 1, 1001)


@pytest.mark.parametrize(
    ("born", "day"),
    [(date(2012, 11, 23), TODAY), (date(2012, 11, 24), TODAY), (date(2014, 2, 28), date(2028, 2, 29)),
     (date(2014, 3, 1), date(2028, 2, 29)), (date(2012, 2, 29), date(2026, 2, 28)), (date(1970, 1, 1), TODAY)],
)  # fmt: skip
def test_who_is_a_child_is_said_once(home: Household, born: date, day: date) -> None:
    """By the rule, by the latest birthday, of one home, and where a column says which day."""
    child = is_child(born, day)
    assert child is (born > grown_by(day))
    assert child is (born in {date(2012, 11, 24), date(2014, 3, 1), date(2012, 2, 29)})
    head = db.session.get_one(Person, ids(home)[0])
    with transaction():
        head.born_on = born
        audit.record(actor=MAKER, action="test", subject_kind="person", subject_id=head.id, now=NOW)
    assert (home.id in queries.child_led([home.id], on=day)) is child
    by_column = select(Household.id).where(
        Household.id == home.id, queries.child_leads(Household.id, literal(day, Date))
    )
    assert (db.session.scalar(by_column) is not None) is child
