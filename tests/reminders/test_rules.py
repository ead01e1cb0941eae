"""When it is night, and whom a case waits for."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from gridcase.cases.rules import Level, State
from gridcase.core.errors import Refused
from gridcase.people.rules import Role
from gridcase.reminders import rules


@pytest.mark.parametrize(
    ("clock", "night"),
    [("06:59", True), ("07:00", False), ("12:00", False), ("20:59", False), ("21:00", True), ("23:30", True)],
)
def test_night_is_the_towns(clock: str, night: bool) -> None:
    assert rules.Times().quiet(datetime.fromisoformat(f"2026-11-23T{clock}:00+08:00")) is night


def test_a_digest_belongs_to_the_towns_day() -> None:
    early = datetime.fromisoformat("2026-11-22T17:00:00+00:00")  # 01:00 on the 23rd in the town
    assert rules.day_begins(early) == datetime.fromisoformat("2026-11-23T00:00:00+08:00")


@pytest.mark.parametrize("state", list(State))
def test_every_open_state_waits_for_somebody(state: State) -> None:
    assert rules.at_desk(state) or rules.waits_for(state)


def test_a_restricted_case_is_heard_of_above_the_village_only() -> None:
    desks = {Role.DISPATCHER, Role.TOWN_MANAGER, Role.COUNTY_DISPATCHER}
    assert {role for role in Role if rules.may_hear(role, restricted=True)} == desks


@pytest.mark.parametrize("state", [State.ACCEPTED, State.RETURNED, State.FEEDBACK])
def test_the_county_hears_of_what_has_climbed_to_it_and_of_nothing_else(state: State) -> None:
    assert Role.COUNTY_DISPATCHER not in rules.waits_for(state)
    climbed = rules.waits_for(state, Level.COUNTY)
    assert (climbed == (Role.COUNTY_DISPATCHER,)) == (state is not State.FEEDBACK)


def test_times_of_a_county_leave_the_day_open() -> None:
    times = rules.Times(time(22), time(6, 30), time(9))
    assert rules.Times.from_json(times.checked().to_json()) == times
    for wrong, field in (
        (rules.Times(quiet_from=time(12)), "quiet_from"),
        (rules.Times(quiet_to=time(11), digest_at=time(12)), "quiet_to"),
        (rules.Times(digest_at=time(6)), "digest_at"),
    ):
        with pytest.raises(Refused) as refusal:
            wrong.checked()
        assert refusal.value.field == field
