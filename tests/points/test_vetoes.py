"""Vetoes, on both databases: a numbered paper and a decision; nothing taken, over by themselves, open to objection."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer, job
from gridcase.dossier.queries.resting import resting_on
from gridcase.households.models import Household, Member
from gridcase.notices.models import Notice
from gridcase.people.rules import DecisionKind, Role
from gridcase.points import queries, service
from gridcase.points.models import Veto
from tests.factories import decisions, schemes
from tests.factories.pages import body
from tests.factories.world import World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = town_day(NOW)
DAY = timedelta(days=1)
UNTIL = date(2026, 12, 31)
REVIEWER = Viewer(kind="staff", name="评议员")
ClientAs = Callable[[Role | str], FlaskClient]


@pytest.fixture
def home(app: Flask, world: World) -> int:
    """The resident's home, in a village whose scheme has the nine vetoes."""
    with app.app_context():
        schemes.in_force(world.grids["village_a"], "zhilong", on=TODAY, now=NOW)
        db.session.remove()
    return world.homes["circle"][0]


def decided(world: World, kind: DecisionKind = DecisionKind.VETO) -> int:
    with transaction():
        return decisions.passed(world.grids["village_a"], kind, on=TODAY, now=NOW, title="关于一户的决议").id


def put(home: int, decision_id: int, *, actor: Viewer = REVIEWER, **changes: Any) -> Veto:
    said: dict[str, Any] = {"code": "V9", "document_no": "核查〔2026〕3号", "reason": "冒领他人积分。", "until": UNTIL}
    with transaction():
        return service.put_veto(
            db.session.get_one(Household, home), decision_id=decision_id, actor=actor, now=NOW, **(said | changes)
        )


def test_a_home_stands_still_until_the_day_and_is_free_by_itself(ctx: Flask, home: int, world: World) -> None:
    assert queries.frozen_until(home, on=TODAY) is None
    put(home, decision := decided(world))
    assert queries.frozen_until(home, on=TODAY) == UNTIL + DAY
    assert [str(one) for one in resting_on(decision, on=UNTIL)] == ["一票否决（核查〔2026〕3号）"]
    assert resting_on(decision, on=UNTIL + DAY) == [], "over, the decision may be dropped"
    assert queries.frozen_until(home, on=UNTIL) == UNTIL + DAY
    assert queries.frozen_until(home, on=UNTIL + DAY) is None
    assert queries.frozen_until(home, on=TODAY - DAY) is None
    assert queries.frozen_until(world.homes["circle"][1], on=TODAY) is None


def test_nothing_is_taken_and_no_redemption_gets_through(ctx: Flask, home: int, world: World) -> None:
    with transaction():
        service.post_history(household_id=home, points=50, redeemed=0, on=TODAY, actor=REVIEWER, now=NOW)
    put(home, decided(world))
    assert queries.balances_of(home, viewer=job("test")).merit == 50
    with pytest.raises(Refused, match="暂停兑换"), transaction():
        service.hold_for(
            household_id=home, amount=10, key="shop:1", source_kind="shop", source_id="1", actor=REVIEWER, now=NOW
        )
    db.session.rollback()
    assert queries.balances_of(home, viewer=job("test")).merit == 50


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "V5"}, "code"),
        ({"code": "V99"}, "code"),
        ({"document_no": "  "}, "document_no"),
        ({"document_no": "没有文书"}, "document_no"),
        ({"reason": "无"}, "reason"),
        ({"until": TODAY - DAY}, "until"),
        ({"until": TODAY + 400 * DAY}, "until"),
    ],
)
def test_what_is_missing_is_refused_at_its_field(
    ctx: Flask, home: int, world: World, changes: dict[str, Any], field: str
) -> None:
    decision = decided(world)
    with pytest.raises(Refused) as refused:
        put(home, decision, **changes)
    assert refused.value.field == field


def test_every_home_needs_a_decision_of_its_own(ctx: Flask, home: int, world: World) -> None:
    with pytest.raises(Refused, match="一票否决决议"):
        put(home, decided(world, DecisionKind.SCHEME))
    once = decided(world)
    put(home, once)
    with pytest.raises(Refused, match="另一例"):
        put(world.homes["circle"][1], once)


def test_nobody_judges_the_own_home_nor_what_he_did_himself(ctx: Flask, home: int, world: World) -> None:
    head = db.session.scalar(select(Member.person_id).where(Member.household_id == home).limit(1))
    own = Viewer(kind="staff", name="本户", person_id=head)
    decision = decided(world)
    with pytest.raises(Refused, match="亲属"):
        put(home, decision, actor=own)
    veto = put(home, decision, actor=Viewer(kind="staff", name="登记人", user_id=1))
    with transaction():
        service.object_to_veto(veto, actor=Viewer(kind="staff", name="户主", user_id=2), reason="我没有冒领。", now=NOW)
    for who, words in ((1, "登记和提出异议"), (2, "登记和提出异议")):
        with pytest.raises(Refused, match=words), transaction():
            service.settle_veto(
                veto, actor=Viewer(kind="staff", name="x", user_id=who), upheld=True, note="核对过。", now=NOW
            )
    with pytest.raises(Refused, match="亲属"), transaction():
        service.settle_veto(veto, actor=own, upheld=True, note="核对过。", now=NOW)


@pytest.mark.parametrize(("upheld", "free"), [(True, None), (False, UNTIL + DAY)])
def test_an_objection_upheld_ends_it_that_day(
    ctx: Flask, home: int, world: World, upheld: bool, free: date | None
) -> None:
    veto = put(home, decided(world))
    with transaction():
        service.object_to_veto(veto, actor=Viewer(kind="staff", name="户主", user_id=2), reason="我没有冒领。", now=NOW)
    with pytest.raises(Refused, match="已经有人"), transaction():
        service.object_to_veto(veto, actor=REVIEWER, reason="再说一次。", now=NOW)
    with transaction():
        service.settle_veto(
            veto, actor=Viewer(kind="staff", name="x", user_id=3), upheld=upheld, note="核对过登记。", now=NOW
        )
    assert queries.frozen_until(home, on=TODAY) == free


def test_the_home_reads_why_and_objects_the_liaison_is_asked_to_tell_it(
    app: Flask, client_as: ClientAs, home: int, world: World
) -> None:
    with app.app_context():
        decision = decided(world)
        db.session.remove()
    reviewer = client_as(Role.REVIEW_MEMBER)
    with app.app_context():
        code = db.session.get_one(Household, home).code
        db.session.remove()
    data = {
        "home": code, "code": "V9", "document_no": "核查〔2026〕3号", "reason": "冒领他人积分。",
        "decision": str(decision), "until": UNTIL.isoformat(),
    }  # fmt: skip
    assert "没有找到这一户" in reviewer.post("/points/vetoes/new", data=data | {"home": "不存在"}).text
    answer = reviewer.post("/points/vetoes/new", data=data)
    assert answer.status_code == 302
    url = answer.location
    assert "积分弄虚作假、冒领" in body(reviewer.get("/points/vetoes"))
    with app.app_context():
        told = db.session.scalars(select(Notice).where(Notice.rule == "points.veto")).all()
        assert [notice.post_id for notice in told] == [world.posts[Role.LIAISON]]
        assert "冒领" not in str(told[0].text), "the notice says that, not why"
        db.session.remove()
    resident = client_as(Role.RESIDENT)
    assert "到 2026年12月31日 为止不评先、不兑换" in body(resident.get(f"/points/household/{home}"))
    assert "核查〔2026〕3号" in body(resident.get(url))
    liaison = client_as(Role.LIAISON)
    assert "不评先" not in body(liaison.get(f"/points/household/{home}"))
    assert liaison.get(url).status_code == 403
    assert client_as(Role.VILLAGE_HEAD).get(url).status_code == 403
    assert resident.get(f"{url}/settle").status_code == 403
    assert resident.post(f"{url}/object", data={"reason": "我没有冒领，可以核对签到表。"}).status_code == 302
    assert "我没有冒领" in body(reviewer.get(url))
    refused = reviewer.post(f"{url}/settle", data={"upheld": "yes", "note": "核对过登记。"})
    assert "由其他评议成员复核" in refused.text


def test_what_is_over_stands_under_past(ctx: Flask, home: int, world: World) -> None:
    put(home, decided(world))
    viewer = job("test")
    assert len(queries.veto_list(viewer, on=TODAY).rows) == 1
    assert queries.veto_list(viewer, on=UNTIL + DAY).rows == []
    assert len(queries.veto_list(viewer, on=UNTIL + DAY, past=True).rows) == 1
