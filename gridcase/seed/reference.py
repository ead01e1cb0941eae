"""Classes, the working calendar and the forms of reports: what `gridcase init-db` puts into a new database."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from gridcase.audit import service as audit
from gridcase.calendar import service as calendar
from gridcase.calendar.models import CalendarYear
from gridcase.cases.models import CaseClass
from gridcase.core.db import db
from gridcase.core.paths import SEED_DATA
from gridcase.core.permissions import Viewer
from gridcase.core.text import initials
from gridcase.reports import service as reports


def read_csv(name: str) -> Iterator[dict[str, str]]:
    """The rows of a file in seed_data."""
    with (SEED_DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def load(*, actor: Viewer, now: datetime) -> None:
    """Fill what is empty; running it again changes nothing."""
    if not db.session.scalar(select(func.count()).select_from(CaseClass)):
        load_catalogue(actor=actor, now=now)
    if not db.session.scalar(select(func.count()).select_from(CalendarYear)):
        calendar.seed_national_days(actor=actor, now=now)
    reports.load_standards(actor=actor, now=now)


def load_catalogue(*, actor: Viewer, now: datetime) -> int:
    """The 55 classes of domain.md 1.3 and the class of what is not sorted yet; returns how many rows."""
    rows = [_class_values(row) for row in read_csv("catalogue.csv") if len(row["code"]) == 4]
    db.session.execute(insert(CaseClass), rows)
    audit.record(
        actor=actor, action="catalogue.load", subject_kind="case_class", subject_id=None, now=now,
        detail={"classes": len(rows)},
    )  # fmt: skip
    return len(rows)


def _class_values(row: dict[str, str]) -> dict[str, Any]:
    return {
        "code": row["code"],
        "major": row["code"][:2],
        "zh": row["zh"],
        "en": row["en"],
        "initials": initials(row["zh"]),
        "urgency": int(row["urgency"] or 3),
        "contact_limit": float(row["contact_limit"] or 8),
        "contact_unit": row["contact_unit"] or "W",
        "limit": float(row["limit"] or 40),
        "limit_unit": row["limit_unit"] or "W",
        "level": row["level"] or "town",
        "department": row["department"],
        "reporter_rule": row["reporter_rule"] or None,
        "helper_rule": row["helper_rule"] or None,
        "restricted": row["restricted"] == "1",
        "common": row["common"] == "1",
        "enabled": row["enabled"] == "1",
        "open_condition": row["open_condition"],
        "close_condition": row["close_condition"],
        "evidence_hint": row["evidence_hint"],
        "council": row["council"] or None,
    }
