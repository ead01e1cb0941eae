"""What weighs on the homes of the demo: factors that fit their tiers, assessments at many days, work that waits.

Invented like everything here. A tier stays what the register says; factors only say why.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.households import service as households
from gridcase.households.models import Household
from gridcase.households.rules import FACTORS, CareTier
from gridcase.households.service import FactorRow
from gridcase.people.rules import Role
from gridcase.seed.villages import Team

_WHY: dict[CareTier, tuple[tuple[str, ...], ...]] = {
    CareTier.CONCERNED: (
        ("F02",),
        ("F12", "F07"),
        ("F16", "F09"),
        ("F10",),
        ("F13",),
        ("F17",),
        ("F03", "F22"),
        ("F24",),
    ),
    CareTier.CONNECTED: (("F01",), ("F05",), ("F02", "F18"), ("F02", "F10", "F12"), ("F17", "F08", "F09")),
}
# Days since the last assessment, at most; shorter than it stands, so that few are due on the demo's first day.
_LONGEST = {CareTier.CONCERNED: 372, CareTier.CONNECTED: 186}
_SHORTEST = 6


def take_over(team: Team, village: Grid, *, actor: Viewer, today: date, now: datetime, rng: Random) -> None:
    """The lists of the offices for one village."""
    rows = []
    for home in team.homes.values():
        if home.tier in _WHY:
            ago = rng.randint(_SHORTEST, _LONGEST[home.tier])
            on = today - timedelta(days=ago)
            rows += [FactorRow(home.id, code, on) for code in rng.choice(_WHY[home.tier])]
    households.take_over_factors(actor=actor, village=village, rows=rows, now=now)


def work(team: Team, *, now: datetime) -> None:
    """In the village one signs in to: a proposal that waits, something restricted to confirm, a home that objected."""
    liaison = next(one for one in team.workers if one.role is Role.LIAISON and one.viewer.user_id is not None)
    green = [home for home in liaison.homes if team.homes[home].tier is CareTier.REASSURED]
    actor = liaison.viewer
    with transaction():
        home = db.session.get_one(Household, green[1])
        for code in ("F12", "F10"):
            source = FACTORS[code].sources[0]
            households.note_factor(home, actor=actor, code=code, source=source, now=now - timedelta(hours=3))
        households.propose_tier(
            home,
            actor=actor,
            tier=CareTier.CONCERNED,
            words="子女都外出打工，老人要长期吃药。",
            now=now - timedelta(hours=3),
        )
    with transaction():
        other = db.session.get_one(Household, green[2])
        source = FACTORS["F21"].sources[0]
        households.note_factor(other, actor=actor, code="F21", source=source, now=now - timedelta(hours=30))
    with transaction():
        third = db.session.get_one(Household, green[3])
        households.object_to_tier(
            third, actor=actor, words="儿媳妇要生了，想请联户代表多来几趟。", now=now - timedelta(hours=26)
        )
