"""The inbox page."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from gridcase.core import clock
from gridcase.core.db import transaction
from gridcase.core.permissions import Permission
from gridcase.notices import queries, service
from gridcase.notices.views.base import bp
from gridcase.web.access import needs, viewer


@bp.get("/inbox/")
@needs(Permission.SEE_WORK)
def index() -> ResponseReturnValue:
    """What was told to me."""
    page = queries.inbox(viewer(), after=request.args.get("after"))
    return render_template("notices/inbox.html", page=page)


@bp.post("/inbox/<int:notice_id>/open")
@needs(Permission.SEE_WORK)
def open_notice(notice_id: int) -> ResponseReturnValue:
    """Mark as read and go where it points."""
    notice = queries.get_notice(notice_id, viewer=viewer())
    with transaction():
        service.mark_read(notice, actor=viewer(), now=clock.now())
    return redirect(notice.link)
