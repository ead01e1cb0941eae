"""A home that was written twice: its reservations and proofs are the kept one's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from gridcase.audit import service as audit
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.households.models import Household
from gridcase.shop.models import Proof, Redemption


def repoint_household(double: Household, kept: Household, *, actor: Viewer, now: datetime) -> int:
    """Returns how many reservations moved. What the ledger holds for them is found by its key, whoever fetches it."""
    moved = 0
    for model in (Redemption, Proof):
        ids = db.session.scalars(
            update(model).where(model.household_id == double.id).values(household_id=kept.id).returning(model.id),
            execution_options={"synchronize_session": False},
        ).all()
        moved += len(ids) if model is Redemption else 0
        if ids:
            audit.record(
                actor=actor, action="shop.repoint", subject_kind="household", subject_id=kept.id,
                place_path=kept.path, now=now,
                detail={"double": double.id, "kind": model.__tablename__, "count": len(ids)},
            )  # fmt: skip
    return moved
