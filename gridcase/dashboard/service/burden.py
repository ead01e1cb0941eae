"""What a process counted of the forms goes into the tables: one short unit of work, at most once a minute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects import postgresql, sqlite

from gridcase.core.db import db, dialect_name
from gridcase.core.form_uses import Uses
from gridcase.dashboard.models import FormFieldUse, FormMinutes, FormUse


def fold(uses: Uses) -> None:
    """Add what was counted to what is kept, in one order for all, so that two processes never wait for one another
    crosswise."""
    keys = sorted(uses)
    _add(
        FormUse, ("opened", "sent", "refused"),
        [_key(key) | {"opened": uses[key].opened, "sent": uses[key].sent, "refused": uses[key].refused,
                      "last_opened_on": uses[key].last_opened} for key in keys],
    )  # fmt: skip
    _add(
        FormFieldUse, ("asked", "empty"),
        [_key(key) | {"field": label, "asked": counts[0], "empty": counts[1]}
         for key in keys for label, counts in sorted(uses[key].fields.items())],
    )  # fmt: skip
    _add(
        FormMinutes, ("times",),
        [_key(key) | {"step": step, "times": times}
         for key in keys for step, times in sorted(uses[key].minutes.items())],
    )  # fmt: skip


def _key(key: tuple[Any, str, str]) -> dict[str, Any]:
    return dict(zip(("month", "town", "form"), key, strict=True))


def _add(model: Any, counts: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    insert = postgresql.insert if dialect_name() == "postgresql" else sqlite.insert
    statement = insert(model).values(list(rows))
    changed: dict[str, Any] = {name: getattr(model, name) + statement.excluded[name] for name in counts}
    if model is FormUse:
        changed["last_opened_on"] = func.coalesce(statement.excluded.last_opened_on, FormUse.last_opened_on)
    keys = [column.name for column in model.__table__.primary_key]
    db.session.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))
