"""Hot issues: found once a day a town, then a person names them, joins their cases, or says why nothing is done."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from gridcase.audit import service as audit
from gridcase.cases.models import Case, HotIssue, HotIssueCase, HotRun
from gridcase.cases.queries import hot as found
from gridcase.cases.rules import State
from gridcase.cases.rules.hot import Cluster, Demand, HotState, clusters, comes_back, same_issue, worth
from gridcase.core.clock import town_day
from gridcase.core.db import db, dialect_name
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer, job
from gridcase.core.text import clean_line
from gridcase.core.words import N_
from gridcase.grid import queries as grids

TITLE_LENGTH, REASON_LENGTH = 60, 300
SYSTEM: Viewer = job(str(N_("系统")))
JOINABLE = frozenset({State.REGISTERED, State.ACCEPTED, State.RETURNED, State.DISPATCHED})


def look(town_id: int, *, now: datetime) -> tuple[list[Demand], list[Cluster], int]:
    """Read a town's demands and find what is like; writes nothing. Also says how many milliseconds it took."""
    began = time.perf_counter()
    demands = found.demands_of(town_id, now=now)
    return demands, clusters(demands), round((time.perf_counter() - began) * 1000)


def keep(
    town_id: int, path: str, looked: tuple[list[Demand], list[Cluster], int], *, actor: Viewer, now: datetime
) -> int:
    """Write down what was found; returns how many issues are new. The unique row of (town, day) decides between two
    runs: the second writes nothing."""
    demands, seen, spent = looked
    dialect: Any = postgresql if dialect_name() == "postgresql" else sqlite
    run = dialect.insert(HotRun).values(
        town_id=town_id, day=town_day(now), at=now, cases=len(demands), milliseconds=spent
    )
    if db.session.scalar(run.on_conflict_do_nothing().returning(HotRun.town_id)) is None:
        return 0
    known, new = found.cases_of_issues(town_id), 0
    hidden = found.restricted_among({key for cluster in seen for key in cluster.ids})  # since they were read
    for cluster in seen:
        if cluster.ids & hidden:
            continue
        issue_id = max(
            (key for key, cases in known.items() if same_issue(cases, cluster.ids)),
            key=lambda key: (len(known[key] & cluster.ids), key),
            default=None,
        )
        issue = db.session.get_one(HotIssue, issue_id) if issue_id is not None else _new(town_id, path, cluster, now)
        new += issue_id is None
        _update(issue, cluster, known.get(issue.id, frozenset()), now)
        known[issue.id] = known.get(issue.id, frozenset()) | cluster.ids
    audit.record(
        actor=actor, action="hot.look", subject_kind="grid", subject_id=town_id, place_path=path, now=now,
        detail={"cases": len(demands), "issues": len(seen), "new": new, "milliseconds": spent},
    )  # fmt: skip
    return new


def _new(town_id: int, path: str, cluster: Cluster, now: datetime) -> HotIssue:
    day = town_day(now)
    issue = HotIssue(
        town_id=town_id, path=path, class_id=found.class_id_of(cluster.class_code), state=HotState.FOUND,
        title=cluster.demands[0].told.title[:TITLE_LENGTH], cases=0, homes=0, days=0, heat=0, reasons=[],
        first_at=cluster.first_at, last_at=cluster.last_at, found_on=day, seen_on=day,
    )  # fmt: skip
    db.session.add(issue)
    db.session.flush()
    return issue


def _update(issue: HotIssue, cluster: Cluster, before: frozenset[int], now: datetime) -> None:
    _describe(issue, cluster, now)
    issue.seen_on, issue.first_at = town_day(now), min(issue.first_at, cluster.first_at)
    db.session.add_all(HotIssueCase(issue_id=issue.id, case_id=key) for key in sorted(cluster.ids - before))
    if issue.state == HotState.DISMISSED and comes_back(then=issue.decided_cases or 0, now=issue.cases):
        issue.state = HotState.FOUND
    db.session.flush()


def _describe(issue: HotIssue, cluster: Cluster, now: datetime) -> None:
    """Where it is, why it is hot, and its figures."""
    villages = {one.village_id for one in cluster.demands}
    places = grids.by_ids([key for key in villages if key is not None])
    if len(villages) == 1 and places:
        issue.path = next(iter(places.values())).path
    else:
        issue.path = "/".join(issue.path.split("/")[:3]) + "/"
    reasons = cluster.reasons(villages={key: place.name for key, place in places.items()})
    issue.reasons = [reason.as_json() for reason in reasons]
    issue.class_id = found.class_id_of(cluster.class_code)
    issue.cases, issue.homes, issue.days = len(cluster.demands), cluster.homes, cluster.days
    issue.heat, issue.last_at = cluster.heat(now), cluster.last_at


def forget(case_ids: Collection[int], *, now: datetime) -> int:
    """Take cases that became restricted out of every issue: it is told anew from those that are left, and is gone where
    they are too few. Returns how many issues changed."""
    touched = found.issues_with(case_ids)
    for issue in touched:
        gone = HotIssueCase.issue_id == issue.id
        db.session.execute(delete(HotIssueCase).where(gone, HotIssueCase.case_id.in_(case_ids)))
        rest = Cluster(tuple(found.demands_in(issue.id)), ())
        if worth(rest):
            _without(issue, rest, case_ids, now)
        else:
            db.session.execute(delete(HotIssueCase).where(gone))
            db.session.delete(issue)
        _record("hide", issue, SYSTEM, now)
    return len(touched)


def _without(issue: HotIssue, rest: Cluster, gone: Collection[int], now: datetime) -> None:
    """Nothing that was said of the cases taken out stays; a name somebody gave is that of the matter, and stays."""
    _describe(issue, rest, now)
    issue.first_at = rest.first_at
    if not issue.named:
        issue.title = rest.demands[0].told.title[:TITLE_LENGTH]
    if issue.master_id in gone:  # its voices stand on their own again, so somebody decides anew
        issue.master_id, issue.state = None, HotState.FOUND
        issue.decided_at = issue.decided_by_name = issue.decided_cases = None


def mend(*, now: datetime) -> int:
    """What still stands in issues though it became restricted; returns how many issues changed."""
    return forget(found.restricted_in_issues(), now=now)


# -- what a person makes of it


def name_issue(issue: HotIssue, *, actor: Viewer, now: datetime, title: str) -> None:
    """Call it by a name that says what it is, without anybody's."""
    title = clean_line(title)[:TITLE_LENGTH]
    if not title:
        raise Refused(N_("请写一个名称。"), field="title")
    issue.title, issue.named = title, True
    _record("name", issue, actor, now)


def dismiss_issue(issue: HotIssue, *, actor: Viewer, now: datetime, reason: str) -> None:
    """Say why nothing is done about it as a whole; it comes back when it grows by half."""
    reason = clean_line(reason)[:REASON_LENGTH]
    if not reason:
        raise Refused(N_("请写明为什么不处理。"), field="reason")
    issue.reason = reason
    _decide(issue, HotState.DISMISSED, actor, now)
    _record("dismiss", issue, actor, now)


def joined_issue(issue: HotIssue, *, actor: Viewer, now: datetime, first: Case, joined: int) -> None:
    """Its cases have joined one of them."""
    issue.master_id = first.id
    _decide(issue, HotState.JOINED, actor, now)
    _record("join", issue, actor, now, first=first.id, joined=joined)


def joinable(rows: Sequence[Any], first_id: int) -> list[int]:
    """Those of an issue's cases that can still join: nobody is working on them yet."""
    return [row.id for row in rows if row.state in JOINABLE and row.id != first_id]


def _decide(issue: HotIssue, state: HotState, actor: Viewer, now: datetime) -> None:
    issue.state, issue.decided_at, issue.decided_by_name, issue.decided_cases = state, now, actor.name, issue.cases


def _record(what: str, issue: HotIssue, actor: Viewer, now: datetime, **detail: Any) -> None:
    audit.record(
        actor=actor, action=f"hot.{what}", subject_kind="hot_issue", subject_id=issue.id, place_path=issue.path,
        now=now, detail={"cases": issue.cases, **detail},
    )  # fmt: skip
    db.session.flush()
