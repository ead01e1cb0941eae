"""What no clock has to tell: among thousands of cases PostgreSQL finds the rows of hot pages by index and sorts little;
a page stays small whatever lies behind it.

6,000 cases by default; GRIDCASE_FULL=1 asks among 30,000.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from sqlalchemy import event

from benchmarks.ground import Ground, prepared
from gridcase.core.db import db

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


def asked(ground: Ground, path: str) -> tuple[int, list[tuple[str, Any]]]:
    """How many KiB the page has, and what it asks the database."""
    client, sent = ground.client("dispatcher"), []
    path = path.format(case=client.get("/api/cases/?tab=all").json["cases"][0]["id"])
    client.get(path)
    with ground.app.app_context():
        engine = db.engine

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            sent.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    answer = client.get(path)
    event.remove(engine, "before_cursor_execute", note)
    assert (answer.status_code, bool(sent)) == (200, True)
    return len(answer.data) // 1024, sent


def wrong(plan: dict[str, Any]) -> Iterator[str]:
    """What must not stand in the plan of a hot page."""
    for step in steps(plan):
        kind, rows = step["Node Type"], step["Plan Rows"]
        if kind == "Seq Scan" and step["Relation Name"] in LARGE:
            yield f"reads all of {step['Relation Name']}"
        if kind == "Sort" and rows > MOST_SORTED:
            yield f"sorts {rows} rows"


def test_hot_pages_read_by_index_and_stay_small() -> None:
    found = {}
    with prepared("postgresql", CASES) as ground:
        for path in PAGES:
            size, sent = asked(ground, path)
            with ground.app.app_context(), db.engine.connect() as connection:
                plans = [connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {one}", with_) for one, with_ in sent]
                said = {line for plan in plans for line in wrong(plan.scalar_one()[0]["Plan"])}
            found[path] = sorted(said) + ([f"{size} KiB"] if size > MOST_KIB else [])
    assert {path: said for path, said in found.items() if said} == {}
