"""Whether anything was written where somebody looks: a cheap question before a dear one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select

from gridcase.audit.models import AuditRow
from gridcase.audit.service import chain_of
from gridcase.core.db import db
from gridcase.core.permissions import Grant

TOWN_CHAIN = 2  # ids in the path of a town: "/1/4/"


def last_written(grants: Iterable[Grant]) -> tuple[Any, ...]:
    """Another answer after every write in the towns of these grants: each leaves an audit row in the chain of its town,
    so that the newest row of each chain, one step into an index, stands for all of them."""
    return tuple(db.session.execute(select(*(_newest(chain) for chain in _chains(grants)))).one())


def in_towns(grants: Iterable[Grant]) -> bool:
    """Whether these grants lie in towns; in a county somebody writes all the time."""
    return None not in _chains(grants)


def _newest(chain: str | None) -> Any:
    newest = select(func.max(AuditRow.id))
    return (newest if chain is None else newest.where(AuditRow.chain == chain)).scalar_subquery()


def _chains(grants: Iterable[Grant]) -> list[str | None]:
    """The audit chains of the towns these grants lie in; None, every chain, for a county or more."""
    chains = {chain_of(grant.path or "/") for grant in grants}
    if not chains or any(chain.count("/") <= TOWN_CHAIN for chain in chains):
        return [None]
    return [*sorted(chains)]
