"""A case on the agenda of a council: who may, what is refused, what it leaves alone, who reads of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from gridcase.audit.models import AuditRow
from gridcase.cases import queries, service
from gridcase.cases.models import Case, CaseAgenda
from gridcase.cases.rules.agenda import AgendaOutcome
from gridcase.cases.rules.said import what_happened
from gridcase.cases.views.acts import ACTS
from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.grid.models import Grid
from gridcase.notices.models import Notice
from gridcase.people.rules import BodyKind, DecisionKind, Role
from gridcase.users.models import User
from tests.cases.test_views import As, made, send
from tests.factories import decisions
from tests.factories.cases import COMPLAINT, MISSING_PERSON, closed, collected, do, handled, refused, water
from tests.factories.pages import body, statements
from tests.factories.viewers import viewer_from
from tests.factories.world import World

__all__ = ["made"]
Find = Callable[[Role], Viewer]
COUNCIL, MORAL = BodyKind.DELIBERATION, BodyKind.MORAL
WHY, AGREED = "路在几家门口，修法要大家说定", "各家让出半米，周末一起填平。"


def council(world: World, village: str = "village_a") -> int:
    """The village's deliberation council."""
    with transaction():
        return decisions.council(world.grids[village], COUNCIL, now=clock.now()).id


def today() -> date:
    return town_day(clock.now())


def sent(world: World, find: Find) -> Case:
    case = collected(world, find(Role.LIAISON))
    do(service.accept, case, find(Role.VILLAGE_HEAD))
    do(service.dispatch, case, find(Role.VILLAGE_HEAD), unit=water(world))
    do(service.sign, case, find(Role.DEPT))
    return case


def put(case: Case, who: Viewer, **more: Any) -> Any:
    return do(service.put_on_agenda, case, who, **_asked(more))


def not_put(match: str, case: Case, who: Viewer, **more: Any) -> str | None:
    """Refused in these words; the field it names."""
    return refused(match, service.put_on_agenda, case, who, **_asked(more))


def _asked(more: dict[str, Any]) -> dict[str, Any]:
    return {"council": COUNCIL, "planned_on": today() + timedelta(days=2), "note": WHY} | more


def said(case: Case, who: Viewer, outcome: AgendaOutcome = AgendaOutcome.AGREED, **more: Any) -> Any:
    return do(service.agenda_outcome, case, who, outcome=outcome, **({"note": AGREED} | more))


def not_said(
    match: str, case: Case, who: Viewer, outcome: AgendaOutcome = AgendaOutcome.AGREED, **more: Any
) -> str | None:
    return refused(match, service.agenda_outcome, case, who, outcome=outcome, **({"note": AGREED} | more))


def still(case: Case) -> tuple[Any, ...]:
    """What a council does not touch."""
    return (
        case.state, case.due_at, case.soon_at, case.stage_due_at, case.handler_unit_id, case.handler_post_id,
        case.closed_at,
    )  # fmt: skip


def told(case: Case) -> list[Notice]:
    rule = Notice.rule.startswith("case.agenda_outcome")
    return list(db.session.scalars(select(Notice).where(Notice.subject_id == case.id, rule)))


def everything(world: World, place: str) -> Viewer:
    """Somebody who may all there is, in one place."""
    path = db.session.get_one(Grid, world.grids[place]).path
    return Viewer(kind="staff", name="值班", grants=(Grant("dispatcher", frozenset(Permission), path=path),))


# -- the service


def test_it_is_laid_before_the_council_and_stays_where_it_is(ctx: Flask, world: World, viewer_of: Find) -> None:
    body_id, head = council(world), viewer_of(Role.VILLAGE_HEAD)
    case = sent(world, viewer_of)
    before = still(case)
    step = put(case, head)
    assert still(case) == before
    day = today() + timedelta(days=2)
    assert (step.note, step.from_state, step.to_state) == (WHY, "in_progress", "in_progress")
    assert str(what_happened(step.move, step.detail)).startswith("列入上河村村民议事会议程")
    item = db.session.scalars(select(CaseAgenda)).one()
    assert (item.case_id, item.organisation_id, item.planned_on, item.why) == (case.id, body_id, day, WHY)
    assert (item.put_by_user_id, item.outcome) == (head.user_id, None)
    said(case, head)
    assert still(case) == before, "the grid worker settles it, in the time there is"
    db.session.refresh(item)
    assert (item.outcome, item.agreed, item.done_by_user_id) == ("agreed", AGREED, head.user_id)
    written = db.session.scalars(
        select(AuditRow.action).where(AuditRow.subject_kind == "case", AuditRow.action.like("case.%agenda%"))
    ).all()
    assert sorted(written) == ["case.agenda_outcome", "case.put_on_agenda"]
    assert [one.unit_id for one in told(case)] == [world.units["water"]]
    do(service.submit_result, case, viewer_of(Role.DEPT), result="照商定的填平了。")
    assert case.state == "feedback"


def test_who_may_and_which_cases(ctx: Flask, world: World, viewer_of: Find) -> None:
    council(world)
    case, head = sent(world, viewer_of), viewer_of(Role.VILLAGE_HEAD)
    for role in (Role.LIAISON, Role.FULLTIME_GRID, Role.DEPT, Role.DISPATCHER):
        not_put("您的岗位不能列入四会议程", case, viewer_of(role))
    not_put("您的岗位不能列入四会议程", case, everything(world, "village_b"))
    not_put("已登记的事件不能列入四会议程", collected(world, viewer_of(Role.LIAISON)), head)
    not_put("已办结的事件不能列入四会议程", closed(world, viewer_of), head)
    put(case, viewer_of(Role.TOWN_MANAGER))
    not_said("您的岗位不能记下商量结果", case, viewer_of(Role.DEPT))


@pytest.mark.parametrize("code", [COMPLAINT, MISSING_PERSON])
def test_never_what_is_about_a_person(ctx: Flask, world: World, viewer_of: Find, code: str) -> None:
    council(world)
    desk = everything(world, "town")
    case = collected(world, desk, code=code)
    do(service.accept, case, desk)
    assert case.restricted
    not_put("限定可见的事不请四会商量", case, desk)


def test_once_at_a_time_and_on_a_day_to_come(ctx: Flask, world: World, viewer_of: Find) -> None:
    council(world)
    case, head = sent(world, viewer_of), viewer_of(Role.VILLAGE_HEAD)
    assert not_put("今天或以后", case, head, planned_on=today() - timedelta(days=1)) == "planned_on"
    assert not_put("一年以内", case, head, planned_on=today() + timedelta(days=400)) == "planned_on"
    assert not_put("还没有设立道德评议会", case, head, council=MORAL) == "council"
    assert not_put("四会之一", case, head, council=BodyKind.VILLAGE_COMMITTEE) == "council"
    assert not_put("一句话", case, head, note=" ") == "note"
    assert not_put("200 字", case, head, note="话" * 201) == "note"
    not_said("不在议程上", case, head)
    put(case, head, planned_on=today())
    not_put("已经列在议程上", case, head)
    assert not_said("写明理由", case, head, note="") == "note"
    said(case, head, AgendaOutcome.NOT_TAKEN, note="只涉及一家，两家自己说定。")
    not_said("不在议程上", case, head)
    put(case, head)
    items = db.session.scalars(select(CaseAgenda).order_by(CaseAgenda.id)).all()
    assert [one.outcome for one in items] == ["not_taken", None]


def test_what_goes_to_the_assembly_names_its_decision(ctx: Flask, world: World, viewer_of: Find) -> None:
    council(world)
    case, head = sent(world, viewer_of), viewer_of(Role.VILLAGE_HEAD)
    with transaction():
        day, now = today(), clock.now()
        own = decisions.passed(world.grids["village_a"], DecisionKind.WORKS, on=day, now=now).number
        decisions.passed(world.grids["village_b"], DecisionKind.WORKS, on=day, now=now)
        other = decisions.passed(world.grids["village_b"], DecisionKind.WORKS, on=day, now=now).number
        one_home = decisions.passed(world.grids["village_a"], DecisionKind.COUNCIL, on=day, now=now).number
    put(case, head)
    assert not_said("才写决议编号", case, head, decision=own) == "decision"
    elsewhere = not_said("本村没有编号", case, head, AgendaOutcome.ASSEMBLY, decision=other)
    assert elsewhere == "decision", "another village's"
    assert not_said("本村没有编号", case, head, AgendaOutcome.ASSEMBLY, decision=one_home), "about one home"
    step = said(case, head, AgendaOutcome.ASSEMBLY, decision=own)
    assert f"决议 {own}" in str(what_happened(step.move, step.detail))
    assert queries.agenda_of(case, head)[0].number == own


def test_what_the_assembly_has_not_decided_yet_waits_for_its_word(
    app: Flask, world: World, client_as: As, made: Any
) -> None:
    with app.app_context():
        body_id = council(world)
        db.session.remove()

    def build(find: Find) -> Case:
        case = sent(world, find)
        put(case, find(Role.VILLAGE_HEAD))
        said(case, find(Role.VILLAGE_HEAD), AgendaOutcome.ASSEMBLY, note="出工的办法由村民会议定。")
        return case

    case_id = made(build)
    head, address, waiting = client_as(Role.VILLAGE_HEAD), f"/cases/{case_id}", "等村民会议或代表会议决定"
    page = head.get(address).text
    assert waiting in page
    assert f'href="{address}/agenda-outcome' in page
    assert waiting in head.get(f"/cases/agenda?council={body_id}").text
    assert f'href="{address}"' not in head.get(f"/cases/agenda?council={body_id}&done=1").text
    send(head, case_id, "agenda-outcome", outcome="agreed", note="会议定了：每户出工一天。")
    assert "每户出工一天" in head.get(f"/cases/agenda?council={body_id}&done=1").text
    page = head.get(address).text
    assert waiting not in page
    assert "出工的办法由村民会议定" in page, "both words stand in its way"


def test_a_meeting_that_was_put_off(ctx: Flask, world: World, viewer_of: Find) -> None:
    council(world)
    case, head = sent(world, viewer_of), viewer_of(Role.VILLAGE_HEAD)
    put(case, head, planned_on=today())
    step = said(case, head, AgendaOutcome.LATER, note="下雨没开成。")
    assert "改日再列" in str(what_happened(step.move, step.detail))
    put(case, head)
    assert case.agenda[-1].planned_on == today() + timedelta(days=2)


def test_a_case_that_ended_meanwhile_still_gets_its_word(ctx: Flask, world: World, viewer_of: Find) -> None:
    council(world)
    case, head = sent(world, viewer_of), viewer_of(Role.VILLAGE_HEAD)
    put(case, head)
    do(service.withdraw, case, viewer_of(Role.LIAISON), note="自己修好了。")
    before = still(case)
    said(case, head, AgendaOutcome.NOT_TAKEN, note="已经修好，不用商量。")
    assert still(case) == before
    assert told(case) == [], "nobody is asked to go on"
    with ctx.test_request_context(headers={"Accept-Language": "zh-CN"}):
        assert ACTS["agenda_outcome"].said(case, None) == "商量的结果已记下。", "and nobody is said to be"


# -- the pages


def test_over_the_pages(app: Flask, world: World, client_as: As, made: Any) -> None:
    with app.app_context():
        body_id = council(world)
        db.session.remove()
    case_id = made(lambda find: sent(world, find))
    head, unit, url = client_as(Role.VILLAGE_HEAD), client_as(Role.DEPT), f"/cases/{case_id}"
    page = head.get(url).text
    assert re.search(r'<input checked [^>]*value="deliberation"', page), "what concerns all is for the council of all"
    assert "期限照常计时" in page, "said before it is done"
    assert "四会议程</h2>" not in page
    asked = {"council": "deliberation", "note": WHY}
    again = send(head, case_id, "put-on-agenda", **asked, planned_on="2020-01-01")
    assert "今天或以后" in again.text  # type: ignore[attr-defined]
    assert WHY in again.text  # type: ignore[attr-defined]
    assert unit.post(f"{url}/put-on-agenda").status_code == 403
    with app.app_context():
        day = today() + timedelta(days=1)
    assert send(head, case_id, "put-on-agenda", **asked, planned_on=day.isoformat()).status_code == 302  # type: ignore[attr-defined]
    seen = body(unit.get(url))
    assert "四会议程" in seen
    assert WHY in seen
    assert "事件还在原处办理，期限照常计时。" in seen
    agenda = head.get(f"/cases/agenda?council={body_id}")
    assert WHY in agenda.text
    assert f'href="{url}"' in agenda.text
    assert f'href="/cases/agenda?council={body_id}"' in head.get(f"/people/organisations/{body_id}").text
    assert (
        f'href="/cases/agenda?council={body_id}"'
        in head.get(f"/people/councils?village={world.grids['village_a']}").text
    )
    assert send(head, case_id, "agenda-outcome", outcome="agreed", note=AGREED).status_code == 302  # type: ignore[attr-defined]
    seen = body(unit.get(url))
    assert "商定了怎么办" in seen
    assert AGREED in seen
    assert WHY not in body(head.get(f"/cases/agenda?council={body_id}"))
    assert AGREED in body(head.get("/cases/agenda?done=1"))


def test_where_nothing_lies_before_a_council_nothing_is_asked(
    app: Flask, world: World, client_as: As, made: Any
) -> None:
    with app.app_context():
        council(world)
        db.session.remove()
    ids = [made(lambda find: sent(world, find)) for _ in range(2)]
    roles = (Role.VILLAGE_HEAD, Role.DEPT)

    def asked(role: Role) -> list[str]:
        client = client_as(role)
        client.get(f"/cases/{ids[0]}")
        return statements(app, lambda: client.get(f"/cases/{ids[1]}"))

    before = {role: asked(role) for role in roles}
    assert not [
        one for sent_ones in before.values() for one in sent_ones if "FROM case_agenda" in one.split("WHERE")[0]
    ]
    with app.app_context():
        head = viewer_from(db.session.get_one(User, world.users[Role.VILLAGE_HEAD]))
        put(db.session.get_one(Case, ids[1]), head)
        db.session.remove()
    assert {role: len(asked(role)) for role in roles} == {role: len(before[role]) + 1 for role in roles}
    clerk = client_as(Role.VILLAGE_HEAD)
    clerk.get("/cases/agenda")
    few = len(statements(app, lambda: clerk.get("/cases/agenda")))
    with app.app_context():
        put(db.session.get_one(Case, ids[0]), head)
        db.session.remove()
    assert len(statements(app, lambda: clerk.get("/cases/agenda"))) == few <= 6


def test_an_agenda_holds_only_what_one_may_see(app: Flask, world: World, client_as: As, made: Any) -> None:
    with app.app_context():
        body_id, far = council(world), council(world, "far_village")
        db.session.remove()

    def build(find: Find) -> Case:
        case = sent(world, find)
        put(case, find(Role.VILLAGE_HEAD))
        return case

    case_id = made(build)
    elsewhere = made(lambda find: handled(world, find))
    link = f'href="/cases/{case_id}"'
    assert f'href="/cases/{elsewhere}"' not in client_as(Role.VILLAGE_HEAD).get("/cases/agenda").text
    for role in (Role.VILLAGE_HEAD, Role.LIAISON, Role.DEPT, Role.TOWN_MANAGER):
        assert link in client_as(role).get("/cases/agenda").text, role
    for role in (Role.COUNTY_DEPT, Role.PARTY_CONTACT):
        assert link not in client_as(role).get("/cases/agenda").text, role
    head = client_as(Role.VILLAGE_HEAD)
    assert head.get(f"/cases/agenda?council={far}").status_code == 404
    assert head.get("/cases/agenda?council=x&after=zz").status_code == 200
    with app.app_context(), transaction():
        service.comment(
            db.session.get_one(Case, case_id), actor=everything(world, "town"), now=clock.now(), note="限定"
        )
        db.session.execute(update(Case).where(Case.id == case_id).values(restricted=True))
    for role in (Role.VILLAGE_HEAD, Role.DEPT, Role.DISPATCHER):
        assert link not in client_as(role).get(f"/cases/agenda?council={body_id}").text, role


def test_the_agenda_goes_on_page_by_page(ctx: Flask, world: World, viewer_of: Find) -> None:
    body_id, head = council(world), viewer_of(Role.VILLAGE_HEAD)
    case = sent(world, viewer_of)
    now = clock.now()
    with transaction():
        service.comment(case, actor=head, now=now, note="登记三十件")
        for n in range(30):
            db.session.add(
                CaseAgenda(
                    case_id=case.id, organisation_id=body_id, planned_on=today() - timedelta(days=n // 2), why=WHY,
                    put_at=now, put_by_name="村支书", outcome="agreed", agreed=AGREED,
                    done_at=now - timedelta(hours=n // 2), done_by_name="村支书",
                )
            )  # fmt: skip
    first = queries.agendas(head, done=True)
    rest = queries.agendas(head, done=True, after=first.after)
    assert (len(first.rows), len(rest.rows), rest.after) == (25, 5, None)
    assert len({row.id for row in (*first.rows, *rest.rows)}) == 30
    with transaction():
        service.comment(case, actor=head, now=now, note="都还没有商量")
        db.session.execute(update(CaseAgenda).where(CaseAgenda.id == first.rows[0].id).values(outcome=None))
    assert [row.id for row in queries.agendas(head, done=False).rows] == [first.rows[0].id]
    assert db.session.scalar(select(func.count()).select_from(CaseAgenda)) == 30
