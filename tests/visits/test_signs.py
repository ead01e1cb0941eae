"""The five losses: written by who serves a home, read by named roles, gone after thirty days, nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Text, cast, func, inspect, literal_column, select, table

from gridcase import scheduler
from gridcase.cases.models import Case
from gridcase.core import clock
from gridcase.core.config import current
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.households.models import Household
from gridcase.notices.models import Notice
from gridcase.people.rules import Role
from gridcase.visits import queries, service
from gridcase.visits.models import Visit, VisitSign
from gridcase.visits.rules import Sign
from tests.factories.world import World
from tests.visits.test_service import UUID, record
from tests.visits.test_views import form_of

ViewerOf = Callable[[Role | str], Viewer]
ClientAs = Callable[[Role | str], FlaskClient]
BOTH = (Sign.LIFE, Sign.FEELINGS)
SECOND = UUID[:-1] + "2"


def see(actor: Viewer, home_id: int, *signs: Sign, uuid: str = UUID) -> Visit:
    home = db.session.get_one(Household, home_id)
    with transaction():
        return service.log_visit(
            actor=actor, household=home, record=record(client_uuid=uuid), now=clock.now(), signs=signs
        )


def assessments() -> list[Case]:
    return list(db.session.scalars(select(Case).where(Case.restricted)))


def test_one_sign_is_told_to_its_reader_and_asks_for_nothing(viewer_of: ViewerOf, world: World) -> None:
    visit = see(viewer_of(Role.LIAISON), world.homes["circle"][0], Sign.MIND)
    [row] = db.session.scalars(select(VisitSign))
    assert (row.visit_id, row.valid_until) == (visit.id, date(2026, 12, 23))
    assert assessments() == []
    told = db.session.scalars(select(Notice).where(Notice.rule == "visit_restricted")).one()
    assert told.post_id == world.posts[Role.VILLAGE_HEAD]


def test_two_different_ones_ask_the_town_once(viewer_of: ViewerOf, world: World) -> None:
    liaison, home = viewer_of(Role.LIAISON), world.homes["circle"][0]
    see(liaison, home, Sign.MIND)
    see(liaison, home, Sign.MIND, uuid=SECOND)  # the same again is no second one
    assert assessments() == []
    see(liaison, home, Sign.FAMILY, uuid=UUID[:-1] + "3")
    [case] = assessments()
    assert (case.case_class.code, case.household_id, case.anonymous) == ("0302", home, True)
    assert (case.collector_post_id, case.collector_user_id) == (None, None)
    see(liaison, home, Sign.LIFE, uuid=UUID[:-1] + "4")
    assert len(assessments()) == 1
    assert set(db.session.scalars(select(VisitSign.case_id))) == {case.id}


def test_who_reads(viewer_of: ViewerOf, world: World) -> None:
    see(viewer_of(Role.LIAISON), world.homes["circle"][0], *BOTH)
    today = clock.town_day(clock.now())
    for role in Role:
        seen = queries.signs.worries(viewer_of(role), on=today)
        assert len(seen) == (role in {Role.VILLAGE_HEAD, Role.DISPATCHER}), role
    [worry] = queries.signs.worries(viewer_of(Role.DISPATCHER), on=today)
    assert {line.sign for line in worry.lines} == set(BOTH)
    assert worry.case is not None
    [worry] = queries.signs.worries(viewer_of(Role.VILLAGE_HEAD), on=today)
    assert worry.case is None  # the case itself is the town's


def test_what_runs_out_first_is_not_cut_off(viewer_of: ViewerOf, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    liaison, head, homes = viewer_of(Role.LIAISON), viewer_of(Role.VILLAGE_HEAD), world.homes["circle"]
    for number, home in enumerate(homes[:4]):
        see(liaison, home, *(BOTH if number == 2 else (Sign.MIND,)), uuid=f"{UUID[:-1]}{number}")
    with transaction():
        service.confirm_signs(db.session.get_one(Household, homes[0]), actor=head, ref="研判会", now=clock.now())
        for sign in db.session.scalars(select(VisitSign).where(VisitSign.household_id == homes[3])):
            sign.valid_until -= timedelta(days=5)
    monkeypatch.setattr("gridcase.visits.queries.signs.MOST", 3)
    shown = queries.signs.worries(head, on=clock.town_day(clock.now()))
    assert [one.household_id for one in shown] == [homes[3], homes[1], homes[2]]
    assert len(shown[2].lines) == 2


def test_who_may_write(viewer_of: ViewerOf, world: World) -> None:
    with pytest.raises(Missing):  # patrols the cell, serves no home
        see(viewer_of(Role.PARTTIME_GRID), world.homes["circle"][0], *BOTH)
    with pytest.raises(Missing):
        see(viewer_of(Role.LIAISON), world.homes["paired"][0], *BOTH)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Visit)) == 0


def test_confirmed_it_is_kept_else_it_is_deleted(app: Flask, viewer_of: ViewerOf, world: World) -> None:
    head, homes = viewer_of(Role.VILLAGE_HEAD), world.homes["circle"]
    see(viewer_of(Role.LIAISON), homes[0], Sign.MIND)
    see(viewer_of(Role.LIAISON), homes[1], Sign.MIND, uuid=SECOND)
    home = db.session.get_one(Household, homes[0])
    with pytest.raises(Refused), transaction():
        service.confirm_signs(home, actor=head, ref="", now=clock.now())
    with transaction():
        assert service.confirm_signs(home, actor=head, ref="研判会 3 号", now=clock.now()) == 1
    with pytest.raises(Refused), transaction():
        service.confirm_signs(home, actor=head, ref="研判会 3 号", now=clock.now())
    after = clock.town_day(clock.now()) + timedelta(days=31)
    assert [worry.household_id for worry in queries.signs.worries(head, on=after)] == [homes[0]]
    with transaction():
        assert service.forget_signs(actor=head, today=after, now=clock.now()) == 1
    assert set(db.session.scalars(select(VisitSign.household_id))) == {homes[0]}
    with transaction():
        assert service.drop_signs(home, actor=head, now=clock.now()) == 1
        assert service.drop_signs(home, actor=head, now=clock.now()) == 0
    assert db.session.scalar(select(func.count()).select_from(VisitSign)) == 0


def test_the_scheduler_forgets(viewer_of: ViewerOf, world: World, at: Callable[[str], None]) -> None:
    see(viewer_of(Role.LIAISON), world.homes["circle"][0], Sign.MIND)
    assert scheduler.forget_signs(current()) == 0
    at("2026-12-24T00:30:00+08:00")
    assert scheduler.forget_signs(current()) == 1


def test_nobody_confirms_his_own(viewer_of: ViewerOf, world: World) -> None:
    head, home_id = viewer_of(Role.VILLAGE_HEAD), world.homes["circle"][0]
    see(head, home_id, Sign.MIND)
    with pytest.raises(Refused, match="另一位"), transaction():
        service.confirm_signs(db.session.get_one(Household, home_id), actor=head, ref="研判会", now=clock.now())
    for role in (Role.LIAISON, Role.GRID_LEADER):
        with pytest.raises(Missing), transaction():
            service.drop_signs(db.session.get_one(Household, home_id), actor=viewer_of(role), now=clock.now())


def test_no_other_table_holds_them(viewer_of: ViewerOf, world: World) -> None:
    """Not the visit, not the case, not a notice, not the trail, not the search index: neither the word nor its code."""
    see(viewer_of(Role.LIAISON), world.homes["circle"][0], *BOTH)
    found = set()
    for name in inspect(db.engine).get_table_names():
        if name not in db.metadata.tables or name == "case_class":
            continue
        columns = [column for column in db.metadata.tables[name].c if "geom" not in column.name]
        for column in columns:
            words = cast(literal_column(f'"{column.name}"'), Text)
            holds = [words.contains(word) for word in ("feelings", *(str(sign.label) for sign in BOTH))]
            if any(db.session.scalar(select(func.count()).select_from(table(name)).where(one)) for one in holds):
                found.add((name, column.name))
    assert found == {("visit_sign", "sign")}


def test_no_other_page_shows_them(client_as: ClientAs, app: Flask, world: World) -> None:
    home = world.homes["circle"][0]
    writer = client_as(Role.LIAISON)
    url = f"/visits/log/{home}"
    answer = writer.post(url, data=form_of(writer.get(url).text, signs=[one.value for one in BOTH]))
    assert answer.status_code == 302
    readers = (Role.LIAISON, Role.GRID_LEADER, Role.VILLAGE_HEAD, Role.VILLAGE_SUPERVISOR, Role.RESIDENT, Role.AUDITOR)
    paths = (
        "/", "/visits/", f"/visits/household/{home}", f"/households/{home}", f"/households/{home}/tier",
        f"/households/{home}/history", "/households/", "/households/tiers", "/households/tiers/assess",
        "/cases/?tab=all", "/inbox/", "/search/?q=失意", "/visits/deeds", "/dashboard/", "/audit/",
    )  # fmt: skip
    for role in readers:
        client = client_as(role)
        for path in paths:
            page = client.get(path, follow_redirects=True).text
            assert not [sign for sign in Sign if str(sign.label) in page], (role, path)
    again = writer.get(url).text
    ticked = again.split('name="signs"')[1:]
    assert len(ticked) == len(Sign)
    assert not any("checked" in part.split(">")[0] for part in ticked)
    desk = client_as(Role.DISPATCHER)
    page = desk.get("/visits/signs").text
    assert "生活失意" in page
    with app.app_context():
        case_id = db.session.scalars(select(Case.id).where(Case.restricted)).one()
        db.session.remove()
    assert "生活失意" not in desk.get(f"/cases/{case_id}").text
    assert writer.get(f"/cases/{case_id}").status_code == 404


def test_the_page_confirms_refuses_and_is_closed_to_others(client_as: ClientAs, world: World) -> None:
    home = world.homes["circle"][0]
    writer, head = client_as(Role.LIAISON), client_as(Role.VILLAGE_HEAD)
    url = f"/visits/log/{home}"
    writer.post(url, data=form_of(writer.get(url).text, signs=["mind"]))
    assert writer.get("/visits/signs").status_code == 403
    assert "编号" in head.post(f"/visits/signs/{home}/confirm", data={"ref": ""}).text
    done = head.post(f"/visits/signs/{home}/confirm", data={"ref": "研判会 3 号"}, follow_redirects=True)
    assert "研判会 3 号" in done.text
    assert head.post(f"/visits/signs/{world.homes['other_village'][0]}/drop").status_code == 404
    gone = head.post(f"/visits/signs/{home}/drop", follow_redirects=True)
    assert "没有等研判的迹象" in gone.text
