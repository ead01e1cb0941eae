"""The whole workflow of a case as one table, and the one answer to "may this person do that now".

The buttons of a page and the check of the service both come from `why_not`. A case changes its state only
through a row of `MOVES`; a row without target leaves the state and only adds a step.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from gridcase.cases.rules.conditions import why_not_asked, why_not_called, why_not_climbed, why_not_talked_over
from gridcase.cases.rules.standing import REOPEN_WITHIN, Move, Standing
from gridcase.cases.rules.states import ENDED_STATES, Answer, RequestKind, State
from gridcase.core.permissions import Permission
from gridcase.core.words import N_, Text

__all__ = ["MOVES", "REOPEN_WITHIN", "Move", "Standing", "move_named", "moves_open_to", "primary_move", "why_not"]

_UNFINISHED = frozenset(State) - ENDED_STATES


def _from(*states: State) -> frozenset[State]:
    return frozenset(states)


_IN_HANDS = _from(State.DISPATCHED, State.IN_PROGRESS)

# The order is the order of the buttons: the first primary move that is open is the big one.
MOVES: tuple[Move, ...] = (
    Move(
        name="accept",
        label=N_("受理"),
        sources=_from(State.REGISTERED),
        target=State.ACCEPTED,
        needs=Permission.ACCEPT_CASE,
        asks=("class_id", "urgency"),
        optional=("note",),
        primary=True,
        key="a",
        by_desk=True,
    ),
    Move(
        name="dispatch",
        label=N_("派单"),
        sources=_from(State.ACCEPTED, State.RETURNED),
        target=State.DISPATCHED,
        needs=Permission.DISPATCH_CASE,
        asks=("handler",),
        optional=("note",),
        primary=True,
        key="d",
        by_desk=True,
    ),
    Move(
        name="self_solve",
        label=N_("自办自结"),
        sources=_from(State.REGISTERED, State.ACCEPTED),
        target=State.CLOSED,
        needs=Permission.SELF_SOLVE_CASE,
        asks=("note", "answer"),
        optional=("rating", "helper_household"),
        primary=True,
        key="e",
        effect=N_("直接办结，并记下群众的答复。"),
        by_desk=True,
    ),
    Move(
        name="reject_duplicate",
        label=N_("并入重复件"),
        sources=_from(State.REGISTERED, State.ACCEPTED, State.RETURNED, State.DISPATCHED),
        target=State.DUPLICATE,
        needs=Permission.ACCEPT_CASE,
        asks=("duplicate_of",),
        optional=("note",),
        effect=N_("本件附议首件：编号和页面不变，进展以首件为准，随首件办结。"),
        by_desk=True,
    ),
    Move(
        name="take_out", label=N_("移出并件"), sources=_from(State.DUPLICATE), target=State.REGISTERED,
        needs=Permission.ACCEPT_CASE, asks=("note",), effect=N_("本件恢复单独办理，期限仍从登记时算起。"),
    ),
    Move(
        name="sign",
        label=N_("签收"),
        sources=_from(State.DISPATCHED),
        target=State.IN_PROGRESS,
        needs=Permission.HANDLE_CASE,
        by_address=True,
        primary=True,
        key="s",
        or_helper=True,
    ),
    Move(
        name="submit_result",
        label=N_("提交结果"),
        sources=_from(State.IN_PROGRESS),
        target=State.FEEDBACK,
        needs=Permission.HANDLE_CASE,
        asks=("note",),
        optional=("helper_household",),
        by_address=True,
        primary=True,
        key="r",
    ),
    Move(
        name="give_back",
        label=N_("退单"),
        sources=_from(State.DISPATCHED, State.IN_PROGRESS),
        target=State.RETURNED,
        needs=Permission.HANDLE_CASE,
        asks=("return_reason",),
        optional=("note",),
        by_address=True,
        key="b",
    ),
    Move(
        name="transfer", label=N_("转办"), sources=_IN_HANDS, target=State.DISPATCHED, needs=Permission.DISPATCH_CASE,
        asks=("handler", "note"), by_desk=True,
    ),
    Move(
        name="add_helper", label=N_("增加协办"), sources=_IN_HANDS, target=None, needs=Permission.DISPATCH_CASE,
        asks=("handler",), optional=("note",), by_desk=True,
    ),
    Move(
        name="ask_extension", label=N_("申请延期"), sources=_from(State.IN_PROGRESS), target=None,
        needs=Permission.HANDLE_CASE, asks=("extension_reason", "amount"), optional=("note",), by_address=True,
    ),
    Move(
        name="grant_extension", label=N_("准予延期"), sources=_from(State.IN_PROGRESS), target=None,
        needs=Permission.GRANT_PAUSE, optional=("note",), answers=RequestKind.EXTENSION,
    ),
    Move(
        name="refuse_extension", label=N_("不准延期"), sources=_from(State.IN_PROGRESS), target=None,
        needs=Permission.GRANT_PAUSE, asks=("note",), answers=RequestKind.EXTENSION,
    ),
    Move(
        name="ask_pause", label=N_("申请挂起"), sources=_from(State.IN_PROGRESS), target=None,
        needs=Permission.HANDLE_CASE, asks=("pause_reason", "expected_on"), optional=("note",), by_address=True,
    ),
    Move(
        name="suspend",
        label=N_("准予挂起"),
        sources=_from(State.IN_PROGRESS),
        target=State.SUSPENDED,
        needs=Permission.GRANT_PAUSE,
        asks=("pause_reason", "expected_on"),
        optional=("note",),
        answers=RequestKind.PAUSE,
    ),
    Move(
        name="refuse_pause", label=N_("不准挂起"), sources=_from(State.IN_PROGRESS), target=None,
        needs=Permission.GRANT_PAUSE, asks=("note",), answers=RequestKind.PAUSE,
    ),
    Move(
        name="resume",
        label=N_("恢复办理"),
        sources=_from(State.SUSPENDED),
        target=State.IN_PROGRESS,
        needs=Permission.GRANT_PAUSE,
        optional=("note",),
        primary=True,
    ),
    Move(
        name="escalate", label=N_("提级"), sources=_from(State.ACCEPTED, State.RETURNED) | _IN_HANDS,
        target=State.ACCEPTED, needs=Permission.ESCALATE_CASE, asks=("note",), optional=("whistle_kind", "units"),
        by_desk=True, key="t", effect=N_("事件交上一级派单，原办理人改为协办。"),
    ),
    # A council talks over what is the village's own. The class must stand, so the case is taken up first; whatever
    # became of it meanwhile, what the council said is written down.
    Move(
        name="put_on_agenda", label=N_("列入四会议程"), sources=_UNFINISHED - {State.REGISTERED}, target=None,
        needs=Permission.KEEP_DECISIONS, asks=("council", "planned_on", "note"),
        effect=N_("事件还在原处办理，期限照常计时。"),
    ),
    Move(
        name="agenda_outcome", label=N_("记下商量结果"), sources=frozenset(State), target=None,
        needs=Permission.KEEP_DECISIONS, asks=("outcome", "note"), optional=("decision",),
        effect=N_("反映人看得到写下的话，请不要写人名。"),
    ),
    Move(
        name="report_in", label=N_("报到"), sources=_UNFINISHED, target=None, needs=Permission.HANDLE_CASE,
        optional=("note",), primary=True,
    ),
    Move(
        name="rate_units", label=N_("评价部门"), sources=_from(State.CLOSED), target=None,
        needs=Permission.ESCALATE_CASE, asks=("rating",), optional=("note",),
    ),
    Move(
        name="rate_whistle", label=N_("评价哨件"), sources=_from(State.CLOSED), target=None,
        needs=Permission.HANDLE_CASE, asks=("rating",), optional=("note",),
    ),
    Move(
        name="verify",
        label=N_("核查办结"),
        sources=_from(State.FEEDBACK),
        target=State.CLOSED,
        needs=Permission.VERIFY_CASE,
        optional=("note",),
        not_by="handler",
        primary=True,
        key="v",
        effect=N_("办结后停止计时，群众不满意时可以在期限内重启。"),
    ),
    Move(
        name="contact", label=N_("记下已联系"), sources=_UNFINISHED, target=None, needs=Permission.SEE_REPORTER,
        optional=("note",),
    ),
    # No answer given means: tried and not reached, one dated attempt.
    Move(
        name="record_answer",
        label=N_("记录答复"),
        sources=_from(State.FEEDBACK),
        target=None,
        needs=Permission.ANSWER_CASE,
        optional=("answer", "rating", "note"),
        primary=True,
        key="w",
    ),
    Move(
        name="rework",
        label=N_("退回重办"),
        sources=_from(State.FEEDBACK),
        target=State.IN_PROGRESS,
        needs=Permission.VERIFY_CASE,
        asks=("note",),
    ),
    # The villager's word opens it again, so whoever may take that word may do it.
    Move(
        name="reopen",
        label=N_("重启"),
        sources=_from(State.CLOSED),
        target=State.IN_PROGRESS,
        needs=Permission.ANSWER_CASE,
        asks=("note",),
        effect=N_("事件回到办理中，因它计入的积分将冲回。"),
    ),
    Move(
        name="follow_up", label=N_("登记后续事件"), sources=_from(State.CLOSED), target=None,
        needs=Permission.REGISTER_CASE, asks=("note",), effect=N_("另立一件新事件，与这一件相连。"),
    ),
    Move(
        name="second_check",
        label=N_("复核"),
        sources=_from(State.CLOSED),
        target=None,
        needs=Permission.SECOND_CHECK,
        asks=("passed",),
        optional=("note",),
        not_by="handler",
        primary=True,
    ),
    Move(
        name="remind",
        label=N_("催办"),
        sources=_UNFINISHED,
        target=None,
        needs=Permission.DISPATCH_CASE,
        optional=("note",),
        key="u",
    ),
    # Made by signing a supervision sheet, not by a button of the case.
    Move(
        name="supervise",
        label=N_("督办"),
        sources=_UNFINISHED,
        target=None,
        needs=Permission.SUPERVISE_CASE,
        asks=("note",),
    ),
    Move(
        name="comment",
        label=N_("留言"),
        sources=frozenset(State),
        target=None,
        needs=Permission.SEE_CASE,
        asks=("note",),
        key="c",
    ),
    # A voice follows the case it has joined; the system writes it down.
    Move(
        name="follow_first", label=N_("随首件"), sources=_from(State.DUPLICATE), target=None,
        needs=Permission.SEE_SYSTEM,
    ),
    # What was asked for and not decided when the case left the handler's hands; the system writes it down.
    Move(
        name="lapse", label=N_("申请失效"), sources=frozenset(State), target=None, needs=Permission.SEE_SYSTEM,
    ),
    # Two moves of a reorganisation, not of a button: what a closing post had goes to the post that follows; what
    # only the town's desk may send on goes back to that desk.
    Move(
        name="hand_over",
        label=N_("移交"),
        sources=_UNFINISHED,
        target=None,
        needs=Permission.CONFIRM_PLAN,
        optional=("note",),
    ),
    Move(
        name="hand_back",
        label=N_("交回派单"),
        sources=_from(State.DISPATCHED, State.IN_PROGRESS, State.SUSPENDED),
        target=State.RETURNED,
        needs=Permission.CONFIRM_PLAN,
        optional=("note",),
    ),
    Move(
        name="withdraw",
        label=N_("撤回"),
        sources=_UNFINISHED - {State.FEEDBACK},
        target=State.WITHDRAWN,
        needs=Permission.REGISTER_CASE,
        asks=("note",),
        by_reporter=True,
        effect=N_("事件到此结束，不再办理。"),
    ),
    Move(
        name="void",
        label=N_("作废"),
        sources=_UNFINISHED,
        target=State.VOIDED,
        needs=Permission.VOID_CASE,
        asks=("note",),
        effect=N_("事件作废，不再办理，也不计入统计。"),
    ),
)  # fmt: skip
_BY_NAME = {move.name: move for move in MOVES}


def move_named(name: str) -> Move:
    """The row of the table; raises `KeyError` for a name that is not in it."""
    return _BY_NAME[name]


def why_not(move: Move, standing: Standing, *, now: datetime) -> Text | None:
    """Why this person cannot make this move now, in words; None when it is open."""
    if standing.state not in move.sources:
        return N_("%(state)s的事件不能%(move)s。", state=standing.state.label, move=move.label)
    if move.needs not in standing.permissions:
        return N_("您的岗位不能%(move)s。", move=move.label)
    addressed = standing.is_addressed or (move.or_helper and standing.is_helper)
    if move.by_address and not addressed:
        return N_("只有接到派单的岗位或单位才能%(move)s。", move=move.label)
    if move.by_reporter and not standing.is_reporter:
        return N_("只有反映人本人或登记的岗位才能%(move)s。", move=move.label)
    if move.not_by == "handler" and standing.is_handler:
        return N_("经办人不能%(move)s自己办的事，请交给别人。", move=move.label)
    return _own_condition(move, standing, now)


def moves_open_to(standing: Standing, *, now: datetime) -> tuple[Move, ...]:
    """What this person can do with this case now, in the order of the buttons."""
    return tuple(move for move in MOVES if why_not(move, standing, now=now) is None)


def primary_move(
    moves: tuple[Move, ...], *, answer: Answer | None = None, asked: Collection[RequestKind] = ()
) -> Move | None:
    """The one big button among the open moves. `answer`: the villager's word turns it; once it is there nobody need
    ask again, and "not solved" asks for rework. `asked`: a request waits, so granting it comes first.
    """
    wanted = [move for move in moves if move.primary and not (move.name == "record_answer" and answer is not None)]
    if answer is Answer.NOT_SOLVED:
        wanted = [move for move in moves if move.name == "rework"] + wanted
    return next((move for move in moves if move.answers in asked), None) or next(iter(wanted), None)


def _own_condition(move: Move, standing: Standing, now: datetime) -> Text | None:
    if move.name == "verify" and not standing.answered:
        return N_("请先记录群众的答复；联系不上的，须有三次联系记录。")
    if move.name == "second_check" and not standing.second_check_due:
        return N_("这件事没有待做的复核。")
    if move.name == "contact" and not standing.contact_waits:
        return N_("首次联系没有在计时，不用再记。")
    if move.name in ("reopen", "follow_up"):
        return _again(move, standing, now)
    asked = why_not_asked(move, standing) or why_not_called(move, standing)
    return why_not_climbed(move, standing) or asked or why_not_talked_over(move, standing)


def _again(move: Move, standing: Standing, now: datetime) -> Text | None:
    n = standing.reopen_within.days
    over = standing.closed_at is None or now > standing.closed_at + standing.reopen_within
    if move.name == "reopen" and over:
        return N_("办结已超过 %(n)s 天，请作为新事件登记。", n=n)
    if move.name == "follow_up" and not over:
        return N_("办结未满 %(n)s 天，请直接重启。", n=n)
    return None
