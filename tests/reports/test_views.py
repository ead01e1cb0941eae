"""The pages of reports: happy, refused, forbidden."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.audit.models import AuditRow
from gridcase.core.db import db
from gridcase.core.paper import Paper, Words
from gridcase.measures.rules import Shape as Counting
from gridcase.people.rules import Role
from gridcase.reports import queries
from gridcase.reports.models import ReportForm, ReportRun
from gridcase.reports.rules import Cell, Head
from gridcase.reports.views.base import said
from tests.factories.map_cases import put
from tests.factories.world import World

ClientAs = Callable[[Role | str], FlaskClient]
UUID = re.compile(r'name="client_uuid"[^>]*value="([0-9a-f-]{36})"')


def numbers(app: Flask) -> dict[str, int]:
    """The ids of the standard forms by their names."""
    with app.app_context():
        found = {name: form.id for name, (form, _spec) in queries.standards().items()}
        db.session.remove()
    return found


def last(app: Flask, model: type[Any]) -> Any:
    with app.app_context():
        found = db.session.scalars(select(model).order_by(model.id.desc()).limit(1)).one()
        db.session.expunge(found)
        db.session.remove()
    return found


def built(client: FlaskClient, world: World, **changes: object) -> Any:
    mark = UUID.search(client.get("/reports/new").text)
    assert mark
    words = {
        "client_uuid": mark[1], "title": "本镇报表", "place": world.grids["town"], "every": "month", "shape": "summary",
        "order": "code", "parts-0-rows": "below", "parts-0-measures": ["cases.collected"], "act": "save", **changes,
    }  # fmt: skip
    return client.post("/reports/new", data=words)


def test_every_standard_form_opens_prints_and_leaves_as_a_table(app: Flask, client_as: ClientAs) -> None:
    client = client_as(Role.TOWN_MANAGER)
    page = client.get("/reports/").text
    for name, number in numbers(app).items():
        answer = client.get(f"/reports/{number}")
        assert answer.status_code == 200, name
        assert client.get(f"/reports/{number}.pdf").data[:5] == b"%PDF-"
        book = openpyxl.load_workbook(io.BytesIO(client.post(f"/reports/{number}.xlsx").data))
        assert book.active["A1"].value, name
        assert book.active.max_row > 3 or book.active.max_column > 4, name  # a list of nothing has its heads
        assert f'href="/reports/{number}"' in page
    assert last(app, AuditRow).action == "report.exported"


def test_a_form_from_preview_to_its_end(app: Flask, client_as: ClientAs, world: World) -> None:
    manager = client_as(Role.TOWN_MANAGER)
    looked = built(manager, world, act="look")
    assert looked.status_code == 200
    assert "上河村" in looked.text
    assert built(manager, world).status_code == 302
    form = last(app, ReportForm)
    again = built(manager, world)
    assert "已经有一张同名的报表" in again.text
    edit = manager.get(f"/reports/{form.id}/edit").text
    assert 'value="本镇报表"' in edit
    copied = manager.get(f"/reports/new?from={form.id}").text
    assert "本镇报表（本地）" in copied
    assert manager.post(f"/reports/{form.id}/withdraw").status_code == 302
    assert "这张报表已停用" in manager.get(f"/reports/{form.id}").text
    assert f'href="/reports/{form.id}"' not in manager.get("/reports/").text


def test_a_list_that_would_be_cut_says_so(
    app: Flask, client_as: ClientAs, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        put(world, {}, {})
        db.session.remove()
    manager = client_as(Role.TOWN_MANAGER)
    built(manager, world, shape="list", **{"parts-0-rows": "", "parts-0-measures": ["cases.open"]})
    here = f"/reports/{last(app, ReportForm).id}"
    whole = openpyxl.load_workbook(io.BytesIO(manager.post(f"{here}.xlsx").data)).active
    assert whole.max_row == 3
    assert last(app, AuditRow).detail["rows"] == 2
    monkeypatch.setattr("gridcase.reports.views.shown.MOST_IN_A_FILE", 1)
    assert "超过 1 条" in manager.post(f"{here}.xlsx").text
    papers: list[Paper] = []

    def printed(paper: Paper, **_words: object) -> bytes:
        papers.append(paper)
        return b""

    monkeypatch.setattr("gridcase.reports.views.shown.write_pdf", printed)
    monkeypatch.setattr("gridcase.reports.views.shown.MOST_PRINTED", 1)
    manager.get(f"{here}.pdf")
    assert any(isinstance(block, Words) and "只印了前 1 条" in block.text for block in papers[0].blocks)


@pytest.mark.parametrize(
    ("number", "shape", "words"),
    [
        (12345.67, Counting.SUM, "12345.67"), (123456.5, Counting.SUM, "123456.5"), (100.0, Counting.SUM, "100"),
        (0.5, Counting.SHARE, "50"), (1 / 3, Counting.SHARE, "33.3"), (7, Counting.COUNT, "7"),
        (None, Counting.SUM, "–"),
    ],
)  # fmt: skip
def test_a_number_keeps_its_digits(number: float | None, shape: str, words: str) -> None:
    assert said(Cell(number), Head("x", "", shape)) == words


def test_what_cannot_be_made_says_why(client_as: ClientAs, world: World) -> None:
    manager = client_as(Role.TOWN_MANAGER)
    page = built(manager, world, **{"parts-0-rows": "month", "parts-0-measures": ["cases.open"]})
    assert page.status_code == 200
    assert "“未办结”不能分“按月”，能分的是：镇、村、组" in page.text
    assert "cases.open”" not in page.text
    assert "请写报表名称" in built(manager, world, title="").text
    tiers = built(manager, world, act="look", **{"parts-0-rows": "tier", "parts-0-measures": ["homes.all"]})
    assert "按户类分只给看得到户类的岗位" in tiers.text
    more = built(manager, world, act="more")
    assert 'name="parts-1-measures"' in more.text


def test_kept_made_anew_and_handed_up(app: Flask, client_as: ClientAs, world: World) -> None:
    manager, county, number = client_as(Role.TOWN_MANAGER), client_as(Role.COUNTY_MANAGER), numbers(app)["monthly"]
    where = f"?place={world.grids['town']}&period=2026-10"
    assert manager.post(f"/reports/{number}/keep{where}").status_code == 302
    run = last(app, ReportRun)
    assert (run.period, run.attempt) == ("2026-10", 1)
    page = manager.get(f"/reports/runs/{run.id}").text
    assert "上报县里" in page
    assert 'href="/dashboard/list' not in page  # the rows of today are not those of then
    assert county.get(f"/reports/runs/{run.id}").status_code == 404
    assert "还没有镇上报" in county.get("/reports/received").text
    assert manager.post(f"/reports/runs/{run.id}/remake", data={"reason": ""}).status_code == 302
    assert last(app, ReportRun).id == run.id
    manager.post(f"/reports/runs/{run.id}/remake", data={"reason": "补登"})
    second = last(app, ReportRun)
    assert (second.attempt, second.reason) == (2, "补登")
    assert "后来重做过" in manager.get(f"/reports/runs/{run.id}").text
    manager.post(f"/reports/runs/{second.id}/hand-up")
    assert county.get(f"/reports/runs/{second.id}").status_code == 200
    page = county.get(f"/reports/received?form={number}&period=2026-10").text
    assert "1 个镇已上报，共 2 个" in page
    assert "白石镇" in page
    book = openpyxl.load_workbook(
        io.BytesIO(county.post(f"/reports/received.xlsx?form={number}&period=2026-10").data)
    ).active
    assert "青溪镇" in [row[0].value for row in book]
    assert county.post("/reports/received.xlsx").status_code == 409
    assert client_as(Role.VILLAGE_HEAD).get("/reports/received").status_code == 403


def test_a_village_sees_its_own(app: Flask, client_as: ClientAs, world: World) -> None:
    head, number = client_as(Role.VILLAGE_HEAD), numbers(app)["monthly"]
    page = head.get(f"/reports/{number}").text
    assert "上河村" in page
    assert "下河村" not in page
    assert head.get(f"/reports/{number}?place={world.grids['village_b']}").status_code == 404
    assert head.get(f"/reports/{number}?place={world.grids['town']}").status_code == 404
    assert head.get("/reports/new").status_code == 403
    assert client_as(Role.LIAISON).get("/reports/").status_code == 403


def test_indicators_are_entered_put_right_and_kept(app: Flask, client_as: ClientAs, world: World) -> None:
    head, where = client_as(Role.VILLAGE_HEAD), "/reports/indicators?period=2026-H2"
    page = head.get(where).text
    first = re.search(r'name="rows-0-indicator"[^>]*value="(\d+)"', page)
    assert first
    words = {"rows-0-indicator": first[1], "rows-0-number": "9.94", "rows-0-source": ""}
    assert "村集体收入" in page
    assert "请写明数从哪里来" in head.post(where, data=words).text
    assert "请至少填一个数" in head.post(where, data=words | {"rows-0-number": ""}).text
    assert head.post(where, data=words | {"rows-0-source": "村级账目"}).status_code == 302
    page = head.get(where).text
    assert "9.94 万元" in page
    link = re.search(r'href="(/reports/indicators/\d+)"', page)
    assert link
    assert "和现在的数一样" in head.post(
        link[1], data={"over": link[1].rsplit("/", 1)[1], "number": "9.94", "source": "村级账目", "reason": "x"}
    ).text  # fmt: skip
    filled = client_as(Role.TOWN_MANAGER).get("/reports/indicators/filled?period=2026-H2").text
    assert "2 个村，0 个已填齐" in filled
    assert "1 / 7 项" in filled
    assert "0 / 7 项" in filled
    assert "村集体经营性收入、参加培训人次" in filled
    changed = {"over": link[1].rsplit("/", 1)[1], "number": "10", "source": "村级账目", "reason": "漏了一笔"}
    assert head.post(link[1], data=changed).status_code == 302
    assert client_as(Role.DISPATCHER).get(f"{where}&place={world.grids['village_a']}").text.count("10 万元") == 1
    assert client_as(Role.VILLAGE_SUPERVISOR).get(link[1]).status_code == 404  # the number that stood before


def test_a_survey_stands_beside_the_own_figure(client_as: ClientAs) -> None:
    manager = client_as(Role.TOWN_MANAGER)
    page = manager.get("/reports/survey").text
    one = re.search(r'name="indicator" value="(\d+)"', page)
    assert one
    words = {"indicator": one[1], "year": "2025", "number": "96", "source": "省调查队"}
    assert "百分比请填 0 到 100" in manager.post("/reports/survey", data=words | {"number": "120"}).text
    assert "百分比请填 0 到 100" in manager.post("/reports/survey", data=words | {"number": "-3"}).text
    assert "请写明谁调查的" in manager.post("/reports/survey", data=words | {"source": ""}).text
    assert manager.post("/reports/survey", data=words).status_code == 302
    assert "已经填过" in manager.post("/reports/survey", data=words).text
    assert "96 %" in client_as(Role.VILLAGE_HEAD).get("/reports/survey").text
    assert "记一项外面调查的数" not in client_as(Role.DISPATCHER).get("/reports/survey").text


def test_an_indicator_of_the_town(client_as: ClientAs, world: World) -> None:
    manager = client_as(Role.TOWN_MANAGER)
    words = {"name": "种植面积", "unit": "亩", "place": world.grids["town"], "kind": "whole", "adding": "stock"}
    assert "请写单位" in manager.post("/reports/indicators/new", data=words | {"unit": ""}).text
    assert manager.post("/reports/indicators/new", data=words).status_code == 302
    page = manager.get(f"/reports/indicators?place={world.grids['village_a']}").text
    found = re.search(r'action="(/reports/indicators/\d+/withdraw)"', page)
    assert found
    assert client_as(Role.COUNTY_MANAGER).post(found[1]).status_code == 302
    assert "种植面积" not in manager.get(f"/reports/indicators?place={world.grids['village_a']}").text


def test_a_period_is_made_final_when_it_is_over(app: Flask, client_as: ClientAs, world: World) -> None:
    manager, number = client_as(Role.TOWN_MANAGER), numbers(app)["monthly"]
    opened = manager.get(f"/reports/{number}").text
    assert re.search(r'value="2026-10" selected', opened)
    assert "确认定稿" in opened
    where = f"?place={world.grids['town']}&period=2026-11"
    page = manager.get(f"/reports/{number}{where}").text
    assert "2026年11月（未满期：数字还会变）" in page
    assert "确认定稿" not in page
    refused = manager.post(f"/reports/{number}/keep{where}", follow_redirects=True).text
    assert "这一期到 2026年11月30日 才满" in refused


def test_the_county_is_told_of_a_later_copy(app: Flask, client_as: ClientAs, world: World) -> None:
    manager, county, number = client_as(Role.TOWN_MANAGER), client_as(Role.COUNTY_MANAGER), numbers(app)["monthly"]
    manager.post(f"/reports/{number}/keep?place={world.grids['town']}&period=2026-10")
    first = last(app, ReportRun).id
    manager.post(f"/reports/runs/{first}/hand-up")
    manager.post(f"/reports/runs/{first}/remake", data={"reason": "补登"})
    second = last(app, ReportRun).id
    words = "县里收到的是第 1 份；后来重做了第 2 份，还没有上报"
    assert words in manager.get(f"/reports/runs/{second}").text
    assert words in county.get(f"/reports/runs/{first}").text
    received = f"/reports/received?form={number}&period=2026-10"
    assert "镇里已重做，新的还没上报" in county.get(received).text
    manager.post(f"/reports/runs/{second}/hand-up")
    assert "镇里已重做" not in county.get(received).text


def test_who_is_told_is_chosen_by_post_and_name(app: Flask, client_as: ClientAs, world: World) -> None:
    manager = client_as(Role.TOWN_MANAGER)
    page = f"/reports/{numbers(app)['monthly']}/schedule?place={world.grids['town']}"
    chosen = re.search(r'name="readers"[^>]*value="(\d+)"[^>]*>\s*<label[^>]*>([^<]+)<', manager.get(page).text)
    assert chosen
    assert " · " in chosen[2]
    words = {"every": "month", "readers": [chosen[1]]}
    assert manager.post(page, data=words).status_code == 302
    assert "定期出（月）：下一次 2026年12月1日 自动定稿。" in manager.get(page.replace("/schedule", "")).text
    assert re.search(rf'checked[^>]*name="readers"[^>]*value="{chosen[1]}"', manager.get(page).text)
    assert "请从列出的岗位里选" in manager.post(page, data=words | {"readers": ["999999"]}).text


def test_a_list_is_printed_whole_and_says_how_many_it_holds(
    app: Flask, client_as: ClientAs, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = client_as(Role.TOWN_MANAGER)
    built(manager, world, shape="list", **{"parts-0-rows": "", "parts-0-measures": ["cases.open"]})
    here = f"/reports/{last(app, ReportForm).id}"
    empty = manager.get(here).text
    assert "这一期没有" in empty
    assert "data-print" not in empty
    assert ".xlsx" not in empty
    with app.app_context():
        put(world, {}, {})
        db.session.remove()
    assert "共 2 条。" in manager.get(here).text
    monkeypatch.setattr("gridcase.reports.views.shown.MOST_SHOWN", 1)
    cut = manager.get(here).text
    assert "共 2 条，这里只列最近的 1 条，不是全部。" in cut
    assert "data-print" not in cut
    whole = manager.get(html.unescape(re.search(r'href="([^"]*whole=1[^"]*)"', cut)[1])).text  # type: ignore[index]
    assert "共 2 条。" in whole
    assert "data-print" in whole


def test_a_file_is_called_what_it_is(app: Flask, client_as: ClientAs) -> None:
    manager, number = client_as(Role.TOWN_MANAGER), numbers(app)["monthly"]
    for answer in (manager.get(f"/reports/{number}.pdf"), manager.post(f"/reports/{number}.xlsx")):
        offered = answer.headers["Content-Disposition"]
        assert offered.isascii()
        assert "事件月报-青溪镇-2026年10月." in unquote(offered.rpartition("''")[2])
