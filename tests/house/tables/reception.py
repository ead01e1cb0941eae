"""Routes and objects of this part: reception days and visitors, quick answers, meetings, patrols."""

from __future__ import annotations

from uuid import uuid4

from gridcase.checks import queries as checks
from gridcase.checks.rules import CheckKind
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.people import service as people
from gridcase.people.rules import PointFacts
from gridcase.reception import queries
from gridcase.reception import service as reception
from gridcase.reception.rules import Fate, MeetingNature, Outcome
from tests.factories.objects import Thing
from tests.factories.world import MAKER, World
from tests.house.roles import CELL, CIRCLE, PATROL, REGISTERS, Row, names

MANAGES = names("village_head town_manager county_manager")
# Whoever serves homes or a cell keeps the doors of the whole village, but reads only the visitors he wrote down.
OF_THE_VILLAGE = CIRCLE | CELL | PATROL
PLACES = {
    "own": "village_a", "sibling village": "village_b", "other town": "other_village", "other county": "far_village",
}  # fmt: skip

TABLE: tuple[Row, ...] = (
    *(Row(f"reception.{page}", REGISTERS) for page in ("index", "figures", "quick", "meetings", "patrols")),
    *(
        Row(f"reception.{page}", REGISTERS, "reception_place")
        for page in ("day", "new_meeting", "new_check", "new_clue")
    ),
    Row("reception.visitor_case", REGISTERS, "visitor"),
    Row("reception.quick_case", REGISTERS, "quick_answer"),
    Row("reception.meeting", REGISTERS, "meeting"),
    Row("reception.outcome_case", REGISTERS, "outcome"),
    Row("reception.check", REGISTERS, "check"),
    Row("reception.finding_case", REGISTERS, "finding"),
    Row("reception.legal", REGISTERS | MANAGES),
    Row("reception.legal_answers", REGISTERS),
    Row("reception.legal_point", REGISTERS | MANAGES, "legal_point"),
    Row("reception.legal_new", MANAGES, "reception_place"),
    *(Row(f"reception.{page}", MANAGES, "legal_point") for page in ("legal_edit", "legal_close")),
    Row("reception.settings", MANAGES),
    *(
        Row(f"reception.{page}", MANAGES, "reception_place")
        for page in ("duty", "rota", "rule", "plan", "own_item", "drop_item")
    ),
)


def things(world: World) -> list[Thing]:
    """A place's doors and a row at each of them, for every place."""
    return [thing for name, village in PLACES.items() for thing in _at(world, name, village)]


def _at(world: World, name: str, village: str) -> list[Thing]:
    place, now, mark = db.session.get_one(Grid, world.grids[village]), clock.now(), f"记号（{name}）之门"
    item = checks.shipped_items()[0]
    with transaction():
        visit = reception.Visit(str(uuid4()), mark, Outcome.ANSWERED, reply="已答复")
        visitor = reception.receive(actor=MAKER, place=place, day=clock.town_day(now), visit=visit, now=now)
        answer = reception.answer(
            actor=MAKER,
            place=place,
            client_uuid=str(uuid4()),
            question=mark,
            reply="已答复",
            class_code="1001",
            now=now,
        )
        meeting = reception.hold_meeting(
            actor=MAKER, place=place, client_uuid=str(uuid4()), nature=MeetingNature.COURTYARD,
            held_on=clock.town_day(now), topic=mark, present=9, now=now,
        )  # fmt: skip
        outcome = reception.add_outcome(meeting, actor=MAKER, text=mark, now=now)
        run = reception.check(
            actor=MAKER, place=place, client_uuid=str(uuid4()), kind=CheckKind.DAILY, looked=[item],
            found=[reception.Found(item, mark, Fate.FIXED, place)], done_on=clock.town_day(now), now=now,
        )  # fmt: skip
        facts = PointFacts(mark, "村部一楼", "工作日", "村法律顾问")
        point = people.open_point(actor=MAKER, place=place, client_uuid=str(uuid4()), facts=facts, now=now)
        ids = {"visitor": visitor.id, "quick_answer": answer.id, "meeting": meeting.id, "outcome": outcome.id}
        ids |= {"check": run.id, "reception_place": place.id, "legal_point": point.id}
    ids["finding"] = queries.patrols.findings(run, viewer=MAKER)[0].PatrolFinding.id
    posts = OF_THE_VILLAGE if name == "own" else frozenset()
    return [
        Thing(kind, name, row_id, village=village, posts=frozenset() if kind == "visitor" else posts)
        for kind, row_id in ids.items()
    ]  # fmt: skip
