"""Writing cases: one function is one thing a person does. Every change of state goes through `door._move`."""

from gridcase.cases.queries import check
from gridcase.cases.service.clocks import soon_rule
from gridcase.cases.service.closing import (
    ClosingPolicy,
    closing_policy,
    drawn_for_second_check,
    record_answer,
    reopen,
    rework,
    second_check,
    self_solve,
    verify,
)
from gridcase.cases.service.handover import hand_back, hand_over
from gridcase.cases.service.history import HistoryRow, ImportResult, import_history
from gridcase.cases.service.learning import learn_classes
from gridcase.cases.service.linking import link_to
from gridcase.cases.service.moves import (
    REMINDABLE,
    accept,
    comment,
    dispatch,
    give_back,
    reject_duplicate,
    remind,
    resume,
    sign,
    sort,
    submit_result,
    suspend,
    void,
    withdraw,
)
from gridcase.cases.service.recount import Recount, look_at_deadlines, move_deadlines
from gridcase.cases.service.register import ImportedFrom, Intake, collect, collect_and_solve, repoint_household
from gridcase.cases.service.tallies import fold_tallies

__all__ = [
    "REMINDABLE",
    "ClosingPolicy",
    "HistoryRow",
    "ImportResult",
    "ImportedFrom",
    "Intake",
    "Recount",
    "accept",
    "check",
    "closing_policy",
    "collect",
    "collect_and_solve",
    "comment",
    "dispatch",
    "drawn_for_second_check",
    "fold_tallies",
    "give_back",
    "hand_back",
    "hand_over",
    "import_history",
    "learn_classes",
    "link_to",
    "look_at_deadlines",
    "move_deadlines",
    "record_answer",
    "reject_duplicate",
    "remind",
    "reopen",
    "repoint_household",
    "resume",
    "rework",
    "second_check",
    "self_solve",
    "sign",
    "soon_rule",
    "sort",
    "submit_result",
    "suspend",
    "verify",
    "void",
    "withdraw",
]
