"""Which tests have a full figure, and what it is. `GRIDCASE_FULL=1` makes them run it."""

from __future__ import annotations

from dataclasses import dataclass

BOTH = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Soak:
    """A test function, the figure it shows when it passes, and its databases (none: it touches no database)."""

    test: str
    figure: str
    databases: tuple[str, ...] = BOTH


SOAKS = (
    Soak(
        "tests/migrations/test_data.py::test_rows_live_through_the_upgrade",
        "10,000 rows a table at every revision, upgraded to head: 0 changed",
    ),
    Soak(
        "tests/migrations/test_data.py::test_killed_upgrades_are_finished_by_the_next_one",
        "20 upgrades killed in a row with 10,000 rows a table, then finished: 0 rows and 0 tables differ",
    ),
    Soak(
        "tests/points/test_ledger_machine.py::test_ledger_machine",
        "10,000 sequences of up to 100 steps: 0 violations of the ledger's invariants",
    ),
    Soak(
        "tests/shop/test_last_item_race.py::test_last_item_race",
        "one item left, 64 clients x 200 rounds on 4 workers: 200 winners, 12,600 losers with 409, 0 other answers",
    ),
    Soak(
        "tests/cases/test_lives.py::test_random_lives_of_a_case",
        "10,000 random lives of a case: 0 illegal states, lost steps or wrong clocks",
    ),
    Soak(
        "tests/reminders/test_chaos.py::test_chaos_reminders",
        "2,000 cases, 8 web workers, 2 schedulers, 50 kills, 3 restarts, clocks an hour apart: each told and sent once",
    ),
    Soak(
        "tests/core/test_worktime.py::test_random_deadlines_agree_with_a_walk_over_minutes",
        "5,000 random deadlines against a walk over minutes, in three time zones: 0 differences",
        databases=(),
    ),
    Soak(
        "tests/core/test_sla_oracle.py::test_sla_oracle",
        "5,000 limits in W, N, D, 2019-2026, against a walk over minutes, in each of three time zones: 0 differences",
        databases=(),
    ),
    Soak(
        "tests/sync/test_idempotency.py::test_idempotency",
        "5,000 keys sent 1-8x at once, out of order, over 10 kills: 5,000 rows, replays byte-equal, changed bodies 422,"
        " 200 foreign keys: 0 disclosures",
    ),
    Soak(
        "tests/exchange/test_bad_imports.py::test_bad_imports",
        "500 spoiled register files: 500 name row and column or the file's problem, 0 rows changed",
    ),
    Soak(
        "tests/sync/test_sync_model.py::test_sync_model",
        "2,000 random days of 3 phones and 3 people on a line that breaks: 0 lost, doubled, overwritten or misfiled",
    ),
    Soak(
        "tests/sync/test_chaos_net.py::test_chaos_net_between_phone_and_application",
        "7 toxics x 300 visits between phone and application: 2,100 of 2,100 one row each, none told wrongly",
    ),
    Soak(
        "tests/sync/test_chaos_net.py::test_chaos_net_between_application_and_database",
        "7 toxics x 300 visits between application and PostgreSQL: 2,100 of 2,100 one row each, none told wrongly",
        databases=("postgresql",),
    ),
    Soak(
        "tests/browser/test_phone_faults.py::test_every_visit_is_stored_once_under_who_wrote_it",
        "200 scripted days in Chromium behind a line cut before, during and after: every visit once under its author",
    ),
    Soak(
        "tests/seed/test_whole_demo.py::test_every_place_of_the_demo_is_filled_and_sound",
        "the whole demo as make run loads it, from an empty database: 0 differences",
    ),
)
