"""What was handed over: taken, or put aside with a reason."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.permissions import Permission
from gridcase.sync import queries, service
from gridcase.sync.forms import ActForm, AsideForm
from gridcase.sync.models import HandedItem
from gridcase.sync.rules import read_item
from gridcase.sync.views.base import bp
from gridcase.sync.views.saying import Said, said
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit


@bp.get("/sync/handed")
@needs(Permission.LOG_VISIT)
def handed() -> ResponseReturnValue:
    """What waits for me."""
    return _page(None, AsideForm())


def _page(wrong: int | None, form: AsideForm) -> ResponseReturnValue:
    found = queries.handed_for(viewer())
    authors = queries.authors([one.filed.user_id for one, _home in found])
    return render_template(
        "sync/handed.html", form=form, wrong=wrong, authors=authors,
        items=[(one, home, _said(one)) for one, home in found],
    )  # fmt: skip


def _said(one: HandedItem) -> Said:
    return said(read_item(one.item, sent_at=one.filed.said_at))


@bp.post("/sync/handed/<int:item_id>/take")
@needs(Permission.LOG_VISIT)
def take_handed(item_id: int) -> ResponseReturnValue:
    """It counts, as its author's."""
    one, home = queries.one_handed(item_id, viewer=viewer())
    form = ActForm()
    done = submit(form, service.take_over, one, home, actor=viewer(), now=clock.now())
    flash(_("收下了，记在写的人名下。") if done else next(iter(form.form_errors), ""), "message" if done else "danger")
    return redirect(url_for(".handed"))


@bp.post("/sync/handed/<int:item_id>/aside")
@needs(Permission.LOG_VISIT)
def put_aside(item_id: int) -> ResponseReturnValue:
    """It does not count; its author reads why."""
    one, home = queries.one_handed(item_id, viewer=viewer())
    form = AsideForm()
    if form.validate_on_submit() and submit(
        form, service.put_aside, one, home, actor=viewer(), words=form.words.data or "", now=clock.now()
    ):
        flash(_("已搁置，原因告诉了写的人。"))
        return redirect(url_for(".handed"))
    return _page(item_id, form)
