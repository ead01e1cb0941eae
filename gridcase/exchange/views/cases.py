"""The page of an import: hand in a list, see what would come of it, confirm."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases.rules import Channel
from gridcase.core import clock
from gridcase.core.config import current
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission
from gridcase.exchange import jobs, service
from gridcase.exchange.forms import ConfirmForm, UploadForm
from gridcase.exchange.queries import cases as queries
from gridcase.exchange.rules import cases as rules
from gridcase.exchange.views.base import bp
from gridcase.grid import queries as grids
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate

KEPT = timedelta(hours=24)


@bp.route("/import", methods=["GET", "POST"])
@needs(Permission.IMPORT_CASES)
def import_cases() -> ResponseReturnValue:
    """Hand in a list: it is checked whole, nothing is written."""
    form, report, confirm = _upload_form(), None, None
    if form.validate_on_submit():
        data, place = form.file.data.read(), {name: form[name].data or "" for name in ("town", "village", "source")}
        try:
            report = _run(data, dry_run=True, **place)
        except Refused as refusal:
            form.refuse(refusal)
        if report and report.accepted and report.new:
            confirm = ConfirmForm(formdata=None, digest=_keep(data), **place)
    return _page(form, report, confirm)


@bp.post("/import/confirm")
@needs(Permission.IMPORT_CASES)
def confirm_import() -> ResponseReturnValue:
    """Take over the list that was checked; it is checked again, for the world may have moved on."""
    form = ConfirmForm()
    kept = _kept(form.digest.data or "") if form.validate_on_submit() else None
    if kept is None:
        flash(_("检查过的文件已经不在了，请重新选择。"), "warning")
        return redirect(url_for(".import_cases"))
    try:
        report = _run(
            kept.read_bytes(), form.town.data or "", form.village.data or "", form.source.data or "", dry_run=False
        )  # fmt: skip
    except Refused as refusal:
        flash(translate(refusal.text), "danger")
        return redirect(url_for(".import_cases"))
    kept.unlink(missing_ok=True)
    if not report.accepted:
        return _page(_upload_form(), report, None)
    flash(" ".join(translate(text) for text in report.texts()), "ok")
    return redirect(url_for(".import_cases"))


def _page(form: UploadForm, report: service.ImportReport | None, confirm: ConfirmForm | None) -> ResponseReturnValue:
    return render_template(
        "exchange/import.html", form=form, report=report, confirm=confirm, columns=rules.CASE_COLUMNS,
        required=rules.REQUIRED, shown=rules.SHOWN_PROBLEMS,
    )  # fmt: skip


def _run(data: bytes, town: str, village: str, source: str, *, dry_run: bool) -> service.ImportReport:
    return jobs.import_cases(
        actor=viewer(),
        data=data,
        town_code=town,
        village_code=village or None,
        dry_run=dry_run,
        now=clock.now(),
        source=Channel(source) if source else None,
    )


def _upload_form() -> UploadForm:
    towns = [(row.code, row.name) for row in queries.towns_of(viewer())]
    villages = grids.villages_of(viewer(), permission=Permission.IMPORT_CASES)
    return UploadForm(towns=towns, villages=[(village.code, village.name) for village in villages])


def _folder() -> Path:
    """Where checked lists wait for their confirmation: in the instance folder, readable by the server alone."""
    folder = current().folder / "incoming"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _path_of(digest: str) -> Path:
    """A list belongs to the account that handed it in."""
    return _folder() / f"{viewer().user_id}-{digest}"


def _keep(data: bytes) -> str:
    """Keep a checked list until it is confirmed, a day at most; returns its digest."""
    for old in _folder().iterdir():
        if old.stat().st_mtime < clock.now().timestamp() - KEPT.total_seconds():
            old.unlink(missing_ok=True)
    digest = hashlib.sha256(data).hexdigest()
    path = _path_of(digest)
    path.touch(mode=0o600)
    path.write_bytes(data)
    return digest


def _kept(digest: str) -> Path | None:
    path = _path_of(digest)
    return path if path.is_file() else None
