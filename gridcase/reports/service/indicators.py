"""Naming indicators, entering what they come to, putting it right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.periods import Period
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_, Both
from gridcase.grid.models import Grid
from gridcase.reports import queries
from gridcase.reports.models import Indicator, IndicatorValue
from gridcase.reports.rules import Adding, Kind, fitting, plain, read_number

ADDED = (Adding.FLOW, Adding.MEAN)
STANDS = N_("这一期已经填过；要改，请在表里点“更正”。")
CHANGED = N_("这个数刚才别人改过，请看过新的数再改。")


def name_indicator(
    *, actor: Viewer, place: Grid, name: str, unit: str, adding: Adding, now: datetime,
    kind: Kind = Kind.AMOUNT,
) -> Indicator:  # fmt: skip
    """A new indicator for a place and those below it."""
    if not queries.builds(actor, place.path):
        raise Missing
    if any(one.name == name for one in queries.indicators(place.path)):
        raise Refused(N_("已经有这个指标，直接填就可以。"), field="name")
    number = (db.session.scalar(select(func.max(Indicator.id))) or 0) + 1
    found = Indicator(
        code=f"own{number}", place_id=place.id, path=place.path, name=name, unit=unit, adding=adding, kind=kind,
        made_at=now, user_id=actor.user_id,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(found)
    except IntegrityError:  # two at once take the same code: the second looks again whether it is there already
        raise Refused(N_("刚才有人也加了指标，请再保存一次。")) from None
    _note(found, "report.indicator_named", place, actor=actor, now=now)
    return found


def withdraw_indicator(indicator: Indicator, *, actor: Viewer, now: datetime) -> None:
    """An indicator nobody enters any more; what was entered stays."""
    if not queries.builds(actor, indicator.path):
        raise Missing
    indicator.withdrawn_at = now
    audit.record(
        actor=actor, action="report.indicator_withdrawn", subject_kind="report_indicator", subject_id=indicator.id,
        now=now, place_path=indicator.path,
    )  # fmt: skip


def enter(
    indicator: Indicator, *, actor: Viewer, place: Grid, period: Period, number: str | None, source: str | None,
    now: datetime, reason: str = "", over: int | None = None,
) -> IndicatorValue:  # fmt: skip
    """What an indicator comes to at a place in a period. `over`: the value on the page it is put right on; a value that
    stands is put right with a reason, and stays to be read."""
    grant = queries.entering(actor, place.path)
    if grant is None:
        raise Missing
    if period.first > town_day(now):
        raise Refused(N_("这一期还没有开始，不能填。"), field="period")
    hundredths = fitting(read_number(number), Kind(indicator.kind))
    if not source:
        raise Refused(N_("请写明数从哪里来，例如村级账目、统计年报。"), field="source")
    _within(indicator, hundredths, queries.parts_held(indicator, place, period))
    stands = queries.held(place.id, period).get(indicator.id)
    if stands is None and indicator.adding in ADDED:
        _once(indicator, place, period)
    if stands is not None:
        if over != stands.id:
            raise Refused(CHANGED if over else STANDS)
        if (stands.hundredths, stands.source) == (hundredths, source):
            raise Refused(N_("和现在的数一样，不用改。"), field="number")
        if not reason:
            raise Refused(N_("改已经填过的数，请写明原因。"), field="reason")
        stands.superseded_at = now
        db.session.flush()
    found = IndicatorValue(
        indicator_id=indicator.id, place_id=place.id, path=place.path, period=str(period), first=period.first,
        last=period.last, hundredths=hundredths, source=source, reason=reason, entered_at=now, entered_by=actor.name,
        user_id=actor.user_id, post_id=grant.post_id,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(found)
    except IntegrityError:  # somebody else was first: one number stands for a place and a period
        raise Refused(CHANGED if stands is not None else STANDS) from None
    _note(indicator, "report.indicator_entered", place, actor=actor, now=now, period=str(period))
    return found


def _named(indicator: Indicator) -> Both:
    return Both(indicator.name, indicator.name_en or indicator.name)


def _within(indicator: Indicator, hundredths: int, held: Sequence[tuple[Indicator, int]]) -> None:
    """A part is never more than its whole; `held` is what stands of the other side."""
    for other, size in held:
        part, whole = (indicator, other) if indicator.part_of == other.code else (other, indicator)
        if (hundredths > size) if part is indicator else (size > hundredths):
            raise Refused(
                N_(
                    "“%(part)s”是“%(whole)s”的一部分，不能比它大（%(other)s已填 %(size)s %(unit)s）。",
                    part=_named(part), whole=_named(whole), other=_named(other), size=plain(size),
                    unit=Both(other.unit, other.unit_en or other.unit),
                ), field="number",
            )  # fmt: skip


def _once(indicator: Indicator, place: Grid, period: Period) -> None:
    """What is added up over time is entered for one kind of period: the year's number holds its months' already."""
    other = queries.overlapping(indicator.id, place.id, period)
    if other is not None:
        label = Period.read(other.period, default=period).label
        raise Refused(
            N_("%(other)s已经填过，这一期在里面或和它重叠，再填就算了两次；要改请更正那一期。", other=label),
            field="period",
        )


def enter_all(
    rows: Sequence[tuple[Indicator, str | None, str | None]], *, actor: Viewer, place: Grid, period: Period,
    now: datetime,
) -> int:  # fmt: skip
    """Several at once, (indicator, number, source) each; those without a number are passed over. All or none."""
    wanted = [row for row in rows if row[1]]
    if not wanted:
        raise Refused(N_("请至少填一个数。"))
    for indicator, number, source in wanted:
        try:
            enter(indicator, actor=actor, place=place, period=period, number=number, source=source, now=now)
        except Refused as why:
            raise Refused(N_("%(what)s：%(why)s", what=_named(indicator), why=why.text)) from why
    return len(wanted)


def _note(
    indicator: Indicator, action: str, place: Grid, *, actor: Viewer, now: datetime, period: str = ""
) -> None:  # fmt: skip
    audit.record(
        actor=actor, action=action, subject_kind="report_indicator", subject_id=indicator.id, now=now,
        place_path=place.path, detail={"period": period} if period else {},
    )  # fmt: skip
