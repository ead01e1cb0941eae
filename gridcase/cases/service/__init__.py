"""Writing cases: one function is one thing a person does. Every change of state goes through `door._move`."""

from gridcase.cases.queries import check
from gridcase.cases.service import hot, searching
from gridcase.cases.service.agenda import agenda_outcome, put_on_agenda
from gridcase.cases.service.catalogue import (
    Change,
    above_of,
    add_class,
    back_to_default,
    mark_of,
    set_class,
    terms_of,
)
from gridcase.cases.service.clocks import soon_rule
from gridcase.cases.service.closing import (
    ClosingPolicy,
    closing_policy,
    contact,
    drawn_for_second_check,
    record_answer,
    reopen,
    rework,
    second_check,
    self_solve,
    verify,
)
from gridcase.cases.service.duties import Entry, Taken, import_duties, keep_duty, remove_duty
from gridcase.cases.service.following import follow_up
from gridcase.cases.service.handover import hand_back, hand_over
from gridcase.cases.service.history import HistoryRow, ImportResult, import_history
from gridcase.cases.service.learning import learn_classes
from gridcase.cases.service.leaving import note_export
from gridcase.cases.service.linking import link_to
from gridcase.cases.service.moves import (
    REMINDABLE,
    accept,
    add_helper,
    comment,
    dispatch,
    give_back,
    remind,
    sign,
    sort,
    submit_result,
    transfer,
    void,
    withdraw,
)
from gridcase.cases.service.papers import Papers, attach
from gridcase.cases.service.recount import Recount, look_at_deadlines, move_deadlines
from gridcase.cases.service.register import (
    ImportedFrom,
    Intake,
    Transferred,
    collect,
    collect_and_solve,
    repoint_household,
)
from gridcase.cases.service.replies import (
    TEMPLATE_SEEN,
    add_template,
    edit_template,
    restore_template,
    retire_template,
)
from gridcase.cases.service.requests import (
    ask_extension,
    ask_pause,
    grant_extension,
    open_request,
    refuse_extension,
    refuse_pause,
    resume,
    suspend,
)
from gridcase.cases.service.saved import MOST_VIEWS, drop_view, keep_view, open_with_view, rename_view
from gridcase.cases.service.supervision import draft_sheets, drop_sheet, sign_sheet
from gridcase.cases.service.tallies import fold_tallies
from gridcase.cases.service.voices import DROPPED, follow_all, reject_duplicate, take_out
from gridcase.cases.service.whistles import WHISTLED, escalate, rate_units, rate_whistle, report_in

__all__ = [
    "DROPPED",
    "MOST_VIEWS",
    "REMINDABLE",
    "TEMPLATE_SEEN",
    "WHISTLED",
    "Change",
    "ClosingPolicy",
    "Entry",
    "HistoryRow",
    "ImportResult",
    "ImportedFrom",
    "Intake",
    "Papers",
    "Recount",
    "Taken",
    "Transferred",
    "above_of",
    "accept",
    "add_class",
    "add_helper",
    "add_template",
    "agenda_outcome",
    "ask_extension",
    "ask_pause",
    "attach",
    "back_to_default",
    "check",
    "closing_policy",
    "collect",
    "collect_and_solve",
    "comment",
    "contact",
    "dispatch",
    "draft_sheets",
    "drawn_for_second_check",
    "drop_sheet",
    "drop_view",
    "edit_template",
    "escalate",
    "fold_tallies",
    "follow_all",
    "follow_up",
    "give_back",
    "grant_extension",
    "hand_back",
    "hand_over",
    "hot",
    "import_duties",
    "import_history",
    "keep_duty",
    "keep_view",
    "learn_classes",
    "link_to",
    "look_at_deadlines",
    "mark_of",
    "move_deadlines",
    "note_export",
    "open_request",
    "open_with_view",
    "put_on_agenda",
    "rate_units",
    "rate_whistle",
    "record_answer",
    "refuse_extension",
    "refuse_pause",
    "reject_duplicate",
    "remind",
    "remove_duty",
    "rename_view",
    "reopen",
    "repoint_household",
    "report_in",
    "restore_template",
    "resume",
    "retire_template",
    "rework",
    "searching",
    "second_check",
    "self_solve",
    "set_class",
    "sign",
    "sign_sheet",
    "soon_rule",
    "sort",
    "submit_result",
    "suspend",
    "take_out",
    "terms_of",
    "transfer",
    "verify",
    "void",
    "withdraw",
]
