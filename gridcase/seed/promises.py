"""Party members of the home village: what they promised for the year, how far it has come, two party days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select

from gridcase.affairs.queries import members as proposed
from gridcase.affairs.rules import ActivityKind, Branch
from gridcase.affairs.service import activities, members, signing
from gridcase.affairs.service.activities import NO_POINTS, Call
from gridcase.core.clock import town_day
from gridcase.core.dated import in_force
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.households.models import Household, Member
from gridcase.people import queries as people
from gridcase.people import service as people_service
from gridcase.people.models import Person
from gridcase.people.rules import Role, Tag
from gridcase.seed.villages import Team

# what each promises; the first two of the first member are kept, the third waits for a tick
PROMISES = (
    ("义务植树二十棵", "联系五户老人，每月上门一次", "带头清理门前河道"),
    ("义务宣讲政策四次", "带动两户种黄花菜"),
    ("参加治安巡逻，每月两次", "院坝收拾整洁"),
)
DAYS = (("义务植树主题党日", 75), ("清理河道主题党日", 18))  # (title, days ago)


def work(team: Team, *, now: datetime) -> None:
    """Play it through the services."""
    head, village = team.one(Role.VILLAGE_HEAD).viewer, db.session.get_one(Grid, team.id)
    year = town_day(now).year
    known = _members(team, on=town_day(now))
    pledged = [person for person, _home in known[: len(PROMISES)]]
    for person_id, words in zip(pledged, PROMISES, strict=False):
        with transaction():
            people_service.pledge(
                db.session.get_one(Person, person_id), actor=head, year=year, words=words, on=date(year, 1, 1), now=now
            )
    for title, ago in DAYS:
        at = max(now - timedelta(days=ago), now.replace(month=1, day=2))
        with transaction():
            one = activities.call(
                actor=head, place=village, client_uuid=str(uuid5(NAMESPACE_URL, f"{village.code}/{title}")),
                what=Call(
                    ActivityKind.PARTY_DAY, title, "村部", at, 2, Branch.VIRTUE, item=NO_POINTS, afterwards=True
                ),
                now=at + timedelta(hours=3),
            )  # fmt: skip
            for person_id, home in known:
                signing.add_present(
                    one, db.session.get_one(Household, home), actor=head, person_id=person_id,
                    now=at + timedelta(hours=3),
                )  # fmt: skip
            activities.end(one, actor=head, hours=2, now=at + timedelta(hours=4))
            if title == DAYS[0][0]:
                moved = [each.item_id for each in proposed.proposals(one) if "植树" in each.words]
                if moved:
                    members.note_promises(
                        one, moved, words="和支部一起栽了二十六棵", actor=head, now=at + timedelta(hours=5)
                    )
    if pledged:
        _kept(pledged[0], year, head_of=team, now=now)


def _members(team: Team, *, on: date) -> list[tuple[int, int]]:
    """(person, home) of the representatives who are party members and live in a home of the village, in order."""
    order = [worker.viewer.person_id or 0 for worker in team.of(Role.LIAISON)]
    tags = people.tags_on(order, on=on)
    homes: dict[int, int] = {
        row[0]: row[1]
        for row in db.session.execute(
            select(Member.person_id, Member.household_id).where(Member.person_id.in_(order), in_force(Member, on))
        )
    }
    return [(one, homes[one]) for one in order if one in homes and Tag.PARTY_MEMBER in tags.get(one, [])]


def _kept(person_id: int, year: int, *, head_of: Team, now: datetime) -> None:
    """Two of the first member's promises are kept."""
    made = people.pledge_of(person_id, year)
    if made is None:
        return
    for item, words, ago in zip(made.items, ("", "老人们的药和米都代买过"), (60, 9), strict=False):
        with transaction():
            people_service.pledge_progress(
                item, person=db.session.get_one(Person, person_id), actor=head_of.one(Role.VILLAGE_HEAD).viewer,
                words=item.progress or words, done_on=max(town_day(now) - timedelta(days=ago), date(year, 1, 2)),
                now=now,
            )  # fmt: skip
