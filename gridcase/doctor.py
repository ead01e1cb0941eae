"""`gridcase doctor`: whether this installation is whole. Each check answers with sentences; none means well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select, text

from gridcase.audit import service as audit
from gridcase.cases import service as cases
from gridcase.cases.models import CaseClass
from gridcase.cases.service import mending
from gridcase.core import clock, migrate
from gridcase.core.config import current
from gridcase.core.db import db, dialect_name, transaction
from gridcase.core.paths import STATIC
from gridcase.core.permissions import Viewer
from gridcase.files import service as files
from gridcase.households import queries as households
from gridcase.notices import queries as channel_queries
from gridcase.points import service as points
from gridcase.shop import queries as shop
from gridcase.shop.service import stock
from gridcase.users import queries as users

Check = Callable[[], list[str]]
SPATIAL = (("grid_outline", "geom"), ("household_point", "geom"), ("case_point", "geom"))


def revision() -> list[str]:
    """The database stands at the newest revision."""
    standing = migrate.current(db.engine)
    return (
        [] if standing == migrate.head() else [f"revision {standing}, expected {migrate.head()}: run gridcase init-db"]
    )


def spatial_indexes() -> list[str]:
    """Every geometry has a whole index."""
    if dialect_name() == "postgresql":
        return []
    broken = []
    for table, column in SPATIAL:
        if db.session.scalar(text("SELECT CheckSpatialIndex(:t, :c)"), {"t": table, "c": column}) != 1:
            broken.append(f"spatial index of {table} is broken: run SELECT RecoverSpatialIndex('{table}', '{column}')")
    return broken


def orphans() -> list[str]:
    """Foreign keys hold."""
    if dialect_name() == "postgresql":
        return []
    rows = db.session.execute(text("PRAGMA foreign_key_check")).all()
    return [f"{len(rows)} orphaned rows, first in {rows[0][0]}"] if rows else []


def assets() -> list[str]:
    """Front-end files are in place."""
    return [] if (STATIC / "vendor" / "manifest.json").exists() else ["front-end files are missing: run make setup"]


def catalogue() -> list[str]:
    """The reference data is loaded."""
    count = db.session.scalar(select(func.count()).select_from(CaseClass)) or 0
    return [] if count else ["no case classes: run gridcase init-db"]


def demo_accounts() -> list[str]:
    """Production has no demo accounts."""
    return ["demo accounts exist in production"] if current().production and users.any_demo_account() else []


def cases_whole() -> list[str]:
    """Steps lead to the state a case has, each with its audit row; counters equal a live count."""
    return cases.check()


def search_whole() -> list[str]:
    """Every case that may be found has its words, no restricted one has any."""
    return cases.searching.check()


def homes_placed() -> list[str]:
    """Every home lies today where its dated rows say."""
    return households.check()


def files_whole() -> list[str]:
    """Every row of a stored file has its file, and no file is left without a row."""
    return files.check(now=clock.now())


def ledger_whole() -> list[str]:
    """The ledger balances, balances equal a replay, and no seal is broken."""
    return [*points.verify(), *points.verify_seals()]


def stock_whole() -> list[str]:
    """The pieces of every batch of the shops equal a replay of its moves."""
    wrong = shop.goods.replay_differs()
    return [f"{len(wrong)} batches differ from their moves, first {wrong[0].id}"] if wrong else []


def audit_whole() -> list[str]:
    """Every town's chain is whole."""
    problems, _unsealed = audit.verify()
    return problems


def channels_open() -> list[str]:
    """The secrets of channels can be opened."""
    shut = channel_queries.shut_channels()
    return [f"{shut} secrets of channels cannot be opened: set GRIDCASE_SECRET_KEY_FALLBACKS"] if shut else []


CHECKS: tuple[Check, ...] = (
    revision, spatial_indexes, orphans, assets, catalogue, demo_accounts, cases_whole, search_whole, homes_placed,
    files_whole, ledger_whole, stock_whole, audit_whole, channels_open,
)  # fmt: skip

# What is counted twice: kept for speed, and to be had by counting.
MENDED: dict[str, Callable[[], int]] = {
    "case_counters": mending.mend_counters, "map_rows": mending.mend_map, "balances": points.mend_balances,
    "stock": stock.mend,
}  # fmt: skip


def examine() -> list[tuple[str, list[str]]]:
    """Every check by name, with what it found."""
    return [(check.__name__, check()) for check in CHECKS]


def mend(*, actor: Viewer, now: datetime) -> dict[str, int]:
    """Put counters right that are not what a count says, in one transaction; returns how many of which."""
    with transaction():
        mended = {name: put_right() for name, put_right in MENDED.items()}
        if any(mended.values()):
            audit.record(
                actor=actor, action="doctor.mend", subject_kind="installation", subject_id=None, now=now,
                detail={name: count for name, count in mended.items() if count},
            )  # fmt: skip
    return mended
