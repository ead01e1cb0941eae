"""Forms, what is kept of them, handing up, indicators: what each keeps, refuses and hides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from gridcase.audit.models import AuditRow
from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.permissions import Viewer
from gridcase.core.places import with_above
from gridcase.grid.models import Grid
from gridcase.measures.rules import By
from gridcase.notices.models import Notice
from gridcase.people.rules import Role
from gridcase.reports import queries, service
from gridcase.reports.models import Indicator, IndicatorValue, ReportForm, ReportFormVersion, ReportRun
from gridcase.reports.rules import Adding, Part, Shape, Sheet, Spec
from tests.factories.world import MAKER, World

ViewerOf = Callable[[Role | str], Viewer]
SPEC = Spec((Part(("cases.collected", "cases.closed"), below=True),))
MONTH, HALF = Period.of(PeriodKind.MONTH, date(2026, 10, 1)), Period.of(PeriodKind.HALF, date(2026, 11, 1))


def place(world: World, key: str) -> Grid:
    return db.session.get_one(Grid, world.grids[key])


def made(actor: Viewer, world: World, key: str = "town", title: str = "本镇月报", spec: Spec = SPEC) -> ReportForm:
    with transaction():
        return service.make(
            actor=actor, place=place(world, key), title=title, spec=spec, client_uuid=str(uuid4()), now=clock.now()
        )


def kept(actor: Viewer, world: World, form: ReportForm, key: str = "town", reason: str = "") -> ReportRun:
    spec, where = queries.spec_of(form), place(world, key)
    sheet = queries.sheet(actor, form, spec, place=where, period=MONTH, now=clock.now())
    with transaction():
        return service.keep(form, where, sheet, spec=spec, actor=actor, now=clock.now(), reason=reason)


def titles(viewer: Viewer) -> list[str]:
    return [row[0].title for row in queries.forms(viewer) if row[0].standard is None]


def test_a_form_is_used_where_it_was_made_and_below(viewer_of: ViewerOf, world: World) -> None:
    made(viewer_of(Role.TOWN_MANAGER), world)
    made(viewer_of(Role.COUNTY_MANAGER), world, "county", "全县月报")
    made(MAKER, world, "other_town", "外镇月报")
    assert titles(viewer_of(Role.VILLAGE_HEAD)) == ["全县月报", "本镇月报"]
    assert titles(viewer_of(Role.TOWN_MANAGER)) == ["全县月报", "本镇月报"]
    assert titles(viewer_of(Role.COUNTY_MANAGER)) == ["全县月报", "本镇月报", "外镇月报"]
    for role, key in ((Role.VILLAGE_HEAD, "village_a"), (Role.TOWN_MANAGER, "other_town"), (Role.DISPATCHER, "town")):
        with pytest.raises(Missing):
            made(viewer_of(role), world, key, "不该有")


def test_a_change_is_a_version_and_the_second_reader_is_told(viewer_of: ViewerOf, world: World) -> None:
    manager = viewer_of(Role.TOWN_MANAGER)
    form = made(manager, world)
    seen, other = fingerprint(form, service.EDITED), Spec((Part(("cases.open",), By.MAJOR),))
    with pytest.raises(Refused, match="没有改动"), transaction():
        service.change(form, actor=manager, title="本镇月报", spec=SPEC, seen=seen, now=clock.now())
    with transaction():
        service.change(form, actor=manager, title="本镇月报", spec=other, seen=seen, now=clock.now())
    with pytest.raises(Refused, match="别人已经改过"), transaction():
        service.change(form, actor=manager, title="又改", spec=SPEC, seen=seen, now=clock.now())
    assert queries.spec_of(form) == other
    assert queries.spec_of(form, 1) == SPEC
    with pytest.raises(Missing), transaction():
        service.change(form, actor=viewer_of(Role.VILLAGE_HEAD), title="x", spec=SPEC, seen=None, now=clock.now())


def test_one_name_one_form_and_sent_twice_it_is_one(viewer_of: ViewerOf, world: World) -> None:
    manager, mark = viewer_of(Role.TOWN_MANAGER), str(uuid4())
    words = {"place": place(world, "town"), "title": "本镇月报", "spec": SPEC, "client_uuid": mark, "now": clock.now()}
    with transaction():
        first = service.make(actor=manager, **words).id
    with pytest.raises(Refused, match="同名"):
        made(manager, world)
    with transaction():
        assert service.make(actor=manager, **words).id == first
        audit = service.withdraw(db.session.get_one(ReportForm, first), actor=manager, now=clock.now())
    assert audit is None
    assert made(manager, world).id != first  # the name is free again


def test_the_register_is_loaded_once_and_an_update_leaves_copies_alone(viewer_of: ViewerOf, world: World) -> None:
    assert service.standards_are_current()
    monthly = queries.standards()["monthly"][0]
    copy = made(viewer_of(Role.TOWN_MANAGER), world, spec=queries.spec_of(monthly))
    with transaction():  # an older installation: another version of the form stands
        old = db.session.scalars(select(ReportFormVersion).where(ReportFormVersion.form_id == monthly.id)).one()
        old.spec = SPEC.as_json()
        service.load_standards(actor=MAKER, now=clock.now())
    assert (monthly.version, queries.spec_of(monthly, 1)) == (2, SPEC)
    assert copy.version == 1
    assert service.standards_are_current()
    with transaction():
        assert service.load_standards(actor=MAKER, now=clock.now()) == 0


def test_nobody_changes_what_comes_with_the_system(viewer_of: ViewerOf) -> None:
    form = queries.standards()["monthly"][0]
    for role in (Role.TOWN_MANAGER, Role.COUNTY_MANAGER):
        with pytest.raises(Missing), transaction():
            service.withdraw(form, actor=viewer_of(role), now=clock.now())


def test_what_is_kept_stays_and_is_made_anew_with_a_reason(viewer_of: ViewerOf, world: World) -> None:
    manager = viewer_of(Role.TOWN_MANAGER)
    form = made(manager, world)
    first = kept(manager, world, form)
    with pytest.raises(Refused, match="写明原因"):
        kept(manager, world, form)
    second = kept(manager, world, form, reason="补登了两件")
    assert [(run.attempt, run.reason) for run in queries.attempts(first, viewer=manager)] == [
        (2, "补登了两件"), (1, ""),
    ]  # fmt: skip
    assert second.sheet["blocks"][0]["lines"][0]["label"] == "上河村"
    with pytest.raises(Missing):
        kept(viewer_of(Role.DISPATCHER), world, form, reason="x")
    with pytest.raises(Missing):
        kept(viewer_of(Role.VILLAGE_HEAD), world, form, reason="x")


def test_a_list_is_not_kept(viewer_of: ViewerOf, world: World) -> None:
    manager = viewer_of(Role.TOWN_MANAGER)
    form = made(manager, world, spec=Spec((Part(("cases.closed",)),), shape=Shape.LIST))
    with pytest.raises(Refused, match="明细表"):
        kept(manager, world, form)


def test_the_county_sees_what_was_handed_up_and_nothing_else(viewer_of: ViewerOf, world: World) -> None:
    manager, county = viewer_of(Role.TOWN_MANAGER), viewer_of(Role.COUNTY_MANAGER)
    form = queries.standards()["monthly"][0]
    run = kept(manager, world, form)
    with pytest.raises(Missing):
        queries.get_run(run.id, viewer=county)
    with transaction():
        service.hand_up(run, actor=manager, now=clock.now())
    assert queries.get_run(run.id, viewer=county).id == run.id
    assert list(queries.handed_up(place(world, "county"), form.id, "2026-10")) == [world.grids["town"]]
    told = db.session.scalars(select(Notice).where(Notice.rule == "report.handed_up")).all()
    assert [(one.post_id, one.link) for one in told] == [(world.posts[Role.COUNTY_MANAGER], f"/reports/runs/{run.id}")]
    with pytest.raises(Refused, match="已经上报过"), transaction():
        service.hand_up(run, actor=manager, now=clock.now())
    village = kept(viewer_of(Role.VILLAGE_HEAD), world, form, "village_a")
    with pytest.raises(Refused, match="只有镇的报表"), transaction():
        service.hand_up(village, actor=viewer_of(Role.VILLAGE_HEAD), now=clock.now())
    with pytest.raises(Missing):
        queries.get_run(village.id, viewer=county)
    with pytest.raises(Missing):
        queries.get_run(run.id, viewer=viewer_of(Role.VILLAGE_HEAD))


def test_the_tiers_of_what_was_kept_are_for_who_sees_them_there(viewer_of: ViewerOf, world: World) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    spec = Spec((Part(("homes.all",), By.TIER), Part(("homes.all",), By.VILLAGE)))
    here, there = place(world, "village_a").path, place(world, "village_b").path
    kept_sheet = queries.sheet(
        head, None, spec, place=place(world, "village_a"), period=MONTH, now=clock.now(), title="户数"
    )
    assert [block.by for block in queries.as_seen(head, kept_sheet, path=here).blocks] == [(By.TIER,), (By.VILLAGE,)]
    assert [block.by for block in queries.as_seen(head, kept_sheet, path=there).blocks] == [(By.VILLAGE,)]


def test_every_deed_leaves_its_trace(viewer_of: ViewerOf, world: World) -> None:
    manager = viewer_of(Role.TOWN_MANAGER)
    run = kept(manager, world, made(manager, world))
    with transaction():
        service.hand_up(run, actor=manager, now=clock.now())
    actions = db.session.scalars(select(AuditRow.action).where(AuditRow.action.like("report.%")).order_by(AuditRow.id))
    assert list(actions)[-3:] == ["report.form_made", "report.kept", "report.handed_up"]


def income() -> Indicator:
    return queries.by_codes({"income"})["income"]


def enter(actor: Viewer, world: World, key: str, number: str, **words: object) -> IndicatorValue:
    values = {"source": "村级账目", **words}
    with transaction():
        return service.enter(
            income(), actor=actor, place=place(world, key), period=HALF, number=number, now=clock.now(), **values
        )  # fmt: skip


def test_a_number_is_entered_once_and_put_right_with_a_trace(viewer_of: ViewerOf, world: World) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    first = enter(head, world, "village_a", "9.94")
    with pytest.raises(Refused, match="已经填过"):
        enter(head, world, "village_a", "10")
    with pytest.raises(Refused, match="写明原因"):
        enter(head, world, "village_a", "10", over=first.id)
    second = enter(head, world, "village_a", "10", over=first.id, reason="漏了一笔")
    with pytest.raises(Refused, match="刚才别人改过"):
        enter(head, world, "village_a", "11", over=first.id, reason="又")
    rows = queries.history(income().id, world.grids["village_a"], HALF)
    assert [(row.hundredths, row.reason, row.superseded_at is None) for row in rows] == [
        (1000, "漏了一笔", True), (994, "", False),
    ]  # fmt: skip
    assert queries.get_value(second.id, viewer=viewer_of(Role.TOWN_MANAGER))[0].id == second.id
    with pytest.raises(Missing):
        queries.get_value(first.id, viewer=head)


def test_of_two_who_enter_at_once_the_second_is_told(
    viewer_of: ViewerOf, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    enter(head, world, "village_a", "9.94")
    monkeypatch.setattr(queries, "held", lambda *_where: {})  # read before the first was written
    with pytest.raises(Refused, match="已经填过"):
        enter(head, world, "village_a", "10")
    rows = db.session.scalars(select(IndicatorValue.hundredths)).all()
    assert rows == [994]


def test_who_enters_where(viewer_of: ViewerOf, world: World) -> None:
    for role, key in (
        (Role.VILLAGE_HEAD, "village_b"), (Role.DISPATCHER, "village_a"), (Role.FULLTIME_GRID, "village_a"),
        (Role.TOWN_MANAGER, "other_village"),
    ):  # fmt: skip
        with pytest.raises(Missing):
            enter(viewer_of(role), world, key, "1")
    assert enter(viewer_of(Role.TOWN_MANAGER), world, "village_b", "1").post_id == world.posts[Role.TOWN_MANAGER]
    with pytest.raises(Refused, match="数从哪里来"):
        enter(viewer_of(Role.TOWN_MANAGER), world, "village_a", "1", source="")
    assert db.session.scalar(select(func.count()).select_from(IndicatorValue)) == 1


def test_entered_numbers_stand_in_reports(viewer_of: ViewerOf, world: World) -> None:
    manager = viewer_of(Role.TOWN_MANAGER)
    enter(manager, world, "village_a", "9.94")
    enter(manager, world, "village_b", "0.07")
    enter(MAKER, world, "other_village", "50")
    spec = Spec((Part(("i:income", "i:income/mean"), below=True), Part(("i:income",))), PeriodKind.YEAR)
    year = Period.of(PeriodKind.YEAR, date(2026, 1, 1))
    form = made(manager, world, spec=spec)

    def read(viewer: Viewer, key: str) -> list[object]:
        sheet = queries.sheet(viewer, form, spec, place=place(world, key), period=year, now=clock.now())
        lines = [(str(line.label), line.cells[0].number) for line in sheet.blocks[0].lines]
        total = sheet.blocks[0].total
        return [*lines, *([total.cells[0].number] if total else []), sheet.blocks[1].lines[0].cells[0].number]

    whole = queries.sheet(manager, form, spec, place=place(world, "town"), period=year, now=clock.now()).blocks[0].total
    assert whole is not None
    assert [cell.number for cell in whole.cells] == [10.01, 5]  # 5.005 a village, to the hundredth
    assert read(manager, "town") == [("上河村", 9.94), ("下河村", 0.07), 10.01, 10.01]
    assert read(viewer_of(Role.VILLAGE_HEAD), "village_a") == [("村集体收入", 9.94), ("村集体收入（村均）", 9.94), 9.94]
    assert read(viewer_of(Role.COUNTY_MANAGER), "county") == [("青溪镇", 10.01), ("白石镇", 50), 60.01, 60.01]


def test_a_survey_is_quoted_and_never_added(viewer_of: ViewerOf, world: World) -> None:
    manager, year = viewer_of(Role.TOWN_MANAGER), Period.of(PeriodKind.YEAR, date(2025, 1, 1))
    safety = queries.by_codes({"safety"})["safety"]
    for key, number in (("town", "96"), ("other_town", "90")):
        with transaction():
            service.enter(
                safety, actor=MAKER, place=place(world, key), period=year, number=number, source="省调查队",
                now=clock.now(),
            )  # fmt: skip
    spec = Spec((Part(("i:safety",), below=True),), PeriodKind.YEAR)
    form = made(viewer_of(Role.COUNTY_MANAGER), world, "county", spec=spec)
    sheet = queries.sheet(
        viewer_of(Role.COUNTY_MANAGER), form, spec, place=place(world, "county"), period=year, now=clock.now()
    )
    assert [line.cells[0].number for line in sheet.blocks[0].lines] == [96, 90]
    assert sheet.blocks[0].total is not None
    assert sheet.blocks[0].total.cells[0].number is None
    own = [(value.hundredths, where.name) for value, _one, where in queries.surveys(
        with_above(place(world, "town").path)
    )]  # fmt: skip
    assert own == [(9600, "青溪镇")]
    assert manager is not None


def test_an_own_indicator_and_its_end(viewer_of: ViewerOf, world: World) -> None:
    manager = viewer_of(Role.TOWN_MANAGER)
    words = {"name": "种植面积", "unit": "亩", "adding": Adding.STOCK, "now": clock.now()}
    with transaction():
        own = service.name_indicator(actor=manager, place=place(world, "town"), **words)
        own.code = f"own{own.id + 1}"  # as of somebody a moment ahead: the code that the next one takes
    with pytest.raises(Refused, match="已经有这个指标"), transaction():
        service.name_indicator(actor=manager, place=place(world, "town"), **words)
    with pytest.raises(Refused, match="再保存一次"), transaction():
        service.name_indicator(actor=manager, place=place(world, "town"), **{**words, "name": "养殖户"})
    with pytest.raises(Missing), transaction():
        service.name_indicator(actor=viewer_of(Role.VILLAGE_HEAD), place=place(world, "village_a"), **words)
    assert own.id in {one.id for one in queries.indicators(place(world, "village_a").path)}
    assert own.id not in {one.id for one in queries.indicators(place(world, "other_village").path)}
    with transaction():
        service.withdraw_indicator(own, actor=manager, now=clock.now())
    assert own.id not in {one.id for one in queries.indicators(place(world, "village_a").path)}


def test_what_is_added_up_is_entered_for_one_kind_of_period(viewer_of: ViewerOf, world: World) -> None:
    head, year = viewer_of(Role.VILLAGE_HEAD), Period.of(PeriodKind.YEAR, date(2026, 1, 1))
    enter(head, world, "village_a", "9.94")
    for period in (year, Period.of(PeriodKind.QUARTER, date(2026, 11, 1)), MONTH):
        with pytest.raises(Refused, match="2026年下半年已经填过"), transaction():
            service.enter(
                income(), actor=head, place=place(world, "village_a"), period=period, number="20", source="账目",
                now=clock.now(),
            )  # fmt: skip
    first_half = queries.sheet(
        head, None, Spec((Part(("i:income",)),), PeriodKind.YEAR), place=place(world, "village_a"), period=year,
        now=clock.now(),
    )  # fmt: skip
    assert first_half.blocks[0].lines[0].cells[0].number == 9.94


def test_a_sum_says_how_many_villages_stand_in_it(viewer_of: ViewerOf, world: World) -> None:
    manager, year = viewer_of(Role.TOWN_MANAGER), Period.of(PeriodKind.YEAR, date(2026, 1, 1))
    spec = Spec((Part(("i:income", "i:income/mean", "homes.all")),), PeriodKind.YEAR)

    def heads() -> list[str]:
        sheet = queries.sheet(manager, None, spec, place=place(world, "town"), period=year, now=clock.now())
        kept = Sheet.from_json(sheet.as_json(), period=year)
        return [f"{line.head.label} {line.head.under}".strip() for line in kept.blocks[0].lines if line.head]

    enter(manager, world, "village_a", "10")
    assert heads() == [
        "村集体收入 2 村中 1 村已填", "村集体收入（村均） 2 村中 1 村已填", "在册户（出表时）",
    ]  # fmt: skip
    enter(manager, world, "village_b", "20")
    assert heads()[:2] == ["村集体收入", "村集体收入（村均）"]


@pytest.mark.parametrize(
    ("code", "number", "why"),
    [
        ("income", "-5", "不会是负数"), ("trained", "12.5", "请不要填小数"), ("posts", "1,234.5", "请不要填小数"),
        ("income_run", "12.5", "“村集体经营性收入”是“村集体收入”的一部分，不能比它大（村集体收入已填 10 万元）"),
    ],
)  # fmt: skip
def test_an_indicator_takes_only_numbers_it_can_have(
    viewer_of: ViewerOf, world: World, code: str, number: str, why: str
) -> None:
    head, one = viewer_of(Role.VILLAGE_HEAD), queries.by_codes({code})[code]
    if code == "income_run":
        enter(head, world, "village_a", "10")
    with pytest.raises(Refused) as refused, transaction():
        service.enter(
            one, actor=head, place=place(world, "village_a"), period=HALF, number=number, source="账目",
            now=clock.now(),
        )  # fmt: skip
    assert why in str(refused.value.text)
