"""A small scheme of a village, and declarations under it, for the tests of the way of an entry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from gridcase.audit import service as audit
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.points import service
from gridcase.points.models import Declaration, SchemeItem, SchemeVersion

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)

# code, name, points, at_most, cap, cap_per, who, approval, document, account
ITEMS: tuple[tuple[Any, ...], ...] = (
    ("T1", "参加志愿服务", 10, False, 25, "month", "SC", "G", False, "merit"),
    ("T2", "孝老爱亲", 10, False, 30, "month", "SL", "G", False, "merit"),
    ("T3", "创业示范", 100, True, 100, "year", "S", "M", False, "merit"),
    ("T4", "打架斗殴", -20, False, None, "", "C", "G", True, "merit"),
    ("T5", "乱倒垃圾", -10, False, None, "", "C", "G", False, "merit"),
    ("T6", "见义勇为", 50, False, None, "", "SL", "G", False, "merit"),
    ("T7", "县级文明户", 30, False, 30, "year", "C", "T", False, "honour"),
    ("T8", "喜事新办", 20, False, 20, "matter", "S", "G", False, "merit"),
)


@contextmanager
def changing() -> Iterator[None]:
    """Change the register past its services; a trace is left, as every write must."""
    with transaction():
        yield
        audit.record(actor=nobody(), action="test", subject_kind="test", subject_id=None, now=NOW)


def put_scheme(village_id: int, *, since: date = date(2026, 1, 1)) -> SchemeVersion:
    """A scheme in force, written as rows: what is tested here begins behind it."""
    with changing():
        village = db.session.get_one(Grid, village_id)
        version = SchemeVersion(
            village_id=village_id, path=village.path, number=1, name="试行方案", made_at=NOW,
            base_points=0, at_year_end="carry", expire_months=24, notice_days=7, council_from=50,
        )  # fmt: skip
        db.session.add(version)
        db.session.flush()
        names = ("code", "name", "points", "at_most", "cap", "cap_per", "who", "approval", "document", "account")
        for rank, row in enumerate(ITEMS):
            values = dict(zip(names, row, strict=True))
            db.session.add(SchemeItem(version_id=version.id, rank=rank, board="Z1", evidence="照片", **values))
        db.session.flush()
        version.valid_from = since  # from here on its rows are not changed any more
    return version


def declare(household_id: int, code: str = "T2", **changes: Any) -> Declaration:
    """Declare for a home, by default its care for an elder, by the liaison on behalf."""
    values: dict[str, Any] = {
        "client_uuid": str(uuid4()), "household_id": household_id, "item_code": code, "happened_on": TODAY,
        "text": "照护邻居老人一天", "how": "L", "now": NOW,
    }  # fmt: skip
    with transaction():
        return service.declare(**(values | changes))


def nobody(name: str = "经办人") -> Viewer:
    """A viewer without any post."""
    return Viewer(kind="staff", name=name)
