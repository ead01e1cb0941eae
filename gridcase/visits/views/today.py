"""The page a day begins with: whom to visit, which demands are open, whom he has not met yet."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gridcase.bulletin import queries as bulletin
from gridcase.bulletin.rules import How
from gridcase.checks import queries as checks
from gridcase.core import clock
from gridcase.core.permissions import Permission, Viewer
from gridcase.visits import queries
from gridcase.visits.views.base import bp
from gridcase.web.access import needs, viewer
from gridcase.web.filters import in_language

DEMANDS_SHOWN = 12
PHONE_PAGE = "phone.shell"


@bp.get("/")
@needs(Permission.LOG_VISIT)
def index() -> ResponseReturnValue:
    """Today: the homes to visit, the demands still open, the homes not met yet."""
    someone, now = viewer(), clock.now()
    today, after = clock.town_day(now), request.args.get("after")
    return render_template(
        "visits/today.html",
        today=today,
        due=queries.due_homes(someone, on=today, after=after),
        due_count=queries.due_count(someone, on=today),
        coming=queries.coming_homes(someone, on=today),
        demands=queries.open_demands(someone, now=now, most=DEMANDS_SHOWN),
        not_met=queries.not_met(someone),
        visits_month=queries.visits_this_month(someone, on=today),
        phone_url=url_for(PHONE_PAGE) if PHONE_PAGE in current_app.view_functions else None,
        **_passed_on(someone, on=today),
    )


def _passed_on(someone: Viewer, *, on: date) -> dict[str, Any]:
    """What comes down to the homes of the day: announcements to pass on, checks of the season."""
    return {
        "notices": bulletin.to_tell(someone, on),
        "checks": checks.to_check(someone, on=on),
        "How": How,
        "in_words": lambda item: in_language(zh=item.zh, en=item.en),
    }
