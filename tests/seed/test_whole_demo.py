"""The demo that `make run` loads: every place of it, from an empty database, and the doctor finds nothing.

By default every 20th home goes through the same code; GRIDCASE_FULL=1 loads all of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from sqlalchemy import func, select

from gridcase import doctor
from gridcase.cases.models import Case, ClassVersion, ReplyTemplate
from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.mediation.models import Mediation
from gridcase.people.rules import Role
from gridcase.seed import demo, places, reference
from gridcase.users import queries as users
from tests.factories.demo import NOW, Blanks, opened

FULL = os.environ.get("GRIDCASE_FULL", "") not in {"", "0"}


def test_every_place_of_the_demo_is_filled_and_sound(blanks: Blanks, at: Callable[[str], None]) -> None:
    at(NOW.isoformat())
    with opened(blanks.fresh()):
        with transaction():
            reference.load(actor=job("test"), now=NOW)
        assert demo.empty()
        demo.build(actor=job("test"), now=NOW, small=False, thin=not FULL, progress=lambda _done, _total: None)
        found = {name: problems for name, problems in doctor.examine() if problems and name != "assets"}
        assert found == {}
        villages = set(db.session.scalars(select(Grid.code).where(Grid.level == GridLevel.VILLAGE)))
        assert villages == {plan.code for plan in places.plans(small=False)}
        assert not demo.empty()
        assert {user.login for user in users.demo_accounts()} >= set(Role) - {Role.RESIDENT}
        assert db.session.scalar(select(func.count()).select_from(Case).where(Case.closed_at.is_(None)))
        for kept in (ReplyTemplate, ClassVersion, Mediation):
            assert db.session.scalar(select(func.count()).select_from(kept)), kept
