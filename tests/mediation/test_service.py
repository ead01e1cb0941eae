"""A mediation from its opening to the looks afterwards, and what is refused on the way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from gridcase.audit.models import AuditRow
from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.models import Case
from gridcase.cases.rules import Answer
from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer, job
from gridcase.core.words import Text
from gridcase.households.models import Household
from gridcase.mediation import jobs, queries, service
from gridcase.mediation.models import Mediation, MediationParty
from gridcase.mediation.queries import Tab
from gridcase.mediation.rules import Result
from gridcase.mediation.service import Agreement, Ending, Party
from gridcase.notices.models import Notice
from gridcase.people.rules import Role
from gridcase.users.models import User
from tests.factories.cases import ROAD, collected, do, water
from tests.factories.mediations import agreed, begun, deed, drafted, quarrel, with_the_station
from tests.factories.viewers import viewer_from
from tests.factories.world import World
from tests.points.test_races import together

Find = Callable[[Role], Viewer]
TODAY = date(2026, 11, 23)


def refused(match: str, function: Callable[..., Any], one: Mediation, *args: Any, **more: Any) -> str | None:
    """Refused in these words; returns the field it names."""
    with pytest.raises(Refused, match=match) as found:
        deed(function, one, *args, **more)
    return found.value.field


def test_it_is_opened_by_whom_the_case_was_sent_to(ctx: Flask, world: World, viewer_of: Find) -> None:
    case, station = with_the_station(world, viewer_of), viewer_of(Role.DEPT)
    with pytest.raises(Refused, match="由接到派单的岗位或单位调解"):
        begun(case, viewer_of(Role.VILLAGE_HEAD))
    one = begun(case, station)
    assert (one.due_on, one.longer, one.opened_by_name) == (date(2026, 12, 23), False, station.name)
    with pytest.raises(Refused, match="已经在调解"):
        begun(case, station)
    step = case_queries.steps(case.id)[-1]
    assert (step.move, step.detail["mediation"], step.note) == ("comment", "opened", "韩调解")
    assert case.state == "in_progress", "the case stays where it is"


def test_before_it_is_sent_the_village_mediates(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = quarrel(world, viewer_of)
    for role in (Role.DISPATCHER, Role.LIAISON):
        with pytest.raises(Refused, match="由接到派单的岗位或单位调解"):
            begun(case, viewer_of(role))
    one = begun(case, viewer_of(Role.VILLAGE_HEAD))
    assert one.opened_by_post_id == world.posts[Role.VILLAGE_HEAD]


def test_only_disputes_that_have_not_ended_are_mediated(ctx: Flask, world: World, viewer_of: Find) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    with pytest.raises(Refused, match="只有矛盾纠纷"):
        begun(collected(world, viewer_of(Role.LIAISON), code=ROAD), head)
    case = quarrel(world, viewer_of)
    do(cases.self_solve, case, head, result="劝和了。", answer=Answer.SOLVED)
    with pytest.raises(Refused, match="已经结束"):
        begun(case, head)


def test_longer_than_a_month_only_when_both_agree(ctx: Flask, world: World, viewer_of: Find) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    one, later = begun(quarrel(world, viewer_of), head), date(2027, 1, 20)
    asked = {"actor": head, "mediators": "韩调解、周书记"}
    assert refused("双方都同意", service.set_frame, one, **asked, due_on=later) == "both_agreed"
    assert refused("今天或以后", service.set_frame, one, **asked, due_on=date(2026, 11, 22)) == "due_on"
    deed(service.set_frame, one, **asked, due_on=later, both_agreed=True)
    assert (one.due_on, one.longer, one.mediators) == (later, True, "韩调解、周书记")
    deed(service.set_frame, one, **asked, due_on=date(2026, 12, 1))
    assert one.longer is False


def test_parties_and_sessions(ctx: Flask, world: World, viewer_of: Find) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    one = begun(quarrel(world, viewer_of), head)
    home = db.session.get_one(Household, world.homes["circle"][0])
    foreign = db.session.get_one(Household, world.homes["village_b"][0])
    made = deed(service.add_party, one, actor=head, party=Party(" 赵一田 ", "13800001234", home))
    assert (made.seq, made.name, made.household_id, made.consented_on) == (1, "赵一田", home.id, None)
    outsider = Party("外人", None, foreign)
    assert refused("不在事件所在的村", service.add_party, one, actor=head, party=outsider) == "household"
    late = Party("赵一田", consented_on=date(2026, 11, 24))
    assert refused("不能晚于今天", service.change_party, one, 1, actor=head, party=late) == "consented_on"
    deed(service.change_party, one, 1, actor=head, party=Party("赵一田", "13800001234", home, TODAY))
    assert one.parties[0].consented_on == TODAY
    deed(service.add_party, one, actor=head, party=Party("写错的人"))
    deed(service.remove_party, one, 2, actor=head)
    deed(service.add_party, one, actor=head, party=Party("钱二塘"))
    assert [(party.seq, party.name) for party in one.parties] == [(1, "赵一田"), (2, "钱二塘")]
    with pytest.raises(Missing):
        deed(service.remove_party, one, 7, actor=head)
    sitting = {"actor": head, "place": "村部", "present": "赵一田、钱二塘", "said": "各让一步，约定再量地。"}
    ahead = datetime(2026, 11, 23, 3, tzinfo=UTC)
    assert refused("不能晚于现在", service.add_session, one, **sitting, held_at=ahead) == "held_at"
    deed(service.add_session, one, **sitting, held_at=datetime(2026, 11, 23, 1, tzinfo=UTC))
    assert [sitting.place for sitting in one.sessions] == ["村部"]
    details = db.session.scalars(select(AuditRow.detail).where(AuditRow.subject_kind == "mediation")).all()
    assert not any("赵一田" in str(detail) or "13800001234" in str(detail) for detail in details)


def test_nobody_overwrites_a_draft_he_has_not_seen(ctx: Flask, world: World, viewer_of: Find) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    one = begun(quarrel(world, viewer_of), head)
    seen = fingerprint(one, service.AGREEMENT)
    deed(service.write_agreement, one, actor=head, agreement=Agreement("地界", "以水沟为界"), seen=seen)
    second = Agreement("地界", "以田埂为界")
    refused("别人已经改过", service.write_agreement, one, actor=head, agreement=second, seen=seen)
    assert one.terms == "以水沟为界"


def test_an_agreement_needs_both_parties_and_a_signature(ctx: Flask, world: World, viewer_of: Find) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    one = begun(quarrel(world, viewer_of), head)
    signed = Ending(Result.AGREED, signed_on=TODAY)
    assert refused("双方当事人", service.conclude, one, actor=head, ending=signed) == "result"
    case = quarrel(world, viewer_of, title="又一件吵架")
    one = drafted(case, head)
    assert refused("签字的日期", service.conclude, one, actor=head, ending=Ending(Result.AGREED)) == "signed_on"
    ahead = Ending(Result.AGREED, signed_on=date(2026, 11, 24))
    assert refused("不能晚于今天", service.conclude, one, actor=head, ending=ahead) == "signed_on"
    before = Ending(Result.AGREED, signed_on=date(2026, 11, 22))
    assert refused("签字不能早于那天", service.conclude, one, actor=head, ending=before) == "signed_on"
    deed(service.conclude, one, actor=head, ending=Ending(Result.AGREED, signed_on=TODAY, look_on=date(2026, 12, 10)))
    assert (one.result, one.signed_on, [look.due_on for look in one.looks]) == ("agreed", TODAY, [date(2026, 12, 10)])
    assert case.state == "accepted", "a mediation closes no case"
    assert case_queries.steps(case.id)[-1].detail["mediation"] == "agreed"
    refused("已经结束，不能再改", service.add_party, one, actor=head, party=Party("第三人"))


def test_who_does_not_agree_is_told_the_legal_ways(ctx: Flask, world: World, viewer_of: Find) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    one = begun(quarrel(world, viewer_of), head)
    assert refused("写明原因", service.conclude, one, actor=head, ending=Ending(Result.FAILED)) == "note"
    untold = Ending(Result.FAILED, "都不肯让")
    assert refused("途径告诉双方", service.conclude, one, actor=head, ending=untold) == "ways_told"
    deed(service.conclude, one, actor=head, ending=Ending(Result.FAILED, "都不肯让", ways_told=True))
    assert (one.result, one.ways_told, one.signed_on) == ("failed", True, None)
    asked = {"actor": head, "asked_on": TODAY}
    refused("达成协议以后", service.note_court, one, **asked)


def test_the_court_within_thirty_days(ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    one = agreed(quarrel(world, viewer_of), head)
    at("2026-12-28T10:00:00+08:00")
    late = date(2026, 12, 24)
    assert refused("超过签字后 30 天", service.note_court, one, actor=head, asked_on=late) == "asked_on"
    asked = date(2026, 12, 23)
    half = {"actor": head, "asked_on": asked, "confirmed_on": date(2026, 12, 28)}
    assert refused("请一起填", service.note_court, one, **half) == "confirmed_no"
    deed(service.note_court, one, **half, confirmed_no="（2026）民特12号")
    assert (one.court_asked_on, one.confirmed_on, one.confirmed_no) == (asked, date(2026, 12, 28), "（2026）民特12号")


def test_looks_are_ticked_with_a_word_even_after_the_case_is_closed(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    case, head = quarrel(world, viewer_of), viewer_of(Role.VILLAGE_HEAD)
    one = agreed(case, head)
    do(cases.self_solve, case, head, result="达成协议。", answer=Answer.SOLVED)
    assert refused("已经安排", service.add_look, one, actor=head, due_on=date(2026, 12, 10)) == "look_on"
    deed(service.add_look, one, actor=head, due_on=date(2027, 1, 10))
    at("2026-12-10T10:00:00+08:00")
    assert queries.looks_waiting(head, on=date(2026, 12, 10)) == 1
    assert refused("写明回访情况", service.tick_look, one, 1, actor=head, word=" ") == "word"
    deed(service.tick_look, one, 1, actor=head, word="墙已经拆了，两家和气。")
    refused("已经记过", service.tick_look, one, 1, actor=head, word="再来")
    assert queries.looks_waiting(head, on=date(2026, 12, 10)) == 0
    assert [row.look_on for row in queries.listed(head, Tab.LOOKS).rows] == [date(2027, 1, 10)]
    refused("事件已经结束", service.reopen, one, actor=head, note="又吵了")


def test_it_can_go_on_while_the_case_does(ctx: Flask, world: World, viewer_of: Find) -> None:
    case, head = quarrel(world, viewer_of), viewer_of(Role.VILLAGE_HEAD)
    one = agreed(case, head)
    deed(service.reopen, one, actor=head, note="一方反悔，再谈一次。")
    assert (one.result, one.signed_on, bool(one.terms)) == (None, None, True)
    assert case_queries.steps(case.id)[-1].detail["mediation"] == "reopened"
    assert case_queries.check() == []


def test_nobody_goes_on_with_what_is_being_closed(app: Flask, world: World) -> None:
    """Whoever goes on waits for whoever closes, and is told so: on PostgreSQL two may write at once."""

    def find(role: Role | str) -> Viewer:
        return viewer_from(db.session.get_one(User, world.users[role]))

    with app.app_context():
        case_id = (case := quarrel(world, find)).id
        agreed(case, find(Role.VILLAGE_HEAD))
        db.session.remove()
    closing = threading.Event()

    def close() -> str:
        with transaction():
            case = db.session.get_one(Case, case_id)
            cases.self_solve(
                case, actor=find(Role.VILLAGE_HEAD), now=clock.now(), result="已达成协议。", answer=Answer.SOLVED,
                policy=cases.ClosingPolicy(),
            )  # fmt: skip
            closing.set()
            time.sleep(0.3)
        return "closed"

    def go_on() -> str:
        head = find(Role.VILLAGE_HEAD)
        closing.wait(5)
        try:
            with transaction():
                one = queries.of_case(db.session.get_one(Case, case_id))
                assert one is not None
                service.reopen(one, actor=head, now=clock.now(), note="又吵起来了")
        except Refused as refusal:
            return str(refusal.text)
        return "went on"

    said = together(app, close, go_on)
    assert "closed" in said
    assert any("请先重启事件" in one for one in said), said


def test_only_who_sees_the_case_sees_the_mediation(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = with_the_station(world, viewer_of)
    begun(case, viewer_of(Role.DEPT))
    assert queries.get_mediation(case.id, viewer=viewer_of(Role.LIAISON))[1].mediators == "韩调解"
    for role in (Role.COUNTY_DEPT, Role.REVIEW_MEMBER):
        with pytest.raises(Missing):
            queries.get_mediation(case.id, viewer=viewer_of(role))
        assert queries.listed(viewer_of(role), Tab.RUNNING).rows == []
    case.restricted = True  # as a class may be made later: the same door holds
    db.session.flush()
    with pytest.raises(Missing):
        queries.get_mediation(case.id, viewer=viewer_of(Role.VILLAGE_HEAD))
    assert queries.listed(viewer_of(Role.VILLAGE_HEAD), Tab.RUNNING).rows == []
    assert len(queries.listed(viewer_of(Role.DEPT), Tab.RUNNING).rows) == 1
    db.session.rollback()


def test_what_is_due_is_told_once_and_by_number(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    case, station = with_the_station(world, viewer_of), viewer_of(Role.DEPT)
    agreed(case, station)
    running = begun(quarrel(world, viewer_of, title="另一件"), viewer_of(Role.VILLAGE_HEAD))

    def tell() -> list[tuple[str, int | None, int | None, str]]:
        before = set(db.session.scalars(select(Notice.id)))
        jobs.tell_due(actor=job("test"), now=clock.now())
        rows = db.session.scalars(select(Notice).where(Notice.id.not_in(before)).order_by(Notice.id)).all()
        return [(row.rule, row.post_id, row.unit_id, str(Text.from_json(row.text))) for row in rows]

    assert tell() == []
    at("2026-12-10T09:00:00+08:00")
    assert tell() == [("mediation.look", None, world.units["water"], f"{case.number}的调解该回访了。")]
    at("2026-12-20T09:00:00+08:00")
    number = running and db.session.get_one(type(case), running.case_id).number
    assert sorted(tell()) == [
        (
            "mediation.court",
            None,
            world.units["water"],
            f"{case.number}的调解协议到 2026年12月23日 为止可以申请司法确认。",
        ),
        ("mediation.period", world.posts[Role.VILLAGE_HEAD], None, f"{number}的调解期限到 2026年12月23日。"),
    ]
    assert tell() == []


def test_what_was_told_does_not_starve_what_was_not(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    ids = [begun(quarrel(world, viewer_of, title=f"第{n}件"), head).id for n in range(3)]
    monkeypatch.setattr(queries, "TELL_AT_ONCE", 2)
    at("2026-12-21T09:00:00+08:00")
    assert [jobs.tell_due(actor=job("test"), now=clock.now()) for _ in range(3)] == [2, 1, 0]
    told = db.session.scalars(select(Notice.subject_id).where(Notice.rule == "mediation.period").order_by(Notice.id))
    assert list(told) == ids


def test_who_has_the_case_now_is_told_though_another_was(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    case, head = quarrel(world, viewer_of), viewer_of(Role.VILLAGE_HEAD)
    begun(case, head)
    at("2026-12-21T09:00:00+08:00")
    assert jobs.tell_due(actor=job("test"), now=clock.now()) == 1
    do(cases.dispatch, case, head, unit=water(world))
    assert jobs.tell_due(actor=job("test"), now=clock.now()) == 1
    rows = db.session.execute(select(Notice.post_id, Notice.unit_id).where(Notice.rule == "mediation.period"))
    assert {tuple(row) for row in rows} == {(world.posts[Role.VILLAGE_HEAD], None), (None, world.units["water"])}


def test_a_home_written_twice_takes_its_parties_along(ctx: Flask, world: World, viewer_of: Find) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    one = begun(quarrel(world, viewer_of), head)
    double, kept = (db.session.get_one(Household, world.homes["circle"][place]) for place in (0, 1))
    deed(service.add_party, one, actor=head, party=Party("赵一田", household=double))
    do(lambda home, **about: service.repoint_household(home, kept, **about), double, head)
    assert db.session.scalar(select(func.count()).where(MediationParty.household_id == kept.id)) == 1
