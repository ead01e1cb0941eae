"""Taking a list over: all or nothing, nothing doubled, quick, and quiet until somebody takes a case up."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from gridcase.audit.models import AuditRow
from gridcase.cases.models import Case, CaseStep, CaseTally
from gridcase.cases.rules import State
from gridcase.core import clock
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer, job
from gridcase.core.sheets import read_table
from gridcase.exchange import trial
from gridcase.exchange.jobs import export_cases, import_cases
from gridcase.exchange.service import ImportReport
from gridcase.grid.models import Grid
from gridcase.notices.models import Notice
from gridcase.people.rules import Role
from gridcase.reminders import jobs
from tests.exchange.lists import HEADERS, rows, xlsx
from tests.factories.pages import statements
from tests.factories.world import World

TOWN, VILLAGE, OTHER_TOWN, OTHER_VILLAGE = "990101100000", "990101100201", "990101101000", "990101101201"
ViewerOf = Callable[[Role | str], Viewer]
pytestmark = pytest.mark.usefixtures("ctx", "world")


def take(data: bytes, *, actor: Viewer | None = None, dry_run: bool = False, **place: Any) -> ImportReport:
    return import_cases(
        actor=actor or job("test"), data=data, town_code=place.get("town", TOWN), village_code=place.get("village"),
        dry_run=dry_run, now=clock.now(),
    )  # fmt: skip


def state() -> tuple[int, ...]:
    db.session.rollback()
    return tuple(
        db.session.scalar(select(func.count()).select_from(model)) or 0
        for model in (Case, CaseStep, CaseTally, AuditRow)
    )


def test_fifteen_hundred_rows_none_lost_none_doubled() -> None:
    data = xlsx(rows(1500))
    begun = time.perf_counter()
    report = take(data)
    assert time.perf_counter() - begun <= 15  # 0.6 s and 0.1 s alone; a busy machine is slow, not wrong
    assert (report.total, report.new, report.known, report.problems) == (1500, 1500, 0, ())
    assert 0 < report.lock_ms <= 5000
    texts = set(db.session.scalars(select(Case.text)))
    assert len(texts) == 1500
    assert all(any(f"这是第{n}件" in text for text in texts) for n in (0, 776, 1499))
    again = take(data)
    assert (again.new, again.known) == (0, 1500)
    assert state()[0] == 1500
    assert "新登记 1500 件" in report.lines()[0]


def test_a_longer_list_adds_what_is_new() -> None:
    take(xlsx(rows(20)))
    report = take(xlsx(rows(35)))
    assert (report.new, report.known) == (15, 20)


@pytest.mark.parametrize("fault", ["date", "column", "formula"])
def test_a_broken_list_is_refused_by_row_and_column_and_changes_nothing(fault: str) -> None:
    def spoil(sheet: Any) -> None:
        if fault == "date":
            sheet["D777"] = "二〇一九年冬"
        elif fault == "formula":
            sheet["E777"] = "=1+1"
        else:
            sheet.delete_cols(4)

    before = state()
    report = take(xlsx(rows(1500), change=spoil))
    where = (1 if fault == "column" else 777, "留言详情" if fault == "formula" else "留言时间")
    assert [(problem.row, problem.column) for problem in report.problems] == [where]
    assert not report.accepted
    assert "没有导入任何内容" in report.lines()[0]
    assert where[1] in report.lines()[1]
    assert state() == before


def test_a_list_without_numbers_says_which_column_is_missing() -> None:
    report = take(xlsx(rows(3), headers=["号", *HEADERS[1:]]))
    assert [(problem.row, problem.column) for problem in report.problems] == [(1, "留言编号")]


def test_ten_times_the_rows_are_as_many_statements(app: Flask) -> None:
    few = statements(app, lambda: take(xlsx(rows(30, first_number=1_000_000))))
    many = statements(app, lambda: take(xlsx(rows(300, first_number=2_000_000))))
    assert len(few) == len(many) <= 24


def test_trying_it_changes_nothing() -> None:
    before = state()
    report = take(xlsx(rows(12)), dry_run=True)
    assert (report.accepted, report.new, report.known) == (True, 12, 0)
    assert state() == before
    take(xlsx(rows(5)))
    assert (take(xlsx(rows(12)), dry_run=True).new, take(xlsx(rows(12)), dry_run=True).known) == (7, 5)


def test_history_waits_in_the_tray_without_clock_and_reminder(world: World, at: Callable[[str], None]) -> None:
    take(xlsx(rows(3)), village=VILLAGE)
    case = db.session.scalars(select(Case).order_by(Case.id)).first()
    assert case is not None
    assert (case.state, case.unsorted, case.due_at) == (State.REGISTERED, True, None)
    assert (case.village_id, case.town_id) == (world.grids["village_a"], world.grids["town"])
    assert case.registered_at == datetime(2019, 1, 3, 1, 5, 7, tzinfo=UTC)
    at("2026-12-24T10:00:00+08:00")
    jobs.sweep(actor=job("test"), now=clock.now())
    assert db.session.scalar(select(func.count()).select_from(Notice).where(Notice.subject_kind == "case")) == 0


def test_a_known_number_with_another_time_is_asked_about() -> None:
    take(xlsx(rows(4)))

    def move(sheet: Any) -> None:
        sheet["D3"] = "2020/5/5 8:00:00"

    report = take(xlsx(rows(4), change=move))
    assert [(problem.row, problem.column) for problem in report.problems] == [(3, "留言时间")]
    assert "188009" in str(report.problems[0].text)


def test_the_same_number_of_another_system_is_another_case() -> None:
    take(xlsx(rows(4)))
    hotline = xlsx(
        [[row[0], *row[1:3], "2021/3/4 8:00", *row[4:]] for row in rows(4)], headers=["工单号", *HEADERS[1:]]
    )
    assert take(hotline).new == 4


def test_the_same_list_under_another_head_is_known() -> None:
    take(xlsx(rows(4)))
    assert take(xlsx(rows(4), headers=["编号", *HEADERS[1:]])).known == 4


def test_classes_are_recognised_and_others_stay_readable() -> None:
    headers = [*HEADERS[:5], "一级分类", "点赞数"]
    table = [
        [*row[:5], category, 0] for row, category in zip(rows(3), ("停水与饮水安全", "交通运输", None), strict=True)
    ]
    take(xlsx(table, headers=headers))
    cases = db.session.scalars(select(Case).order_by(Case.id)).all()
    assert [case.case_class.code for case in cases] == ["0501", "0000", "0000"]
    assert cases[1].text.endswith("（原类别：交通运输）")
    assert "原类别" not in cases[0].text + cases[2].text


def test_answered_ones_are_closed_history() -> None:
    headers = [*HEADERS[:5], "答复意见", "答复时间"]
    take(xlsx([[*row[:5], "已修好", "2019/12/1 9:00"] for row in rows(2)], headers=headers))
    case = db.session.scalars(select(Case)).first()
    assert case is not None
    assert (case.state, case.result, case.closed_at) == (
        State.CLOSED,
        "已修好",
        datetime(2019, 12, 1, 1, 0, tzinfo=UTC),
    )


def test_only_the_own_town_and_a_village_in_it(viewer_of: ViewerOf) -> None:
    manager, data = viewer_of(Role.TOWN_MANAGER), xlsx(rows(2))
    assert take(data, actor=manager, dry_run=True).new == 2
    for place in ({"town": OTHER_TOWN}, {"town": "123"}, {"village": OTHER_VILLAGE}, {"village": TOWN}):
        for dry_run in (True, False):
            with pytest.raises(Refused):
                take(data, actor=manager, dry_run=dry_run, **place)
    with pytest.raises(Refused):
        take(data, actor=viewer_of(Role.VILLAGE_HEAD))
    assert state()[0] == 0


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_what_goes_out_reads_back_and_runs_nothing(tmp_path: Path, ending: str) -> None:
    def bait(sheet: Any) -> None:
        sheet["C20"] = '\'=HYPERLINK("x")'

    take(xlsx(rows(30), change=bait))
    path = tmp_path / f"out.{ending}"
    count = export_cases(actor=job("test"), path=path, town_code=TOWN, since=date(2019, 1, 5), now=clock.now())
    sheet = read_table(path)
    assert (len(sheet.rows), count) == (count, 22)
    assert sheet.problems == []  # no formula in it
    assert sheet.rows[0].cells["原系统编号"] == "188030"
    assert "A000010" not in path.read_bytes().decode("utf-8", "ignore")  # who reported stays in the house
    assert db.session.scalar(select(func.count()).select_from(AuditRow).where(AuditRow.action == "case.export")) == 1


def test_restricted_cases_do_not_go_out(tmp_path: Path) -> None:
    headers = [*HEADERS[:5], "类别", "点赞数"]
    take(xlsx([[*row[:5], "1004", 0] for row in rows(3)], headers=headers))
    path = tmp_path / "out.xlsx"
    assert export_cases(actor=job("test"), path=path, town_code=TOWN, since=None, now=clock.now()) == 0


def test_the_trial_says_one_line_a_check_and_fails_on_a_loss(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / trial.MESSAGES).write_bytes(xlsx(rows(1500)))
    monkeypatch.setattr(trial, "SECONDS", 60.0)  # how fast it is, a busy machine cannot say
    said: list[str] = []
    assert trial.run(tmp_path, say=said.append)
    assert [line[:4] for line in said] == ["ok  "] * 5
    assert "1500 new" in said[0]
    assert "0 new, 1500 known, 0 lost" in said[1]
    assert "第 777 行「留言时间」" in said[2]
    assert "缺少「留言时间」" in said[3]
    assert "第 777 行「留言详情」" in said[4]
    town = db.session.scalars(select(Grid).where(Grid.code == trial.TOWN)).one()
    assert db.session.scalar(select(func.count()).select_from(Case).where(Case.town_id == town.id)) == 1500
    monkeypatch.setattr(trial, "_make_town", lambda: None)
    assert not trial.run(tmp_path, say=said.append)  # all known before: the first check asks for new ones
    assert said[5].startswith("FAIL")
