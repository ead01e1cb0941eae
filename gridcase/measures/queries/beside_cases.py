"""What happened to cases as sources of figures: their moves, whistles and the units called, mediations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, and_, false, func, or_, true
from sqlalchemy.orm import join

from gridcase.cases.models import COUNTED_MOVES, Case, CaseClass, CaseStep, Whistle, WhistleUnit
from gridcase.cases.rules import State
from gridcase.core.words import N_, Both, Text
from gridcase.measures.queries import of_cases
from gridcase.measures.queries.of_cases import CONTENT, UNIT, place_of, where_of
from gridcase.measures.queries.tables import Ask, Clock, Counted, Line, Table, equals, fixed, within
from gridcase.measures.rules import By, Source
from gridcase.mediation.models import Mediation
from gridcase.mediation.rules import Result
from gridcase.people.models import Unit

_OF_CASE = (N_("编号"), N_("类别"), N_("地点"), N_("状态"))
_COLUMNS = {By.MAJOR: CaseClass.major, By.CLASS: CaseClass.code, By.CHANNEL: Case.channel}
_NARROWS = {
    "major": equals(CaseClass.major), "class_code": equals(CaseClass.code), "channel": equals(Case.channel),
}  # fmt: skip
_SHOWN = (Case.id.label("case_id"), Case.number, Case.state, CaseClass.zh, CaseClass.en, *place_of())


def _line(row: Any, *more: Any, page: tuple[str, Mapping[str, Any]] | None = None) -> Line:
    cells = [row.number, Both(row.zh, row.en), where_of(row), State(row.state).label, *more]
    return Line(row.id, cells, page or ("cases.show", {"case_id": row.case_id}))


def _on(model: Any) -> Any:
    return join(join(model, Case, Case.id == model.case_id), CaseClass, CaseClass.id == Case.class_id)


def _shown(query: Select[Any]) -> Select[Any]:
    return of_cases.joined(query)


def _table(source: Source, model: Any, heads: tuple[Text, ...], **values: Any) -> Table:
    """What the sources beside cases have in common: the scope, the sight and the place of their case."""
    return Table(
        source=source, id=model.id, path=Case.path, village_id=Case.village_id, scope=of_cases.scope,
        sight=of_cases.sight, needs=of_cases.NEEDS, heads=(*_OF_CASE, *heads), joined=_shown,
        **{"columns": _COLUMNS, "narrows": _NARROWS, **values},
    )  # fmt: skip


def _moved(*moves: str) -> Counted:
    return Counted("moved", fixed(CaseStep.move.in_(moves)))


_MOVES = {
    "give_back": N_("退单"), "rework": N_("退回重办"), "grant_extension": N_("准予延期"), "reopen": N_("重启"),
    "second_check": N_("复核"),
}  # fmt: skip
STEPS = _table(
    Source.STEPS,
    CaseStep,
    (N_("步骤"), N_("时间")),
    rows=of_cases.with_posts(_on(CaseStep)),
    clocks={
        "moved": Clock(
            lambda ask: and_(within(CaseStep.at, ask), COUNTED_MOVES),
            CaseStep.at,
            order=CaseStep.at,
        )
    },
    measures={
        "steps.returns": _moved("give_back"),
        "steps.reworks": _moved("rework"),
        "steps.extensions": _moved("grant_extension"),
        "steps.reopenings": _moved("reopen"),
        "steps.checks": _moved("second_check"),
        "steps.checks_passed": Counted(
            "moved", fixed(and_(CaseStep.move == "second_check", CaseStep.detail["passed"].as_boolean().is_(true())))
        ),
    },
    columns={**_COLUMNS, By.UNIT: UNIT},
    narrows={**_NARROWS, "unit_id": of_cases.of_unit},
    wanted=(CaseStep.id, CaseStep.move, CaseStep.at, *_SHOWN),
    line=lambda row, _ask: _line(row, _MOVES[row.move], row.at),
)

WHISTLES = _table(
    Source.WHISTLES,
    Whistle,
    (N_("吹哨时间"),),
    rows=_on(Whistle),
    clocks={"blown": Clock(lambda ask: within(Whistle.blown_at, ask), Whistle.blown_at, order=Whistle.blown_at)},
    measures={"whistles.blown": Counted("blown"), "whistles.rate": Counted("blown")},
    wanted=(Whistle.id, Whistle.blown_at, *_SHOWN),
    line=lambda row, _ask: _line(row, row.blown_at),
)


def _due(ask: Ask) -> Any:
    return or_(WhistleUnit.arrived_at.is_not(None), WhistleUnit.report_by <= ask.now)


def _rated(column: Any, *, content: bool) -> Counted:
    return Counted("called", fixed(column.in_(CONTENT) if content else column.is_not(None)))


_CALLED_TO = join(WhistleUnit, Whistle, Whistle.id == WhistleUnit.whistle_id)
CALLS = _table(
    Source.CALLS,
    WhistleUnit,
    (N_("应哨单位"), N_("报到期限"), N_("报到时间")),
    rows=join(
        join(join(_CALLED_TO, Case, Case.id == Whistle.case_id), CaseClass, CaseClass.id == Case.class_id),
        Unit,
        Unit.id == WhistleUnit.unit_id,
    ),
    clocks={
        "called": Clock(
            lambda ask: within(WhistleUnit.called_at, ask), WhistleUnit.called_at, order=WhistleUnit.called_at
        )
    },
    measures={
        "calls.in_time": Counted(
            "called",
            lambda ask: and_(_due(ask), func.coalesce(WhistleUnit.arrived_at <= WhistleUnit.report_by, false())),
        ),
        "calls.due": Counted("called", _due),
        "calls.units_content": _rated(WhistleUnit.unit_rating, content=True),
        "calls.units_rated": _rated(WhistleUnit.unit_rating, content=False),
        "calls.whistles_content": _rated(WhistleUnit.whistle_rating, content=True),
        "calls.whistles_rated": _rated(WhistleUnit.whistle_rating, content=False),
    },
    columns={**_COLUMNS, By.UNIT: WhistleUnit.unit_id},
    narrows={**_NARROWS, "unit_id": equals(WhistleUnit.unit_id)},
    wanted=(
        WhistleUnit.id,
        Unit.name.label("unit"),
        WhistleUnit.report_by,
        WhistleUnit.arrived_at,
        *_SHOWN,
    ),
    line=lambda row, _ask: _line(row, row.unit, row.report_by, row.arrived_at),
)

_ENDED = Clock(lambda ask: within(Mediation.ended_at, ask), Mediation.ended_at, order=Mediation.ended_at)
MEDIATIONS = _table(
    Source.MEDIATIONS,
    Mediation,
    (N_("开始调解"), N_("调解结果")),
    rows=_on(Mediation),
    clocks={
        "opened": Clock(lambda ask: within(Mediation.opened_at, ask), Mediation.opened_at, order=Mediation.opened_at),
        "ended": _ENDED,
        "running": Clock(fixed(Mediation.result.is_(None)), order=Mediation.opened_at, upward=True),
        "confirmed": Clock(
            lambda ask: Mediation.confirmed_on.between(ask.period.first, ask.period.last),
            Mediation.confirmed_on,
            order=Mediation.confirmed_on,
        ),
    },
    measures={
        "mediations.opened": Counted("opened"),
        "mediations.running": Counted("running"),
        "mediations.ended": Counted("ended"),
        "mediations.agreed": Counted("ended", fixed(Mediation.result == str(Result.AGREED))),
        "mediations.failed": Counted("ended", fixed(Mediation.result != str(Result.AGREED))),
        "mediations.success": Counted("ended", fixed(Mediation.result == str(Result.AGREED))),
        "mediations.confirmed": Counted("confirmed"),
    },
    wanted=(Mediation.id, Mediation.opened_at, Mediation.result, *_SHOWN),
    line=lambda row, _ask: _line(
        row,
        row.opened_at,
        Result(row.result).label if row.result else N_("在调"),
        page=("mediation.show", {"case_id": row.case_id}),
    ),
)
