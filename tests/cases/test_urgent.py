"""An emergency is seen before it is read: its badge, its clocks, who was told, its place in the list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.cases import queries, service
from gridcase.cases.models import Case
from gridcase.cases.rules import Channel, ExtensionReason
from gridcase.core import clock
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.notices import service as notices
from gridcase.notices.models import Notice, NoticeRead
from gridcase.people.rules import Role
from gridcase.users.models import User
from tests.factories.cases import ROAD, collected, do, refused, water
from tests.factories.pages import body
from tests.factories.viewers import viewer_from
from tests.factories.world import World

LANDSLIDE = "0201"
At = Callable[[str], None]
MINE = queries.Filters(tab=queries.Tab.MINE)


def viewer(world: World, role: Role) -> Viewer:
    """As a request loads it; `viewer_of` would keep one context over all requests of a test."""
    return viewer_from(db.session.get_one(User, world.users[role]))


def test_its_page_shows_its_clocks_and_who_was_told(
    app: Flask, world: World, client_as: Callable[..., FlaskClient], at: At
) -> None:
    at("2026-11-23T22:10:00+08:00")
    with app.app_context():
        case = collected(world, viewer(world, Role.LIAISON), code=LANDSLIDE, title="屋后落石", channel=Channel.PATROL)
        number = case.id
        head = select(Notice).where(Notice.subject_id == case.id, Notice.post_id == world.posts[Role.VILLAGE_HEAD])
        do(notices.mark_read, db.session.scalars(head).one(), viewer(world, Role.VILLAGE_HEAD))
        db.session.remove()
    at("2026-11-23T22:20:00+08:00")
    page = client_as(Role.VILLAGE_HEAD).get(f"/cases/{number}")
    said = body(page)
    assert "■ 特急 先救人、先排险，再办手续" in said
    assert "首次联系 ● 还剩 20 分钟 2026年11月23日 22:40 前" in said
    assert "待受理 ● 还剩 20 分钟" in said
    assert 'href="tel:110"' in page.text
    assert 'href="tel:119"' in page.text
    told = said[said.index("已告知") : said.index("情况")]
    assert "2026年11月23日 22:10 总网格长 2026年11月23日 22:10 已看" in told
    assert "镇综治中心值班员 还没有看" in told, "the town's desk has not read it"
    assert 'class="urgency critical"' in page.text


def test_who_opens_its_page_has_read_what_was_told(
    app: Flask, world: World, client_as: Callable[..., FlaskClient], at: At
) -> None:
    at("2026-11-23T22:10:00+08:00")
    with app.app_context():
        case = collected(world, viewer(world, Role.LIAISON), code=LANDSLIDE, channel=Channel.PATROL)
        number, other = case.id, collected(world, viewer(world, Role.LIAISON), code=LANDSLIDE).id
        db.session.remove()
    at("2026-11-23T22:12:00+08:00")
    desk, head = client_as(Role.DISPATCHER), client_as(Role.VILLAGE_HEAD)
    assert "总网格长 还没有看" in body(desk.get(f"/cases/{number}"))
    head.get(f"/cases/{number}")
    at("2026-11-23T22:15:00+08:00")
    assert "总网格长 2026年11月23日 22:12 已看" in body(head.get(f"/cases/{number}")), "the first time counts"
    page = body(desk.get(f"/cases/{number}"))
    assert "总网格长 2026年11月23日 22:12 已看" in page
    assert "镇综治中心值班员 2026年11月23日 22:12 已看" in page
    with app.app_context():
        left = select(Notice.subject_id).join(NoticeRead, NoticeRead.notice_id == Notice.id)
        assert set(db.session.scalars(left)) == {number}, f"nobody opened {other}"


def test_the_first_contact_is_noted_once_and_stops_its_clock(
    app: Flask, world: World, client_as: Callable[..., FlaskClient], at: At
) -> None:
    at("2026-11-23T22:10:00+08:00")
    with app.app_context():
        number = collected(world, viewer(world, Role.LIAISON), code=LANDSLIDE, channel=Channel.PATROL).id
        db.session.remove()
    at("2026-11-23T22:31:00+08:00")
    client = client_as(Role.VILLAGE_HEAD)
    said = body(client.post(f"/cases/{number}/contact", follow_redirects=True))
    assert "首次联系已记下。" in said
    assert "2026年11月23日 22:31 已联系上" in said
    assert "联系上反映人" in said
    with app.app_context():
        case = db.session.get_one(Case, number)
        assert case.contacted_at == datetime(2026, 11, 23, 14, 31, tzinfo=UTC)
        refused("首次联系没有在计时", service.contact, case, viewer(world, Role.VILLAGE_HEAD))
        spoken = collected(world, viewer(world, Role.LIAISON))
        refused("首次联系没有在计时", service.contact, spoken, viewer(world, Role.VILLAGE_HEAD))
        secret = collected(world, viewer(world, Role.LIAISON), channel=Channel.PATROL, anonymous=True)
        refused("首次联系没有在计时", service.contact, secret, viewer(world, Role.VILLAGE_HEAD))
    assert client_as(Role.TOWN_MANAGER).post(f"/cases/{number}/contact").status_code == 403


def test_open_emergencies_stand_first_on_every_page_of_the_list(
    ctx: Flask, world: World, viewer_of: Callable[[Role], Viewer], at: At
) -> None:
    at("2026-11-02T10:00:00+08:00")
    head, liaison = viewer_of(Role.VILLAGE_HEAD), viewer_of(Role.LIAISON)
    old = [collected(world, liaison, code=ROAD).id for _ in range(27)]
    at("2026-11-23T22:10:00+08:00")
    urgent = [collected(world, liaison, code=LANDSLIDE).id for _ in range(2)]
    first = queries.work_list(head, MINE, now=clock.now())
    assert [row.id for row in first.rows] == [*urgent, *old[:23]]
    second = queries.work_list(head, MINE, now=clock.now(), after=first.after)
    assert [row.id for row in second.rows] == old[23:]
    assert second.after is None
    assert queries.row_of(head, MINE, now=clock.now()) == [*urgent, *old]
    late = [row.id for row in queries.whole_list(head, MINE, now=clock.now(), most=50)]
    assert late == [*urgent, *old]


def test_its_row_says_so(app: Flask, world: World, client_as: Callable[..., FlaskClient]) -> None:
    with app.app_context():
        collected(world, viewer(world, Role.LIAISON), code=LANDSLIDE, title="屋后落石")
        collected(world, viewer(world, Role.LIAISON), title="路灯不亮")
        db.session.remove()
    page = client_as(Role.VILLAGE_HEAD).get("/cases/?tab=mine").text
    rows = page[page.index("<tbody") :].split("<tr ")[1:]
    assert ['class="urgent"' in row for row in rows] == [True, False]
    assert ["urgency critical" in row for row in rows] == [True, False]


def test_what_is_late_today_is_not_green_because_its_last_day_is_far(
    app: Flask, world: World, client_as: Callable[..., FlaskClient], at: At
) -> None:
    """The row and the card say the clock that stands worst; what is counted as late stays by the last day."""
    at("2026-11-23T10:00:00+08:00")
    with app.app_context():
        number = collected(world, viewer(world, Role.LIAISON), code=LANDSLIDE, channel=Channel.PATROL).id
        collected(world, viewer(world, Role.LIAISON), title="路灯不亮")
        db.session.remove()

    def shown(when: str) -> tuple[str, str]:
        at(when)
        head = client_as(Role.VILLAGE_HEAD)
        rows = body(head.get("/cases/?tab=mine"))
        page = head.get(f"/cases/{number}").text
        card = page[page.index('<section class="sheet deadline') :]
        return rows, card[: card.index("</section>")]

    rows, card = shown("2026-11-23T10:10:00+08:00")
    assert "● 还剩 20 分钟" in rows
    assert "is-green-edge" in card
    rows, card = shown("2026-11-23T10:50:00+08:00")
    assert "■ 超期 20 分钟" in rows
    assert "is-red-edge" in card
    assert "超期 20 分钟" in card
    assert "：2026年11月23日 10:30 前" in card
    assert "前办结" in card, "the last day is still said"
    assert "没有超期的事件" in body(client_as(Role.VILLAGE_HEAD).get("/cases/?tab=late"))


def test_what_nobody_answered_ends_with_a_step_and_is_told(
    ctx: Flask, world: World, viewer_of: Callable[[Role], Viewer]
) -> None:
    case = collected(world, viewer_of(Role.LIAISON))
    do(service.accept, case, viewer_of(Role.VILLAGE_HEAD))
    do(service.dispatch, case, viewer_of(Role.VILLAGE_HEAD), unit=water(world))
    do(service.sign, case, viewer_of(Role.DEPT))
    do(service.ask_extension, case, viewer_of(Role.DEPT), reason=ExtensionReason.FUNDING, amount=3)
    do(service.submit_result, case, viewer_of(Role.DEPT), result="提前办好了。")
    assert [step.move for step in queries.steps(case.id)][-2:] == ["submit_result", "lapse"]
    told = db.session.scalars(select(Notice).where(Notice.rule.startswith("case.lapse"))).one()
    assert told.post_id == world.posts[Role.DEPT]
    assert queries.check() == []


def test_no_sign_by_date_lies_behind_the_deadline(
    ctx: Flask, world: World, viewer_of: Callable[[Role], Viewer], at: At
) -> None:
    at("2026-11-02T10:00:00+08:00")
    case = collected(world, viewer_of(Role.LIAISON), code=ROAD)
    at("2026-11-16T09:30:00+08:00")  # half an hour before the deadline
    do(service.accept, case, viewer_of(Role.VILLAGE_HEAD))
    do(service.dispatch, case, viewer_of(Role.VILLAGE_HEAD), unit=water(world))
    assert case.stage_due_at == case.due_at
