"""What no clock has to tell: among thousands of cases PostgreSQL finds the rows of hot pages by index and sorts little;
a page stays small whatever lies behind it. The sweep of what is due looks at what is open alone.

6,000 cases by default; GRIDCASE_FULL=1 asks among 30,000.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import event

from benchmarks.ground import ACTOR, Ground, prepared
from gridcase.core.db import db
from gridcase.reminders import jobs as reminders

CASES = 30_000 if os.environ.get("GRIDCASE_FULL", "") not in {"", "0"} else 6000
MOST_SORTED, MOST_KIB = 1000, 80
LARGE = {"case", "case_step"}
PAGES = (
    "/cases/?tab=mine", "/cases/?tab=village", "/cases/?tab=late", "/cases/?tab=all", "/api/cases/?tab=all",
    "/cases/{case}", "/api/cases/{case}",
)  # fmt: skip


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every step of a plan."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from steps(part)


@contextmanager
def selects(ground: Ground) -> Iterator[list[tuple[str, Any]]]:
    """What is asked of the database meanwhile."""
    sent: list[tuple[str, Any]] = []
    with ground.app.app_context():
        engine = db.engine

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            sent.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def asked(ground: Ground, path: str) -> tuple[int, list[tuple[str, Any]]]:
    """How many KiB the page has, and what it asks the database."""
    client = ground.client("dispatcher")
    path = path.format(case=client.get("/api/cases/?tab=all").json["cases"][0]["id"])
    client.get(path)
    with selects(ground) as sent:
        answer = client.get(path)
    assert (answer.status_code, bool(sent)) == (200, True)
    return len(answer.data) // 1024, sent


def swept(ground: Ground) -> list[tuple[str, Any]]:
    """What a sweep asks that has nothing to say: everything was told a moment ago."""
    noon = ground.now.replace(hour=4) + timedelta(days=1)
    with ground.app.app_context():
        assert reminders.sweep(actor=ACTOR, now=noon) > 0
        with selects(ground) as sent:
            assert reminders.sweep(actor=ACTOR, now=noon) == 0
        db.session.remove()
    return sent


def wrong(plan: dict[str, Any]) -> Iterator[str]:
    """What must not stand in the plan of a hot page."""
    for step in steps(plan):
        kind, rows = step["Node Type"], step["Plan Rows"]
        if kind == "Seq Scan" and step["Relation Name"] in LARGE:
            yield f"reads all of {step['Relation Name']}"
        if kind == "Sort" and rows > MOST_SORTED:
            yield f"sorts {rows} rows"


def walks(plan: dict[str, Any]) -> Iterator[str]:
    """What must not stand in the plan of a sweep besides: cases in the order of their ids are all cases, and what was
    told is looked up for what is open."""
    for step in steps(plan):
        if step["Node Type"] == "Seq Scan" and step["Relation Name"] == "notice":
            yield "reads all notices"
        if step.get("Index Name") == "pk_case" and "id = " not in step.get("Index Cond", ""):
            yield "walks through all cases"


def plans(ground: Ground, sent: list[tuple[str, Any]]) -> list[dict[str, Any]]:
    """How the database would find what is asked."""
    with ground.app.app_context(), db.engine.connect() as connection:
        found = [connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {one}", with_) for one, with_ in sent]
        return [plan.scalar_one()[0]["Plan"] for plan in found]


def test_hot_pages_and_the_sweep_read_by_index_and_pages_stay_small() -> None:
    found = {}
    with prepared("postgresql", CASES) as ground:
        for path in PAGES:
            size, sent = asked(ground, path)
            said = {line for plan in plans(ground, sent) for line in wrong(plan)}
            found[path] = sorted(said) + ([f"{size} KiB"] if size > MOST_KIB else [])
        sweeping = plans(ground, swept(ground))
        found["sweep"] = sorted({line for plan in sweeping for check in (wrong, walks) for line in check(plan)})
    assert {path: said for path, said in found.items() if said} == {}
