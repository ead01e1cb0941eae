"""The clocks of a case: its light, the limits of its stages, the ladder of reminders, the on-time figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from gridcase.cases.rules.states import State, Urgency, WhistleKind
from gridcase.core.errors import Refused
from gridcase.core.labels import Labelled, Marked
from gridcase.core.words import N_, Text
from gridcase.core.worktime import SOON_HOURS, SOON_SHARE, Limit, LimitUnit

SOON_KEY = "due_soon"  # the setting of a county
SECOND_CHECK_SHARE = 0.10  # of the self-solved cases, drawn at random


LONGEST_SOON = 80


class Light(Marked):
    """How a case stands in time; always shown with its mark and its word."""

    GREEN = "green", N_("期限内"), "●"
    YELLOW = "yellow", N_("将到期"), "▲"
    RED = "red", N_("已超期"), "■"
    CLOSED = "closed", N_("已结束"), "✓"


def light_of(*, due_at: datetime | None, soon_at: datetime | None, closed: bool, now: datetime) -> Light:
    """The light of a case. At the due time itself it is not yet late; without a due time it is never late."""
    if closed:
        return Light.CLOSED
    if due_at is not None and now > due_at:
        return Light.RED
    if soon_at is not None and now >= soon_at:
        return Light.YELLOW
    return Light.GREEN


class Stage(Labelled):
    """What a case is waiting for; each stage has its own clock, started anew when the case comes to it."""

    ACCEPT = "accept", N_("待受理")
    DISPATCH = "dispatch", N_("待派单")
    SIGN = "sign", N_("待签收")
    RESULT = "result", N_("待办理")
    CHECK = "check", N_("待核查")


_STAGES = {
    State.REGISTERED: Stage.ACCEPT,
    State.ACCEPTED: Stage.DISPATCH,
    State.RETURNED: Stage.DISPATCH,
    State.DISPATCHED: Stage.SIGN,
    State.IN_PROGRESS: Stage.RESULT,
    State.FEEDBACK: Stage.CHECK,
}


def stage_of(state: State) -> Stage | None:
    """What a case in this state waits for; None while it is suspended or when it has ended."""
    return _STAGES.get(state)


def _natural(hours: float) -> Limit:
    return Limit(hours, LimitUnit.NATURAL)


def _working(hours: float) -> Limit:
    return Limit(hours, LimitUnit.WORKING)


_1, _2, _3 = Urgency
STAGE_LIMITS: Mapping[Stage, Mapping[Urgency, Limit]] = {
    Stage.ACCEPT: {_1: _natural(0.5), _2: _working(2), _3: _working(8)},
    Stage.DISPATCH: {_1: _natural(0.5), _2: _working(2), _3: _working(4)},
    Stage.SIGN: {_1: _natural(0.5), _2: _working(2), _3: _working(8)},
    Stage.CHECK: {_1: _natural(24), _2: _working(8), _3: _working(16)},
}

# Within what time a unit called by a whistle reports in.
REPORT_IN: Mapping[WhistleKind, Limit] = {
    WhistleKind.EMERGENCY: _natural(0.5),
    WhistleKind.ENFORCEMENT: _working(8),
    WhistleKind.ROUTINE: _working(16),
}


def stage_limit(state: State, urgency: Urgency) -> Limit | None:
    """The limit of the stage a case has come to; None where the class's limit rules (result), or nothing."""
    stage = stage_of(state)
    limits = STAGE_LIMITS.get(stage) if stage else None
    return limits[urgency] if limits else None


@dataclass(frozen=True)
class SoonRule:
    """When due-soon begins: at the shorter of so many working hours and so much of the limit (percent) before."""

    hours: float = SOON_HOURS
    percent: int = int(SOON_SHARE * 100)

    def checked(self) -> Self:
        """The rule itself; `Refused` beside the field that makes no sense."""
        if not 1 <= self.hours <= LONGEST_SOON:
            raise Refused(N_("须在 1 到 %(most)s 个工作小时之间。", most=LONGEST_SOON), field="soon_hours")
        if not 1 <= self.percent <= 90:
            raise Refused(N_("须在 1 到 90 之间。"), field="soon_percent")
        return self

    def to_json(self) -> dict[str, Any]:
        """The form kept as a setting."""
        return {"hours": self.hours, "percent": self.percent}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read back what `to_json` wrote."""
        return cls(stored["hours"], stored["percent"])


@dataclass(frozen=True)
class Rung:
    """One reminder of the ladder: `after_hours` W after the due time (None: when due-soon begins).

    `to` names `handler` (the post or unit the case waits for) and roles over its place. `offers` is what the
    reminder proposes: `escalate` to the next level, or `supervise`: a supervision sheet is drafted, a person
    signs it. `name` is the rule under which the notice is written once.
    """

    name: str
    after_hours: float | None
    to: tuple[str, ...]
    text: Text
    offers: str | None = None

    def say(self, **values: Any) -> Text:
        """The sentence with `number`, `due` and `on` filled in: it stays true whenever it is read, and never carries a
        name or a text of the case."""
        return Text(self.text.msgid, values)


LADDER: tuple[Rung, ...] = (
    Rung("case_soon", None, ("handler",), N_("事件%(number)s的期限是%(due)s，请在此前办理。")),
    Rung("case_due", 0, ("handler", "grid_leader"), N_("事件%(number)s在%(due)s到期，请说明进展。")),
    Rung(
        "case_late_8",
        8,
        ("village_head",),
        N_("事件%(number)s在%(due)s到期，到%(on)s过了1个工作日还没有办结，请协调。"),
    ),
    Rung(
        "case_late_16",
        16,
        ("dispatcher",),
        N_("事件%(number)s在%(due)s到期，到%(on)s过了2个工作日还没有办结，可提级办理。"),
        "escalate",
    ),
    Rung(
        "case_late_40",
        40,
        ("dispatcher", "town_manager"),
        N_("事件%(number)s在%(due)s到期，到%(on)s过了5个工作日还没有办结，列入督办。"),
        "supervise",
    ),
)

# Emergencies alone have somebody look after their stages too: half an hour is over soon, and not at the due time.
STAGE_LATE = Rung(
    "case_stage", 0, ("handler", "dispatcher"),
    N_("特急事件%(number)s的%(step)s应在%(due)s前完成，到%(on)s还没有人动，请马上处理。"),
)  # fmt: skip
# What is to be done in a short stage, as the sentence above names it.
_STEPS = {
    State.REGISTERED: N_("受理"), State.ACCEPTED: N_("派单"), State.RETURNED: N_("派单"), State.DISPATCHED: N_("签收"),
}  # fmt: skip


def stage_said(rung: Rung, state: State) -> dict[str, Text]:
    """The step that a reminder names, of those that name one; `state` is that of the case."""
    return {"step": _STEPS[state]} if rung is STAGE_LATE else {}
