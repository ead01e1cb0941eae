"""Routes of this part: the working calendar."""

from __future__ import annotations

from tests.factories.objects import Thing
from tests.factories.world import World
from tests.house.roles import WORKING, Row, names

TABLE: tuple[Row, ...] = (
    Row("reminders.calendar_index", WORKING),
    Row("reminders.calendar_year", WORKING),
    Row("reminders.calendar_day", names("county_manager")),
    Row("reminders.calendar_file", names("county_manager")),
    Row("reminders.calendar_save", names("county_manager")),
    Row("reminders.timetable", WORKING),
    Row("reminders.set_times_of_county", names("county_manager")),
)


def things(_world: World) -> list[Thing]:
    """The calendar is everybody's: nothing to try by place."""
    return []
