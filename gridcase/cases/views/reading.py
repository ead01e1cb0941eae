"""Reading cases as JSON, for the signed-in account's own programs: the work list page by page, and one case.

The description is `GET /api/cases/openapi.json`, docs/reading.md tells it in words.
"""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from gridcase.cases import queries
from gridcase.cases.rules import light_of
from gridcase.cases.views import desk
from gridcase.cases.views.reading_openapi import description
from gridcase.core import clock
from gridcase.core.permissions import Permission
from gridcase.web.access import needs, public, viewer

bp = Blueprint("cases_api", __name__, url_prefix="/api/cases")


@bp.get("/openapi.json")
@public("whoever writes a program that reads cases reads how")
def openapi() -> ResponseReturnValue:
    """The description of this interface."""
    return description()


@bp.get("/")
@needs(Permission.SEE_CASE)
def listed() -> ResponseReturnValue:
    """A page of the work list under the filters of the page of the same name; `next` asks for the one after it."""
    someone, now = viewer(), clock.now()
    filters, after = desk.read(request.args, someone), request.args.get("after")
    page = queries.work_list(someone, filters, now=now, after=after, restricted=False)
    more = None
    if page.after:
        kept: dict[str, Any] = {**request.args, "tab": filters.tab.value, "after": page.after}
        more = url_for("cases_api.listed", **kept)
    return _json({"tab": filters.tab.value, "cases": [_row(row, now) for row in page.rows], "next": more})


@bp.get("/<int:case_id>")
@needs(Permission.SEE_CASE)
def one(case_id: int) -> ResponseReturnValue:
    """One case with its steps."""
    row = queries.read_case(case_id, viewer=viewer())
    more = {
        "text": row.text, "class_code": row.code, "channel": row.channel, "level": row.level, "result": row.result,
        "answer": row.answer, "rating": row.rating,
        "steps": [
            {
                "seq": step.seq, "move": step.move, "from": step.from_state, "to": step.to_state,
                "role": step.actor_role, "at": step.at,
            }
            for step in queries.read_steps(case_id)
        ],
    }  # fmt: skip
    return _json(_row(row, clock.now()) | more)


def _row(row: Any, now: Any) -> dict[str, Any]:
    closed = row.closed_at is not None
    return {
        "id": row.id, "number": row.number, "title": row.title, "class": row.zh, "class_en": row.en,
        "state": row.state, "urgency": row.urgency, "village": row.village_name, "place": row.place_name,
        "light": light_of(due_at=row.due_at, soon_at=row.soon_at, closed=closed, now=now).value,
        "registered_at": row.registered_at, "due_at": row.due_at, "closed_at": row.closed_at,
        "closed_late": row.closed_late, "with": row.unit_name or row.post_title,
    }  # fmt: skip


def _json(body: dict[str, Any]) -> Response:
    response = Response(orjson.dumps(body, option=orjson.OPT_UTC_Z), mimetype="application/json")
    response.headers["Cache-Control"] = "private, no-store"
    return response
