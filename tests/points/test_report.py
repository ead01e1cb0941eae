"""The report and the time before; the pages of periods and seals as people use them, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer, job
from gridcase.grid.models import Grid
from gridcase.people.rules import Role
from gridcase.points import jobs, queries, service
from gridcase.points.queries import Sums
from tests.factories.world import World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ALL = job("test")
ClientAs = Callable[[Role | str], FlaskClient]


def enter(place: Grid, points: int, *, redeemed: int = 0, goods_fen: int = 0, people: int = 0, **known: Any) -> int:
    with transaction():
        return service.enter_total(
            place, until=known.get("until", date(2025, 12, 31)), points=points, redeemed=redeemed, goods_fen=goods_fen,
            people=people, note="上年公示栏", actor=ALL, now=NOW,
        ).id  # fmt: skip


def place(world: World, name: str) -> Grid:
    return db.session.get_one(Grid, world.grids[name])


def total(viewer: Viewer = ALL, starts_on: date | None = None) -> Sums:
    db.session.rollback()
    return queries.report(viewer=viewer, starts_on=starts_on, ends_on=None).total.all


def test_totals_of_the_time_before_come_out_as_they_went_in(ctx: Flask, world: World) -> None:
    """A village's 31,133 points and 35,840 yuan of goods for 1,600 people; a town's 1.056 million and 339,000 yuan."""
    enter(place(world, "village_a"), 31_133, goods_fen=3_584_000, people=1_600)
    assert total() == Sums(31_133, 0, 3_584_000, 1_600)
    enter(place(world, "other_town"), 1_056_000, redeemed=1_000_000, goods_fen=33_900_000)
    rows = {row.name: row for row in queries.report(viewer=ALL, starts_on=None, ends_on=None).rows}
    town = rows[place(world, "other_town").name]
    assert (town.all.issued, town.all.goods_yuan, town.all.per_point) == (1_056_000, "339,000.00", "0.34")
    assert rows[place(world, "village_a").name].all.goods_yuan == "35,840.00"
    assert total(starts_on=date(2026, 1, 1)) == Sums(), "this year nothing was given"


def test_a_town_and_its_villages_are_not_both_counted(ctx: Flask, world: World) -> None:
    first = enter(place(world, "village_a"), 100)
    with pytest.raises(Refused, match="只录一处"):
        enter(place(world, "town"), 1000)
    with pytest.raises(Refused, match="已经录入"):
        enter(place(world, "village_a"), 120)
    with transaction():
        row = queries.history_total(first, viewer=ALL)
        service.drop_total(row, actor=ALL, now=NOW)
    assert total() == Sums()
    enter(place(world, "town"), 1000)
    assert total().issued == 1000


def test_a_later_running_total_takes_the_place_of_the_one_before(ctx: Flask, world: World) -> None:
    village = place(world, "village_a")
    enter(village, 31_133, goods_fen=3_584_000, people=1_600)
    enter(village, 40_000, goods_fen=4_000_000, people=1_700, until=date(2026, 3, 31))
    assert total() == Sums(40_000, 0, 4_000_000, 1_700), "replaced, never added up"
    assert len(queries.history_totals(viewer=ALL)) == 1
    with pytest.raises(Refused, match="包含以前的"):
        enter(village, 31_133, until=date(2025, 12, 31))
    with pytest.raises(Refused, match="不会变少"):
        enter(village, 39_000, until=date(2026, 4, 30))


def test_what_the_ledger_counts_itself_is_in_no_total_of_before(ctx: Flask, world: World) -> None:
    earn_and_spend(world.homes["village_a"][0])  # its first live entry: 23 November
    for where in ("village_a", "town"):
        with pytest.raises(Refused, match="从 2026年11月23日 起已在系统里记分"):
            enter(place(world, where), 1000, until=date(2026, 11, 23))
    enter(place(world, "village_a"), 1000, until=date(2026, 11, 22))
    assert total().issued == 1030


@pytest.mark.parametrize(
    ("known", "finding"),
    [({"until": date(2026, 12, 1)}, "不能晚于今天"), ({"redeemed": 11}, "不能多于"), ({"points": 0}, "请填积分")],
)
def test_totals_that_cannot_be(ctx: Flask, world: World, known: dict[str, Any], finding: str) -> None:
    values = {"points": 10} | known
    with pytest.raises(Refused, match=finding):
        enter(place(world, "village_a"), values.pop("points"), **values)


def earn_and_spend(home: int, *, points: int = 30, spent: int = 20, fen: int = 2_300) -> None:
    with transaction():
        service.post_award(
            household_id=home, points=points, rule="Z601", version_id=None, source_kind="test", source_id="1",
            key=f"test:{home}", actor=ALL, now=NOW,
        )  # fmt: skip
    jobs.mature(actor=ALL, now=NOW + timedelta(days=7))
    with transaction():
        service.hold_for(
            household_id=home, amount=spent, key="a", source_kind="shop", source_id="a", actor=ALL, now=NOW
        )
        service.spend("a", goods_fen=fen, actor=ALL, now=NOW)


def test_the_report_adds_what_the_ledger_says(ctx: Flask, world: World) -> None:
    here = world.homes["village_a"]
    earn_and_spend(here[0])
    with transaction():
        service.post_history(household_id=here[1], points=50, redeemed=40, on=date(2026, 1, 31), actor=ALL, now=NOW)
    assert total() == Sums(issued=80, redeemed=60, goods_fen=2_300, people=1)
    enter(place(world, "village_a"), 1000, redeemed=900)
    assert total().issued == 1030, "the village's own total stands for what its homes brought along"


# --- pages


def text_of(client: FlaskClient, url: str, *, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return answer.get_data(as_text=True)


@pytest.fixture
def own(app: Flask, world: World) -> tuple[int, int]:
    """(village, the resident's home), which earned 30 and spent 20."""
    home = world.homes["circle"][0]
    with app.app_context():
        earn_and_spend(home)
        jobs.seal(now=NOW)
        db.session.remove()
    return world.grids["village_a"], home


def test_a_town_enters_and_drops_a_total(client_as: ClientAs, world: World) -> None:
    client = client_as(Role.TOWN_MANAGER)
    sent = {
        "place": world.grids["village_a"], "until": "2025-12-31", "points": 31133, "redeemed": 0,
        "goods_yuan": "35840.00", "people": 1600, "note": "纸质台账",
    }  # fmt: skip
    assert client.post("/points/history", data=sent).status_code == 302
    page = text_of(client, "/points/report")
    assert "31,133" in page
    assert "35,840.00" in page
    assert "已经录入" in client.post("/points/history", data=sent).get_data(as_text=True)
    assert client.post("/points/history/1/drop").status_code == 302
    assert "31,133" not in text_of(client, "/points/report")


def test_the_report_is_for_who_sees_figures(client_as: ClientAs, own: tuple[int, int]) -> None:
    assert "23.00" in text_of(client_as(Role.VILLAGE_HEAD), "/points/report")
    text_of(client_as(Role.RESIDENT), "/points/report", status=403)
    text_of(client_as(Role.LIAISON), "/points/history", status=403)


def test_a_home_checks_its_entries_and_a_village_its_books(client_as: ClientAs, own: tuple[int, int]) -> None:
    client = client_as(Role.RESIDENT)
    page = text_of(client, f"/points/household/{own[1]}")
    assert "已封存 4 笔" in page
    assert "没有被改动" in text_of(client, f"/points/household/{own[1]}/check")
    assert "全村的账对得上" in text_of(client, f"/points/check?village={own[0]}")


def test_a_foreign_home_is_not_checked(client_as: ClientAs, world: World, own: tuple[int, int]) -> None:
    text_of(client_as(Role.RESIDENT), f"/points/household/{world.homes['village_b'][0]}/check", status=404)
    text_of(client_as(Role.TOWN_MANAGER), "/points/check", status=403)


def test_a_village_head_closes_october_and_everybody_reads_it(client_as: ClientAs, own: tuple[int, int]) -> None:
    head, url = client_as(Role.VILLAGE_HEAD), f"/points/periods/{own[0]}/month/2026-10-01"
    text_of(client_as(Role.RESIDENT), url, status=404)
    assert "2026年10月" in text_of(head, "/points/periods")
    assert "结账并公布" in text_of(head, f"{url}/close")
    assert head.post(f"{url}/close").status_code == 302
    assert "姓名已隐去" in text_of(client_as(Role.RESIDENT), url)
    assert url in text_of(client_as(Role.RESIDENT), "/points/")
    running = f"/points/periods/{own[0]}/month/2026-11-01/close"
    assert "还没有结束" in head.post(running).get_data(as_text=True)
    text_of(head, f"/points/periods/{own[0]}/month/2026-10-02/close", status=404)
    text_of(client_as(Role.RESIDENT), "/points/periods", status=403)


def test_a_town_reads_what_its_villages_published_and_does_nothing_there(
    client_as: ClientAs, own: tuple[int, int]
) -> None:
    url = f"/points/periods/{own[0]}/month/2026-10-01"
    assert client_as(Role.VILLAGE_HEAD).post(f"{url}/close").status_code == 302
    town = client_as(Role.TOWN_MANAGER)
    assert "公示中的积分" in text_of(town, f"/points/?village={own[0]}")
    closings = text_of(town, f"/points/periods?village={own[0]}")
    assert "已公布" in closings
    assert "发放基础分" not in closings
    assert "<form" not in closings.split("<main")[1].split("</main")[0]
    assert "2026年10月月结" in text_of(town, url)
    text_of(town, f"/points/household/{own[1]}", status=403)
    assert town.post(f"{url}/close").status_code == 403
    town.post("/preferences/locale", data={"locale": "en"})
    assert "October 2026" in text_of(town, url)


def test_a_quarter_of_a_village_that_lists_no_homes_lists_none(
    client_as: ClientAs, own: tuple[int, int], at: Callable[[str], None]
) -> None:
    """Sums only, until the village chooses otherwise: neither on the boards nor entry by entry."""
    at("2027-01-02T10:00:00+08:00")
    head, url = client_as(Role.VILLAGE_HEAD), f"/points/periods/{own[0]}/quarter/2026-10-01"
    assert head.post(f"{url}/close").status_code == 302
    page = text_of(client_as(Role.RESIDENT), url)
    assert "只列各类合计，不列农户" in page
    assert "每一笔" not in page
    head.post(f"/points/periods/{own[0]}/boards", data={"homes": "yes"})
    assert "每一笔" in text_of(client_as(Role.RESIDENT), url)


def test_a_year_is_announced_looked_at_and_settled(
    client_as: ClientAs, own: tuple[int, int], at: Callable[[str], None]
) -> None:
    head, url = client_as(Role.VILLAGE_HEAD), f"/points/periods/{own[0]}/year/2026"
    assert head.post(f"{url}/announce", data={"until": "2026-12-01"}).status_code == 200
    assert head.post(f"{url}/announce", data={"until": "2026-12-31"}).status_code == 302
    assert "可兑换到" in text_of(client_as(Role.RESIDENT), f"/points/household/{own[1]}")
    assert "确认结算" not in text_of(head, url)
    at("2027-01-02T10:00:00+08:00")
    head = client_as(Role.VILLAGE_HEAD)
    assert "确认结算" in text_of(head, url)
    looked = text_of(head, url)
    assert "2026年的基础分" in looked, "the year that ends takes its own back"
    assert "2027年基础分" in looked
    assert head.post(url).status_code == 302
    assert "已结算" in text_of(head, url)
    assert head.post(f"/points/periods/{own[0]}/boards", data={"homes": "yes"}).status_code == 302
    assert "前 20 户" in text_of(head, "/points/periods")
    refused = head.post(f"/points/periods/{own[0]}/base", follow_redirects=True)
    assert "没有设基础分" in refused.get_data(as_text=True)
