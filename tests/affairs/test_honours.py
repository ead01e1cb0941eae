"""From the candidates by points to the plate; boards with the homes' word alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm.attributes import set_committed_value

from gridcase.affairs.models import AwardRound
from gridcase.affairs.queries import boards as board_queries
from gridcase.affairs.queries import honours as queries
from gridcase.affairs.rules import AwardKind, AwardLevel, AwardState, BoardKind, Span, periods_before
from gridcase.affairs.service import boards, honours
from gridcase.affairs.service.honours import Plan
from gridcase.audit import queries as audit_queries
from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.dossier.queries.resting import resting_on
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.people import service as people_service
from gridcase.people.rules import BodyKind, DecisionKind, Role
from gridcase.points import jobs as points_jobs
from gridcase.points import queries as points
from gridcase.points import service as points_service
from gridcase.points.models import Declaration
from gridcase.points.rules import Module
from tests.affairs.calling import IN_FORCE, NOW, scheme
from tests.affairs.test_activities import people_of
from tests.factories import decisions
from tests.factories.world import MAKER, World

ViewerOf = Callable[[Role | str], Viewer]
ClientAs = Callable[[Role | str], FlaskClient]
OCTOBER: Span = periods_before(town_day(NOW), months=1, count=1)[0]


def village(world: World) -> Grid:
    return db.session.get_one(Grid, world.grids["village_a"])


def home(home_id: int) -> Household:
    return db.session.get_one(Household, home_id)


def earned(world: World, home_id: int, code: str, value: int, *, on: date = date(2026, 11, 10)) -> None:
    """Points of an item, declared and posted."""
    item = points.scheme_of(world.grids["village_a"], on=town_day(NOW))
    assert item
    with transaction():
        if value > 0:
            points_service.post_award(
                household_id=home_id, points=value, rule=code, version_id=item.id, source_kind="declaration",
                source_id=str(uuid4()), key=str(uuid4()), actor=MAKER,
                now=datetime(on.year, on.month, on.day, 2, tzinfo=UTC),
            )  # fmt: skip
        db.session.add(
            Declaration(
                client_uuid=str(uuid4()), village_id=world.grids["village_a"], path=home(home_id).path,
                household_id=home_id, item_id=item.items[code].id, points=value, happened_on=on, how="C",
                declared_at=NOW, state="posted",
            )
        )  # fmt: skip
        audit.record(actor=MAKER, action="test", subject_kind="household", subject_id=home_id, now=NOW)


def begun(world: World, actor: Viewer, kind: AwardKind = AwardKind.CIVIL, places: int = 2) -> AwardRound:
    plan = Plan(kind, AwardLevel.VILLAGE, "", places, date(2026, 1, 1), date(2026, 11, 22))
    with transaction():
        return honours.begin(actor=actor, village=village(world), client_uuid=str(uuid4()), plan=plan, now=NOW)


def hung(world: World, one: AwardRound, actor: Viewer) -> None:
    with transaction():
        opinion = decisions.passed(world.grids["village_a"], DecisionKind.COUNCIL, on=town_day(NOW), now=NOW)
    with transaction():
        honours.hang_out(one, actor=actor, decision_id=opinion.id, now=NOW)


def test_candidates_by_points_on_each_board(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    scheme(world)
    first, second, silent = world.homes["village_a"][:3]
    earned(world, first, "Z503", 30)
    earned(world, first, "Z601", 20)
    earned(world, second, "Z503", 40)
    earned(world, silent, "Z503", 90)
    earned(world, second, "Z503", 99, on=date(2025, 11, 1))  # another year
    with transaction():
        honours.choose(home(silent), actor=viewer_of(Role.VILLAGE_HEAD), compared=False, named=False, now=NOW)
    found = queries.candidates(village(world), first=date(2026, 1, 1), last=date(2026, 12, 31), on=town_day(NOW))
    assert [(one.household_id, one.total, one.boards) for one in found] == [
        (first, 50, {"Z5": 30, "Z6": 20}), (second, 40, {"Z5": 40}),
    ]  # fmt: skip


def test_vetoes_of_all_candidates_are_asked_for_at_once(
    ctx: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheme(world)
    homes, until, asked = world.homes["village_a"][:3], date(2027, 5, 1), []
    for one in homes:
        earned(world, one, "Z503", 30)

    def frozen(ids: list[int], *, on: date) -> dict[int, date]:
        asked.append(sorted(ids))
        return {homes[1]: until}

    monkeypatch.setattr(points, "frozen_homes", frozen)
    found = queries.candidates(village(world), first=date(2026, 1, 1), last=date(2026, 12, 31), on=town_day(NOW))
    assert {one.household_id: one.frozen_until for one in found} == {homes[0]: None, homes[1]: until, homes[2]: None}
    assert asked == [sorted(homes)]


def test_from_the_nomination_to_the_plate(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    scheme(world)
    head, town = viewer_of(Role.VILLAGE_HEAD), viewer_of(Role.TOWN_MANAGER)
    first, second = world.homes["village_a"][:2]
    one = begun(world, head, AwardKind.STARS)
    with pytest.raises(Refused, match="几星"), transaction():
        honours.name_home(one, home(first), actor=head, stars=None, deeds="", now=NOW)
    with transaction():
        award = honours.name_home(one, home(first), actor=head, stars=5, deeds="常年照顾邻居", now=NOW)
        other = honours.name_home(one, home(second), actor=head, stars=3, deeds="", now=NOW)
    with pytest.raises(Refused, match="评议会"), transaction():
        honours.hang_out(one, actor=head, decision_id=1, now=NOW)
    hung(world, one, head)
    resident = viewer_of(Role.RESIDENT)
    with transaction():
        honours.object_to(other, one, actor=resident, reason="不属实", now=NOW)
    later = NOW + timedelta(days=8)
    with pytest.raises(Refused, match="还没有结束"), transaction():
        honours.approve(one, actor=town, now=NOW)
    with pytest.raises(Refused, match="异议没有答复"), transaction():
        honours.approve(one, actor=town, now=later)
    with pytest.raises(Refused, match="由另一位来答复"), transaction():
        honours.answer(other, one, actor=head, upheld=True, words="核实属实", now=later)
    same_person = replace(town, user_id=987654, person_id=one.person_id)
    with pytest.raises(Refused, match="由另一位来答复"), transaction():
        honours.answer(other, one, actor=same_person, upheld=True, words="核实属实", now=later)
    kin = replace(town, person_id=people_of(second)[0].id)
    with pytest.raises(Refused, match="亲属"), transaction():
        honours.answer(other, one, actor=kin, upheld=False, words="查无此事", now=later)
    with transaction():
        honours.answer(other, one, actor=town, upheld=True, words="核实属实", now=later)
    with pytest.raises(Refused, match="另一位"), transaction():
        honours.approve(one, actor=same_person, now=later)
    with pytest.raises(Refused, match="另一位"), transaction():
        honours.approve(one, actor=head, now=later)
    with transaction():
        assert honours.approve(one, actor=town, now=later) == 1
    assert (award.state, other.state) == (AwardState.GIVEN, AwardState.STRUCK)
    assert award.plate == f"{village(world).code}-2026-0001"
    points_jobs.mature(actor=MAKER, now=later + timedelta(days=1))
    assert points.balances_of(first, viewer=MAKER).honour == 20
    with transaction():
        honours.revoke(award, one, actor=town, reason="弄虚作假", now=later + timedelta(days=2))
    assert award.state == AwardState.REVOKED
    set_committed_value(award, "state", AwardState.GIVEN.value)  # as a page read it before somebody else revoked it
    with pytest.raises(Refused, match="没有这项荣誉"), transaction():
        honours.revoke(award, one, actor=town, reason="弄虚作假", now=later + timedelta(days=2))
    assert points.balances_of(first, viewer=MAKER).honour == 0
    assert queries.counts(village(world)) == []


def test_who_said_no_is_not_named_and_places_are_kept(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    head, resident = viewer_of(Role.VILLAGE_HEAD), viewer_of(Role.RESIDENT)
    own, other, third = world.homes["circle"][0], world.homes["village_a"][0], world.homes["village_a"][1]
    with transaction():
        honours.choose(home(own), actor=resident, compared=False, named=False, now=NOW)
    one = begun(world, head, places=1)
    with pytest.raises(Refused, match="不愿意"), transaction():
        honours.name_home(one, home(own), actor=head, stars=None, deeds="", now=NOW)
    with transaction():
        award = honours.name_home(one, home(other), actor=head, stars=None, deeds="", now=NOW)
    with pytest.raises(Refused, match="名额"), transaction():
        honours.name_home(one, home(third), actor=head, stars=None, deeds="", now=NOW)
    with pytest.raises(Missing):
        queries.get_award(award.id, viewer=resident, on=town_day(NOW))  # not before it hangs out
    with pytest.raises(Missing), transaction():
        honours.choose(home(other), actor=resident, compared=False, named=False, now=NOW)


def test_the_red_list_names_only_who_agreed(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    scheme(world)
    head, liaison = viewer_of(Role.VILLAGE_HEAD), viewer_of(Role.LIAISON)
    yes, no = world.homes["circle"][:2]
    earned(world, yes, "Z503", 30, on=OCTOBER.begins)
    earned(world, no, "Z503", 40, on=OCTOBER.begins)
    with transaction():
        honours.choose(home(yes), actor=liaison, compared=True, named=True, now=NOW)
    with pytest.raises(Refused, match="还没有同意"), transaction():
        boards.hang_red(village(world), OCTOBER, [yes, no], actor=head, now=NOW)
    with transaction():
        board = boards.hang_red(village(world), OCTOBER, [yes], actor=head, now=NOW)
    assert [row.BoardHome.household_id for row in board_queries.homes_on(board, on=town_day(NOW))] == [yes]
    with transaction():
        honours.choose(home(yes), actor=liaison, compared=True, named=False, now=NOW)
    assert board_queries.homes_on(board, on=town_day(NOW)) == []  # taken back, it is gone at once


def test_who_hangs_the_list_does_not_say_yes_for_a_home(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    head, liaison, one = viewer_of(Role.VILLAGE_HEAD), viewer_of(Role.LIAISON), home(world.homes["circle"][1])
    for yes in ({"compared": True, "named": True}, {"compared": False, "named": True}):
        with pytest.raises(Refused, match="户里自己或联户代表"), transaction():
            honours.choose(one, actor=head, **yes, now=NOW)
    with transaction():
        honours.choose(one, actor=liaison, compared=True, named=True, now=NOW)
    written = audit_queries.history_of("household", one.id)[0]
    assert written.actor_post_id in liaison.post_ids(), "from which post it was written down"
    with transaction():  # a no is always written down
        honours.choose(one, actor=head, compared=False, named=False, now=NOW)
    with pytest.raises(Refused, match="户里自己或联户代表"), transaction():
        honours.choose(one, actor=head, compared=True, named=False, now=NOW)


def test_the_black_list_needs_a_decision_and_names_nobody(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    scheme(world)
    head = viewer_of(Role.VILLAGE_HEAD)
    for each in world.homes["village_a"][:6]:
        earned(world, each, "Z504", -10, on=OCTOBER.begins)
    earned(world, world.homes["village_a"][7], "Z505", -20, on=OCTOBER.begins)
    with pytest.raises(Refused, match="决议"), transaction():
        boards.hang_black(village(world), OCTOBER, actor=head, decision_id=1, now=NOW)
    with transaction():
        passed = decisions.passed(world.grids["village_a"], DecisionKind.BOARD, on=town_day(NOW), now=NOW)
    with transaction():
        board = boards.hang_black(village(world), OCTOBER, actor=head, decision_id=passed.id, now=NOW)
    told = board_queries.conduct(board)
    assert [one.times for one in told] == [6, None]
    today = town_day(NOW)
    assert board_queries.hanging(world.grids["village_a"], BoardKind.BLACK, on=today + timedelta(days=89))
    assert not board_queries.hanging(world.grids["village_a"], BoardKind.BLACK, on=today + timedelta(days=90))


def test_a_village_without_the_module(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    one = begun(world, head)
    with transaction():
        points_service.set_modules(
            place=village(world), modules=[Module.POINTS], actor=MAKER, on=town_day(IN_FORCE), now=IN_FORCE
        )
    assert queries.villages(head, on=town_day(NOW)) == []
    with pytest.raises(Missing):
        queries.get_round(one.id, viewer=head, on=town_day(NOW))
    with pytest.raises(Refused, match="没有启用"):
        begun(world, head)


def test_pages(app: Flask, client_as: ClientAs, world: World, at: Callable[[str], None]) -> None:
    with app.app_context():
        scheme(world)
        own = world.homes["circle"][0]
        earned(world, own, "Z503", 30, on=OCTOBER.begins)
        name = home(own).head_name
        with transaction():
            opinion = decisions.passed(world.grids["village_a"], DecisionKind.COUNCIL, on=town_day(NOW), now=NOW).id
        db.session.remove()
    head, town, resident = client_as(Role.VILLAGE_HEAD), client_as(Role.TOWN_MANAGER), client_as(Role.RESIDENT)
    mark = re.search(r'name="client_uuid"[^>]*value="([0-9a-f-]{36})"', head.get("/affairs/awards/new").text)
    assert mark
    words = {
        "client_uuid": mark[1], "kind": "stars", "name": "星级户", "level": "H1", "places": 3,
        "counts_from": "2026-01-01", "counts_to": "2026-11-23", "village": world.grids["village_a"],
    }  # fmt: skip
    listed = head.post("/affairs/awards/new", data=words).location
    page = head.get(listed).text
    assert "30 分" in page
    assert name not in page
    assert head.get(listed.replace("candidates", "export")).mimetype.endswith("sheet")
    assert "已提名" in head.post(listed, data={"home": own, "stars": 5, "deeds": "清沟"}, follow_redirects=True).text
    url = listed.removesuffix("/candidates")
    assert resident.get(url).status_code == 404
    assert "开始公示" in head.get(f"{url}/hang").text
    assert "5 到 30 天" in head.post(f"{url}/hang", data={"decision": opinion, "days": 3}).text
    assert "已公示到" in head.post(f"{url}/hang", data={"decision": opinion, "days": 7}, follow_redirects=True).text
    shown = resident.get(url).text
    assert name not in shown
    link = re.search(r"/affairs/awards/object/\d+", shown)
    assert link
    assert "请写明异议" in resident.post(link[0], data={"reason": ""}).text
    assert "异议已提交" in resident.post(link[0], data={"reason": "不属实"}, follow_redirects=True).text
    answer = link[0].replace("object", "answer")
    assert "另一位来答复" in head.post(answer, data={"upheld": "no", "words": "属实"}).text
    assert "不属实" in town.get(answer).text
    assert "已答复" in town.post(answer, data={"upheld": "no", "words": "属实"}, follow_redirects=True).text
    at("2026-12-02T10:00:00+08:00")
    head, town, resident = client_as(Role.VILLAGE_HEAD), client_as(Role.TOWN_MANAGER), client_as(Role.RESIDENT)
    assert "另一位" in head.post(f"{url}/approve", follow_redirects=True).text
    given = town.post(f"{url}/approve", follow_redirects=True).text
    assert "已授予 1 户" in given
    plate = re.search(r"/affairs/awards/plate/\d+", given)
    assert plate
    assert "-2026-0001" in town.get(plate[0]).text
    assert "星级文明户" in resident.get("/affairs/awards").text
    assert (
        "已撤销" in town.post(plate[0].replace("plate", "revoke"), data={"reason": "查实"}, follow_redirects=True).text
    )
    assert client_as(Role.GRID_LEADER).post(f"{url}/drop").status_code == 403


def test_pages_of_boards(app: Flask, client_as: ClientAs, world: World) -> None:
    with app.app_context():
        scheme(world)
        own = world.homes["circle"][0]
        earned(world, own, "Z503", 30, on=OCTOBER.begins)
        name = home(own).head_name
        db.session.remove()
    head, resident, village_id = client_as(Role.VILLAGE_HEAD), client_as(Role.RESIDENT), world.grids["village_a"]
    span = f"{OCTOBER.begins}/{OCTOBER.ends}"
    assert "还没同意上榜" in head.get(f"/affairs/boards/{village_id}/red?span={span}").text
    assert (
        "已记下"
        in resident.post(f"/affairs/choice/{own}", data={"compared": "y", "named": "y"}, follow_redirects=True).text
    )
    assert name not in resident.get("/affairs/boards").text
    hung = head.post(f"/affairs/boards/{village_id}/red", data={"ids": own, "span": span}, follow_redirects=True).text
    assert "红榜已张出" in hung
    assert name in resident.get("/affairs/boards").text
    assert "默认不用" in head.get(f"/affairs/boards/{village_id}/black").text
    down = re.search(r"/affairs/boards/down/\d+", hung)
    assert down
    assert resident.post(down[0]).status_code == 403
    head.post(down[0])
    assert name not in resident.get("/affairs/boards").text
    assert head.get(f"/affairs/boards/{world.grids['village_b']}/red").status_code == 404


def test_a_round_rests_on_the_moral_council(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    head, today = viewer_of(Role.VILLAGE_HEAD), town_day(NOW)
    one = begun(world, head)
    with transaction():
        honours.name_home(one, home(world.homes["village_a"][0]), actor=head, stars=None, deeds="", now=NOW)
        other = people_service.opine(
            actor=MAKER, body=decisions.council(village(world), BodyKind.REDWHITE, now=NOW), title="婚事从简",
            text="同意。", held_on=today, entitled=7, present=6, in_favour=5, now=NOW,
        )  # fmt: skip
    with pytest.raises(Refused, match="道德评议会"), transaction():
        honours.hang_out(one, actor=head, decision_id=other.id, now=NOW)
    hung(world, one, head)
    assert [str(each) for each in resting_on(one.decision_id or 0, on=today)] == ["评选“文明家庭”"]
    with transaction():
        honours.drop(one, actor=head, now=NOW)
    assert resting_on(one.decision_id or 0, on=today) == []


def test_one_decision_hangs_one_black_list(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    head, today = viewer_of(Role.VILLAGE_HEAD), town_day(NOW)
    with transaction():
        passed = decisions.passed(world.grids["village_a"], DecisionKind.BOARD, on=today, now=NOW)
    assert [one.id for one in board_queries.unused(world.grids["village_a"], on=today)] == [passed.id]
    with transaction():
        boards.hang_black(village(world), OCTOBER, actor=head, decision_id=passed.id, now=NOW)
    assert board_queries.unused(world.grids["village_a"], on=today) == []
    assert [str(each) for each in resting_on(passed.id, on=today)] == ["正在张的黑榜"]
    for span in periods_before(today, months=1, count=2):
        with pytest.raises(Refused, match="已经张过一次"), transaction():
            boards.hang_black(village(world), span, actor=head, decision_id=passed.id, now=NOW)
    with transaction():
        newer = decisions.passed(world.grids["village_a"], DecisionKind.BOARD, on=today, now=NOW, title="再张一次")
    with pytest.raises(Refused, match="一期只张一次"), transaction():
        boards.hang_black(village(world), OCTOBER, actor=head, decision_id=newer.id, now=NOW)
    assert [one.id for one in board_queries.unused(world.grids["village_a"], on=today)] == [newer.id]
    assert resting_on(passed.id, on=today + timedelta(days=90)) == []
