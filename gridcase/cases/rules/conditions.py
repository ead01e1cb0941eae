"""What a move asks besides state and rights: how high a case stands, what was asked for, who was called, what lies
before a council.
"""

from __future__ import annotations

from gridcase.cases.rules.standing import Move, Standing
from gridcase.cases.rules.states import LEVELS, Level, RequestKind
from gridcase.core.words import N_, Text

_ASKS = {"ask_extension": RequestKind.EXTENSION, "ask_pause": RequestKind.PAUSE}


def level_above(level: Level) -> Level | None:
    """The next desk up; None above the county."""
    place = LEVELS.index(level) + 1
    return LEVELS[place] if place < len(LEVELS) else None


def climbs_to(standing: Standing) -> Level | None:
    """Where climbing leads: one step above the desk of who lets it climb, never below where it already is."""
    return level_above(standing.reach)


def why_not_climbed(move: Move, standing: Standing) -> Text | None:
    """A desk below the one the case has climbed to sends it no more; above the county there is none."""
    if move.by_desk and standing.level is not None and LEVELS.index(standing.reach) < LEVELS.index(standing.level):
        return N_("这件事已提到%(level)s，由那里%(move)s。", level=standing.level.label, move=move.label)
    if move.name == "escalate" and climbs_to(standing) is None:
        return N_("已经在县级，没有上一级可提。")
    if move.name == "add_helper" and standing.restricted:
        return N_("限定可见的事只派给一处，不加协办。")
    return None


def why_not_asked(move: Move, standing: Standing) -> Text | None:
    """One open request a kind, decided by somebody else; so many extensions a case."""
    kind = _ASKS.get(move.name)
    if kind is not None and kind in standing.requests:
        return N_("已经申请过，正等答复。")
    if move.name == "ask_extension" and standing.extensions >= standing.extensions_allowed:
        return N_("每件事只能延期 %(n)s 次，这件已经延过。", n=standing.extensions_allowed)
    if move.answers is None:
        return None
    if move.answers in standing.own_requests:
        return N_("自己申请的，请由别人答复。")
    if move.answers not in standing.requests and move.name != "suspend":
        return N_("没有待答复的申请。")
    return None


def why_not_called(move: Move, standing: Standing) -> Text | None:
    """Reporting in and rating belong to those of the whistle."""
    if move.name == "report_in" and not standing.must_report:
        return N_("没有等您报到的哨。")
    if move.name == "rate_units" and not standing.rates_units:
        return N_("没有待您评价的部门。")
    if move.name == "rate_whistle" and not standing.rates_whistle:
        return N_("没有待您评价的哨。")
    return None


def why_not_talked_over(move: Move, standing: Standing) -> Text | None:
    """One open item of an agenda a case; the four councils are never asked about what is about a person."""
    if move.name == "put_on_agenda" and standing.restricted:
        return N_("限定可见的事不请四会商量。")
    if move.name == "put_on_agenda" and standing.on_agenda:
        return N_("这件事已经列在议程上，请先记下商量的结果。")
    if move.name == "agenda_outcome" and not standing.on_agenda:
        return N_("这件事不在议程上，没有结果可记。")
    return None
