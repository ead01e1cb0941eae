"""A canary: what a restricted factor is never stands on a page, in a list, a notice or a trail of those who may not
read it; and whoever serves the home still learns that there is something.

Left out are the forms that list every factor or every class of case to choose from, whatever home they are about."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.audit.models import AuditRow
from gridcase.core import clock
from gridcase.core.db import db
from gridcase.households import jobs
from gridcase.notices.models import Notice
from gridcase.people.rules import Role
from gridcase.reminders import jobs as reminders
from tests.factories.care import GREEN, HELD, RED, YELLOW, acting, confirmed, noted, proposed
from tests.factories.world import MAKER, World

ClientAs = Callable[[Role | str], FlaskClient]
CANARY = re.compile(r"精神障碍|五失|mental disorder|five-loss|\bF20\b|\bF21\b|笼中雀", re.I)
READERS = (Role.VILLAGE_HEAD, Role.DISPATCHER)
OTHERS = [role for role in Role if role not in READERS]


@pytest.fixture
def home(app: Flask, world: World) -> int:
    """A home with both restricted factors and two open ones, a history in red, and a proposal that waits."""
    home_id = world.homes["circle"][0]
    with acting(app, world, Role.VILLAGE_HEAD) as head, acting(app, world, Role.LIAISON) as liaison:
        for code in ("F20", "F21", "F02", "F12"):
            noted(home_id, code, liaison, basis="笼中雀" if code in ("F20", "F21") else "")
        confirmed(proposed(home_id, RED, liaison), head, meeting=HELD)
        proposed(home_id, RED, liaison, words="再看一段时间")
        jobs.tell_tasks(actor=MAKER, now=clock.now())
    return home_id


def _pages(world: World, home: int) -> list[str]:
    return [
        f"/households/{home}", f"/households/{home}/tier", f"/households/{home}/tier/propose",
        f"/households/{home}/care",
        f"/households/{home}/tier/object", "/households/", "/households/tiers", "/households/tiers/assess",
        "/households/tiers/2", "/inbox/", "/visits/", f"/visits/household/{home}", "/cases/",
        f"/points/household/{home}",
    ]  # fmt: skip


@pytest.mark.parametrize("role", OTHERS)
def test_no_page_tells_others_what_it_is(app: Flask, world: World, client_as: ClientAs, home: int, role: Role) -> None:
    client = client_as(role)
    for language in ("zh_Hans_CN", "en"):
        with client.session_transaction() as session:
            session["locale"] = language
        told = {path: CANARY.findall(client.get(path).text) for path in _pages(world, home)}
        assert {path: found for path, found in told.items() if found} == {}


@pytest.mark.parametrize("role", [Role.LIAISON, Role.GRID_LEADER, Role.SECTION_LEADER, Role.FULLTIME_GRID])
def test_who_serves_the_home_reads_restricted(client_as: ClientAs, home: int, role: Role) -> None:
    page = client_as(role).get(f"/households/{home}/tier").text
    assert page.count("限定可见") >= 2, "among the factors and among the reasons"
    assert "低保户" in page
    assert "合计" not in page, "the sum would tell"
    assert "直接连心户" not in page, "so would the weight"


@pytest.mark.parametrize("role", READERS)
def test_named_roles_read_what_it_is(client_as: ClientAs, home: int, role: Role) -> None:
    page = client_as(role).get(f"/households/{home}/tier").text
    assert "严重精神障碍" in page
    assert "五失风险" in page
    assert "笼中雀" in page
    assert "严重精神障碍" in client_as(role).get("/households/tiers").text


def test_the_desk_reads_no_tier(client_as: ClientAs, home: int) -> None:
    """The town's desk holds the right to restricted factors and not that to tiers: it sees those and nothing else."""
    page = client_as(Role.DISPATCHER).get(f"/households/{home}/tier").text
    body = page[page.index("<main") :]
    assert 'class="tier' not in body
    assert "低保户" not in body
    assert "按规则算" not in body


def test_the_home_reads_its_rhythm_without_a_word_of_it(client_as: ClientAs, home: int) -> None:
    page = client_as(Role.RESIDENT).get(f"/households/{home}/care").text
    assert "每 7 天" in page
    assert "低保户" in page
    for word in ("限定可见", "连心户", "关心户", "放心户"):
        assert word not in page[page.index("<main") :], word


def test_notices_and_the_trail_carry_numbers_only(
    app: Flask, world: World, home: int, at: Callable[[str], None]
) -> None:
    at("2026-12-24T10:00:00+08:00")
    with app.app_context():
        reminders.sweep(actor=MAKER, now=clock.now())
        texts = [
            json.dumps([row.text, row.link, row.rule], ensure_ascii=False) for row in db.session.scalars(select(Notice))
        ]
        trail = [
            json.dumps([row.action, row.detail], ensure_ascii=False)
            for row in db.session.scalars(select(AuditRow).where(AuditRow.action.like("%tier%")))
        ]
        db.session.remove()
    assert len(texts) >= 4
    assert len(trail) >= 6
    assert [text for text in (*texts, *trail) if CANARY.search(text)] == []
    assert [text for text in texts if re.search("放心户|关心户|连心户", text)] == [], "no notice names a tier"


def test_what_a_liaison_sent_is_not_shown_to_him_again(client_as: ClientAs, world: World) -> None:
    home = world.homes["circle"][1]
    client = client_as(Role.LIAISON)
    answer = client.post(
        f"/households/{home}/tier/factor", data={"code": "F21", "source": "visit", "basis": "丢了工作，一个月没出门"},
        follow_redirects=True,
    )  # fmt: skip
    body = answer.text[answer.text.index("<main") :]
    assert "已送交有权查看的岗位" in body
    assert "一个月没出门" not in body
    assert "五失" not in body


def test_a_refusal_does_not_tell_either(client_as: ClientAs, home: int) -> None:
    """Noting the same again is taken like the first time: an answer of another kind would tell that there is one."""
    answer = client_as(Role.LIAISON).post(
        f"/households/{home}/tier/factor", data={"code": "F20", "source": "visit"}, follow_redirects=True
    )
    assert "已送交有权查看的岗位" in answer.text


def test_green_and_yellow_history_is_masked_too(app: Flask, world: World, client_as: ClientAs) -> None:
    home_id = world.homes["circle"][2]
    with acting(app, world, Role.LIAISON) as liaison, acting(app, world, Role.VILLAGE_HEAD) as head:
        noted(home_id, "F20", liaison)
        confirmed(proposed(home_id, YELLOW, liaison), head)
    page = client_as(Role.LIAISON).get(f"/households/{home_id}/tier").text
    history = page[page.index('id="history"') :]
    assert "限定可见" in history
    assert CANARY.search(page) is None
    assert GREEN not in history
