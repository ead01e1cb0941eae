"""The rules of a case, without a database: every cell of the table of moves, the clocks, the figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from gridcase.cases.rules import (
    ENDED_STATES,
    MOVES,
    OPEN_STATES,
    Answer,
    Channel,
    Level,
    RequestKind,
    Standing,
    State,
    Urgency,
    answer_refusal,
    closing_needs_note,
    move_named,
    moves_open_to,
    primary_move,
    why_not,
)
from gridcase.core.permissions import Permission as P
from gridcase.people.rules import ROLE_PERMISSIONS, Role

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
EVERYTHING = frozenset(P)
UNFINISHED = "registered accepted dispatched in_progress suspended feedback returned"

# The workflow as a town reads it, written down a second time on purpose: move, from, to, who.
EXPECTED: dict[str, tuple[str, str | None, P]] = {
    "accept": ("registered", "accepted", P.ACCEPT_CASE),
    "reject_duplicate": ("registered accepted returned dispatched", "duplicate", P.ACCEPT_CASE),
    "take_out": ("duplicate", "registered", P.ACCEPT_CASE),
    "follow_first": ("duplicate", None, P.SEE_SYSTEM),
    "self_solve": ("registered accepted", "closed", P.SELF_SOLVE_CASE),
    "dispatch": ("accepted returned", "dispatched", P.DISPATCH_CASE),
    "sign": ("dispatched", "in_progress", P.HANDLE_CASE),
    "give_back": ("dispatched in_progress", "returned", P.HANDLE_CASE),
    "submit_result": ("in_progress", "feedback", P.HANDLE_CASE),
    "record_answer": ("feedback", None, P.ANSWER_CASE),
    "verify": ("feedback", "closed", P.VERIFY_CASE),
    "rework": ("feedback", "in_progress", P.VERIFY_CASE),
    "suspend": ("in_progress", "suspended", P.GRANT_PAUSE),
    "resume": ("suspended", "in_progress", P.GRANT_PAUSE),
    "reopen": ("closed", "in_progress", P.ANSWER_CASE),
    "second_check": ("closed", None, P.SECOND_CHECK),
    "withdraw": (
        "registered accepted dispatched in_progress suspended returned",
        "withdrawn",
        P.REGISTER_CASE,
    ),
    "void": (UNFINISHED, "voided", P.VOID_CASE),
    "remind": (UNFINISHED, None, P.DISPATCH_CASE),
    "supervise": (UNFINISHED, None, P.SUPERVISE_CASE),
    "hand_over": (UNFINISHED, None, P.CONFIRM_PLAN),
    "hand_back": ("dispatched in_progress suspended", "returned", P.CONFIRM_PLAN),
    "transfer": ("dispatched in_progress", "dispatched", P.DISPATCH_CASE),
    "add_helper": ("dispatched in_progress", None, P.DISPATCH_CASE),
    "ask_extension": ("in_progress", None, P.HANDLE_CASE),
    "grant_extension": ("in_progress", None, P.GRANT_PAUSE),
    "refuse_extension": ("in_progress", None, P.GRANT_PAUSE),
    "ask_pause": ("in_progress", None, P.HANDLE_CASE),
    "refuse_pause": ("in_progress", None, P.GRANT_PAUSE),
    "escalate": ("accepted returned dispatched in_progress", "accepted", P.ESCALATE_CASE),
    "report_in": (UNFINISHED, None, P.HANDLE_CASE),
    "put_on_agenda": (UNFINISHED.replace("registered ", ""), None, P.KEEP_DECISIONS),
    "agenda_outcome": (UNFINISHED + " closed voided duplicate withdrawn", None, P.KEEP_DECISIONS),
    "rate_units": ("closed", None, P.ESCALATE_CASE),
    "rate_whistle": ("closed", None, P.HANDLE_CASE),
    "follow_up": ("closed", None, P.REGISTER_CASE),
    "contact": (UNFINISHED, None, P.SEE_REPORTER),
    "lapse": (UNFINISHED + " closed voided duplicate withdrawn", None, P.SEE_SYSTEM),
    "comment": (UNFINISHED + " closed voided duplicate withdrawn", None, P.SEE_CASE),
}


def standing(state: State, permissions: frozenset[P] = EVERYTHING) -> Standing:
    """Somebody who meets every condition besides state and permission."""
    return Standing(
        state=state,
        permissions=permissions,
        is_addressed=True,
        is_reporter=True,
        answered=True,
        second_check_due=True,
        closed_at=NOW - timedelta(days=1) if state == State.CLOSED else None,
        reach=Level.TOWN,
    )


ASKED = frozenset(RequestKind)
# What a move waits for besides state, right and the common conditions.
WAITS: dict[str, dict[str, Any]] = {
    **{key: {"requests": ASKED} for key in ("grant_extension", "refuse_extension", "refuse_pause")},
    "report_in": {"must_report": True},
    "agenda_outcome": {"on_agenda": True},
    "rate_units": {"rates_units": True},
    "contact": {"contact_waits": True},
    "rate_whistle": {"rates_whistle": True},
    "follow_up": {"closed_at": NOW - timedelta(days=30)},
}


def names(someone: Standing, now: datetime = NOW) -> set[str]:
    return {move.name for move in moves_open_to(someone, now=now)}


def test_the_table_has_these_moves_and_no_other() -> None:
    assert {move.name for move in MOVES} == set(EXPECTED)
    assert len(MOVES) == len(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_every_cell_of_the_table(name: str) -> None:
    """Each move x each state x each single permission: open exactly where the table says."""
    sources, target, needed = EXPECTED[name]
    assert move_named(name).target == target
    for state, held in product(State, P):
        open_here = state in sources.split() and held == needed
        someone = replace(standing(state, frozenset({held})), **WAITS.get(name, {}))
        assert (name in names(someone)) == open_here, (name, state, held)


@pytest.mark.parametrize("name", WAITS)
def test_no_move_without_what_it_waits_for(name: str) -> None:
    for state in move_named(name).sources:
        assert name not in names(standing(state))


def test_one_request_at_a_time_and_nobody_grants_his_own() -> None:
    asked = replace(standing(State.IN_PROGRESS), requests=ASKED)
    assert not {"ask_extension", "ask_pause"} & names(asked)
    assert {"grant_extension", "refuse_extension", "suspend", "refuse_pause"} <= names(asked)
    own = names(replace(asked, own_requests=ASKED))
    assert not {"grant_extension", "refuse_extension", "suspend", "refuse_pause"} & own
    once = replace(standing(State.IN_PROGRESS), extensions=1)
    assert "ask_extension" not in names(once)
    assert "ask_extension" in names(replace(once, extensions_allowed=2))


def test_a_co_handler_signs_and_nothing_else() -> None:
    helper = frozenset({P.SEE_CASE, P.HANDLE_CASE})
    for state, open_to_him in ((State.DISPATCHED, {"sign", "comment"}), (State.IN_PROGRESS, {"comment"})):
        found = names(replace(standing(state, helper), is_addressed=False, is_helper=True))
        assert found == open_to_him


def test_a_desk_below_the_climbed_one_sends_no_more() -> None:
    for state in (State.ACCEPTED, State.RETURNED):
        village = replace(standing(state), reach=Level.VILLAGE)
        assert {"dispatch", "escalate"} <= names(village)
        climbed = replace(village, level=Level.TOWN)
        assert not {"dispatch", "escalate", "self_solve", "reject_duplicate"} & names(climbed)
        assert {"dispatch", "escalate"} <= names(replace(climbed, reach=Level.TOWN))
        assert "镇级" in str(why_not(move_named("dispatch"), climbed, now=NOW))
    top = replace(standing(State.ACCEPTED), reach=Level.COUNTY)
    assert "没有上一级" in str(why_not(move_named("escalate"), top, now=NOW))


def test_a_restricted_case_has_no_co_handlers() -> None:
    assert "add_helper" not in names(replace(standing(State.DISPATCHED), restricted=True))


def test_after_the_time_of_reopening_a_linked_new_case_follows() -> None:
    fresh = standing(State.CLOSED)
    assert "follow_up" not in names(fresh)
    old = replace(fresh, closed_at=NOW - timedelta(days=15))
    assert "follow_up" in names(old)
    assert "reopen" not in names(old)


def test_who_holds_nothing_may_nothing() -> None:
    for state in State:
        assert moves_open_to(standing(state, frozenset()), now=NOW) == ()


@pytest.mark.parametrize("name", ["sign", "give_back", "submit_result", "ask_extension", "ask_pause"])
def test_only_the_addressed_post_or_unit_handles(name: str) -> None:
    move = move_named(name)
    for state in move.sources:
        assert name in names(standing(state))
        assert name not in names(replace(standing(state), is_addressed=False))
    assert {m.name for m in MOVES if m.by_address} == {
        "sign", "give_back", "submit_result", "ask_extension", "ask_pause",
    }  # fmt: skip


@pytest.mark.parametrize(("name", "state"), [("verify", State.FEEDBACK), ("second_check", State.CLOSED)])
def test_the_checker_is_not_the_handler(name: str, state: State) -> None:
    assert name in names(standing(state))
    assert name not in names(replace(standing(state), is_handler=True))
    refusal = why_not(move_named(name), replace(standing(state), is_handler=True), now=NOW)
    assert "经办人" in str(refusal)


def test_a_case_closes_only_with_the_villagers_word_or_a_reason_for_its_lack() -> None:
    silent = replace(standing(State.FEEDBACK), answered=False)
    assert "verify" not in names(silent)
    assert "record_answer" in names(silent)
    assert "三次" in str(why_not(move_named("verify"), silent, now=NOW))


def test_withdrawing_is_for_the_reporter_and_not_after_the_result() -> None:
    assert "withdraw" not in names(replace(standing(State.REGISTERED), is_reporter=False))
    assert "withdraw" not in names(standing(State.FEEDBACK))


def test_reopening_ends_after_fourteen_days() -> None:
    closed = standing(State.CLOSED)
    assert closed.closed_at
    assert "reopen" in names(closed, closed.closed_at + timedelta(days=14))
    assert "reopen" not in names(closed, closed.closed_at + timedelta(days=14, seconds=1))
    shorter = replace(closed, reopen_within=timedelta(days=3))  # a setting of the installation
    assert "reopen" not in names(shorter, closed.closed_at + timedelta(days=4))


def test_a_second_check_is_asked_for_once() -> None:
    assert "second_check" not in names(replace(standing(State.CLOSED), second_check_due=False))


def test_refusals_say_what_is_wrong_in_words() -> None:
    accept = move_named("accept")
    assert str(why_not(accept, standing(State.CLOSED), now=NOW)) == "已办结的事件不能受理。"
    assert str(why_not(accept, standing(State.REGISTERED, frozenset()), now=NOW)) == "您的岗位不能受理。"
    assert why_not(accept, standing(State.REGISTERED), now=NOW) is None


@pytest.mark.parametrize(
    ("state", "answered", "expected"),
    [
        (State.REGISTERED, False, "accept"),
        (State.ACCEPTED, False, "dispatch"),
        (State.RETURNED, False, "dispatch"),
        (State.DISPATCHED, False, "sign"),
        (State.IN_PROGRESS, False, "submit_result"),
        (State.SUSPENDED, False, "resume"),
        (State.FEEDBACK, False, "record_answer"),
        (State.FEEDBACK, True, "verify"),
        (State.VOIDED, True, None),
    ],
)
def test_one_primary_button_at_a_time(state: State, answered: bool, expected: str | None) -> None:
    primary = primary_move(moves_open_to(replace(standing(state), answered=answered), now=NOW))
    assert (primary.name if primary else None) == expected


def test_a_liaison_at_the_door_is_offered_to_solve_it_himself() -> None:
    own = frozenset({P.SEE_CASE, P.REGISTER_CASE, P.SELF_SOLVE_CASE, P.HANDLE_CASE, P.ANSWER_CASE})
    primary = primary_move(moves_open_to(standing(State.REGISTERED, own), now=NOW))
    assert primary
    assert primary.name == "self_solve"
    assert {"note", "answer"} <= set(primary.asks)


def test_keys_and_names_are_unique_and_what_ends_a_case_says_so() -> None:
    keys = [move.key for move in MOVES if move.key]
    assert len(set(keys)) == len(keys)
    for move in MOVES:
        assert not set(move.asks) & set(move.optional)
        if move.target in ENDED_STATES:
            assert move.effect is not None, move.name
        assert move.not_by in (None, "handler")


def test_every_open_state_leads_on_and_every_state_is_reached() -> None:
    reached = {move.target for move in MOVES} | {State.REGISTERED}
    assert set(State) <= reached
    for state in OPEN_STATES:
        assert any(move.target for move in MOVES if state in move.sources), state


def test_the_field_knows_twelve_channels_and_what_came_from_elsewhere() -> None:
    assert len(set(Channel) - {Channel.IMPORTED}) == 12
    assert str(Channel.RECEPTION.label) == "选民接待日"
    assert Channel("qr") is Channel.QR


def test_levels_and_urgencies_read_the_catalogue() -> None:
    assert str(Urgency(1).label) == "特急"


def test_every_move_has_somebody_in_the_field_who_makes_it() -> None:
    for move in MOVES:
        assert any(move.needs in held for held in ROLE_PERMISSIONS.values()), move.name


@pytest.mark.parametrize(
    ("role", "state", "moves"),
    [
        (Role.LIAISON, State.REGISTERED, {"self_solve", "withdraw", "comment"}),
        (Role.GRID_LEADER, State.REGISTERED, {"accept", "self_solve", "reject_duplicate", "withdraw", "comment"}),
        (
            Role.VILLAGE_HEAD,
            State.ACCEPTED,
            {
                "dispatch",
                "self_solve",
                "reject_duplicate",
                "escalate",
                "remind",
                "hand_over",
                "withdraw",
                "comment",
                "put_on_agenda",
            },
        ),
        (Role.DEPT, State.DISPATCHED, {"sign", "give_back", "comment"}),
        (Role.DEPT, State.FEEDBACK, {"comment"}),
        (
            Role.UNIT_LEAD,
            State.IN_PROGRESS,
            {"submit_result", "give_back", "ask_extension", "ask_pause", "suspend", "comment"},
        ),
        (Role.DISPATCHER, State.FEEDBACK, {"record_answer", "verify", "rework", "remind", "comment"}),
        (Role.SECTION_LEADER, State.CLOSED, {"reopen", "second_check", "comment"}),
        (Role.TOWN_MANAGER, State.IN_PROGRESS, {"void", "supervise", "withdraw", "comment", "put_on_agenda"}),
        (Role.DEPUTY, State.IN_PROGRESS, {"withdraw", "comment"}),
        (Role.AUDITOR, State.IN_PROGRESS, set()),
        (Role.SYSTEM_ADMIN, State.REGISTERED, {"lapse"}),  # the system's own step; who keeps it sees no case at all
        (Role.RESIDENT, State.FEEDBACK, set()),
    ],
)
def test_what_the_roles_can_do_where(role: Role, state: State, moves: set[str]) -> None:
    assert names(standing(state, ROLE_PERMISSIONS[role])) == moves


# -- answers


@pytest.mark.parametrize("answer", [Answer.SOLVED, Answer.NOT_SOLVED, Answer.ANSWERED_QUESTION])
def test_a_spoken_answer_is_always_taken(answer: Answer) -> None:
    assert answer.is_word
    assert answer_refusal(answer, anonymous=False, imported=False, attempts=0) is None


@pytest.mark.parametrize(
    ("answer", "facts", "taken"),
    [
        (Answer.NO_WORD_ANONYMOUS, {"anonymous": True}, True),
        (Answer.NO_WORD_ANONYMOUS, {"imported": True, "attempts": 3}, False),
        (Answer.NO_WORD_IMPORTED, {"imported": True}, True),
        (Answer.NO_WORD_IMPORTED, {"anonymous": True}, False),
        (Answer.NO_WORD_UNREACHED, {"attempts": 3}, True),
        (Answer.NO_WORD_UNREACHED, {"attempts": 2}, False),
    ],
)
def test_an_excuse_needs_its_fact(answer: Answer, facts: dict[str, int], taken: bool) -> None:
    given = {"anonymous": False, "imported": False, "attempts": 0} | facts
    refusal = answer_refusal(
        answer,
        anonymous=bool(given["anonymous"]),
        imported=bool(given["imported"]),
        attempts=given["attempts"],
    )
    assert (refusal is None) == taken
    assert not answer.is_word


def test_closing_against_the_villagers_word_needs_a_reason() -> None:
    assert [answer for answer in Answer if closing_needs_note(answer)] == [Answer.NOT_SOLVED]
