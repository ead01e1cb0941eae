"""Routes and objects of this part: posts, units, organisations, persons, certificates, liaisons."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid, Section
from gridcase.people import service as people
from gridcase.people.models import Post
from gridcase.people.rules import BodyKind, Candidate, MeetingKind, Role, UnitKind
from gridcase.people.service import Election
from tests.factories.objects import SPOTS, Spot, Thing
from tests.factories.world import MAKER, SINCE, World
from tests.house.roles import CELL, CIRCLE, GRID, PATROL, VILLAGE, WATCH, Row, names

SEES_PLACES = CELL | PATROL | VILLAGE | WATCH | names("deputy dispatcher town_manager county_manager")
MANAGES = names("village_head town_manager county_manager")

TABLE: tuple[Row, ...] = (
    *(Row(f"people.{page}", SEES_PLACES) for page in sorted(names("posts units organisations persons lines"))),
    *(Row(f"people.new_{what}", MANAGES) for what in ("post", "unit", "organisation")),
    Row("people.print_certificates", MANAGES),
    Row("people.post", SEES_PLACES, "post"),
    *(
        Row(f"people.{page}", MANAGES, "post")
        for page in sorted(names("edit_post appoint stand_in end_stand_in certify"))
    ),
    Row("liaisons.end_post", MANAGES, "post"),
    Row("liaisons.vacate", MANAGES, "post"),
    Row("people.unit", SEES_PLACES, "unit"),
    Row("people.edit_unit", MANAGES, "unit"),
    Row("liaisons.close_unit", MANAGES, "unit"),
    Row("people.organisation", SEES_PLACES, "organisation"),
    *(
        Row(f"people.{page}", MANAGES, "organisation")
        for page in sorted(names("edit_organisation close_organisation add_seat end_seat"))
    ),
    Row("people.person", SEES_PLACES, "person"),
    *(
        Row(f"people.{page}", MANAGES, "person")
        for page in sorted(names("edit_person reveal tag untag add_pledge pledge_progress review_pledge"))
    ),
    Row("people.certificate", SEES_PLACES, "certificate"),
    Row("people.oath", MANAGES, "certificate"),
    Row("people.revoke", MANAGES, "certificate"),
    Row("liaisons.index", SEES_PLACES | CIRCLE),
    Row("liaisons.set_duty_phone", MANAGES),
    Row("liaisons.show", SEES_PLACES | GRID, "liaison", every=True),
    Row("liaisons.card", SEES_PLACES | GRID, "liaison", every=True),
    Row("liaisons.first_visit", GRID, "liaison", every=True),
    Row("liaisons.consent", GRID, "liaison", every=True),
    Row("liaisons.pairings", MANAGES, "post"),
)


def things(world: World) -> list[Thing]:
    """One object of each kind of this part for every place."""
    made = [thing for spot in SPOTS if spot.name != "paired" for thing in _at(world, spot)]
    for role in ("liaison", "party_contact"):
        own = Thing("liaison", f"of the {role}", world.posts[role], village="village_a", posts=frozenset({role}))
        made.append(replace(own, section="section_1" if role == "liaison" else ""))
    return made


def _at(world: World, spot: Spot) -> list[Thing]:
    """A post with its holder and certificate in a cell, a unit and a body of its village."""
    now, village = clock.now(), db.session.get_one(Grid, world.grids[spot.village])
    cell = db.session.get_one(Grid, world.grids[spot.cell])
    with transaction():
        section = db.session.get_one(Section, world.sections[spot.section]) if spot.section else None
        person = people.add_person(actor=MAKER, name=f"记号（{spot.name}）之人", place_path=cell.path, now=now)
        post = people.add_post(
            actor=MAKER, code=f"THING-{spot.name}", role=Role.LIAISON, title=f"记号（{spot.name}）之岗", place=cell,
            now=now, valid_from=SINCE, section=section,
        )  # fmt: skip
        people.appoint(actor=MAKER, post=post, person_id=person.id, valid_from=SINCE, now=now)
        certificate = people.certify(db.session.get_one(Post, post.id), actor=MAKER, person_id=person.id,
                                     election=_election(), now=now)  # fmt: skip
        unit = people.add_unit(
            actor=MAKER, code=f"UNIT-{spot.name}", name=f"记号（{spot.name}）之所", kind=UnitKind.STATION,
            place=village, now=now,
        )  # fmt: skip
        body = people.add_organisation(
            actor=MAKER, kind=BodyKind.PARTY_GROUP, name=f"记号（{spot.name}）之会", place=village, parent=None,
            since=SINCE, now=now,
        )  # fmt: skip
        ids = {
            "post": (post.id, post.title), "liaison": (post.id, post.title), "person": (person.id, person.name),
            "certificate": (certificate.id, certificate.number), "unit": (unit.id, unit.name),
            "organisation": (body.id, body.name),
        }  # fmt: skip
    return [
        Thing(kind, spot.name, thing_id, mark=mark, village=spot.village, cell=spot.cell, section=spot.section)
        for kind, (thing_id, mark) in ids.items()
        if spot.name != "other cell" or kind not in {"unit", "organisation"}  # the whole village knows its bodies
    ]


def _election() -> Election:
    return Election(
        elected_on=SINCE, meeting=MeetingKind.GROUP, candidate=Candidate.ACTIVE, led_by="组长", term_from=SINCE,
        term_to=date(2029, 1, 1), votes=12,
    )  # fmt: skip
