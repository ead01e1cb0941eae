"""Pages of the registers' files: templates, uploads with their check, and exports."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote

from flask import Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.db import transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission
from gridcase.exchange import jobs, queries
from gridcase.exchange.forms import BareForm, RegisterExportForm, RegisterUploadForm, columns_form
from gridcase.exchange.models import RegisterImport
from gridcase.exchange.rules import states
from gridcase.exchange.rules.columns import Register
from gridcase.exchange.rules.registers import REGISTERS
from gridcase.exchange.rules.states import ImportState
from gridcase.exchange.service import files, imports
from gridcase.exchange.views.base import bp
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate
from gridcase.web.formkit import submit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}
POLLED = "2"  # seconds between two looks at a running import


@bp.route("/registers/")
@needs(Permission.IMPORT_REGISTERS, Permission.EXPORT_REGISTERS)
def index() -> ResponseReturnValue:
    """The registers with their templates, the file to hand in, and the own latest imports."""
    return _index(_upload_form())


@bp.route("/registers/upload", methods=["GET", "POST"])
@needs(Permission.IMPORT_REGISTERS)
def upload() -> ResponseReturnValue:
    """Hand in a file: it is checked, nothing is written yet."""
    form = _upload_form()
    if not form.validate_on_submit():
        return _index(form)
    try:
        import_id = jobs.hand_in(
            actor=viewer(), register=REGISTERS[form.register.data], data=form.file.data.read(),
            filename=form.file.data.filename or "", datum=form.datum.data, on=form.on.data, now=clock.now(),
        )  # fmt: skip
    except Refused as refusal:
        form.refuse(refusal)
        return _index(form)
    return _go_on(import_id)


@bp.route("/registers/<int:import_id>")
@needs(Permission.IMPORT_REGISTERS)
def show(import_id: int) -> ResponseReturnValue:
    """Where an import stands: its columns, how far it is, what would come of it, what is wrong, what came of it."""
    one = queries.imports.get_import(import_id, viewer=viewer())
    if one.state == ImportState.MAPPING:
        return redirect(url_for(".columns", import_id=one.id))
    register, running = REGISTERS[one.register], ImportState(one.state).running
    wrong = queries.imports.wrong_rows(one.id, limit=states.SHOWN_PROBLEMS) if one.state == ImportState.WRONG else []
    problems = list(files.problem_texts(wrong, register, one.mapping))
    response = make_response(render_template(
        "exchange/register_import.html", one=one, register=register, state=ImportState(one.state), running=running,
        problems=problems[: states.SHOWN_PROBLEMS], form=BareForm(), today=town_day(clock.now()),
    ))  # fmt: skip
    if running:
        response.headers["Refresh"] = POLLED
    return response


@bp.route("/registers/<int:import_id>/columns", methods=["GET", "POST"])
@needs(Permission.IMPORT_REGISTERS)
def columns(import_id: int) -> ResponseReturnValue:
    """Match the file's own columns to the register's; remembered for the next file with these headers."""
    one = queries.imports.get_import(import_id, viewer=viewer())
    register = REGISTERS[one.register]
    if one.state not in (ImportState.MAPPING, ImportState.READY, ImportState.WRONG):
        return redirect(url_for(".show", import_id=one.id))
    form = columns_form([(column.key, column.header) for column in register.columns], one.headers, one.mapping)
    if form.validate_on_submit() and submit(
        form, _name_columns, import_id, mapping=form.chosen(), now=clock.now()
    ):  # fmt: skip
        return _go_on(import_id)
    return render_template(
        "exchange/register_columns.html", one=one, register=register, form=form, missing=imports.missing(one)
    )


@bp.post("/registers/<int:import_id>/confirm")
@needs(Permission.IMPORT_REGISTERS)
def confirm(import_id: int) -> ResponseReturnValue:
    """Take over what was checked."""
    queries.imports.get_import(import_id, viewer=viewer())
    if not BareForm().validate_on_submit():
        return redirect(url_for(".show", import_id=import_id))
    with transaction():
        one = queries.imports.get_import(import_id, viewer=viewer())
        imports.confirm(one, actor=viewer(), now=clock.now())
    return _go_on(import_id)


@bp.post("/registers/<int:import_id>/drop")
@needs(Permission.IMPORT_REGISTERS)
def drop(import_id: int) -> ResponseReturnValue:
    """Let it be."""
    queries.imports.get_import(import_id, viewer=viewer())
    with transaction():
        imports.drop(queries.imports.get_import(import_id, viewer=viewer()), now=clock.now())
    flash(_("已放弃这次导入，台账没有改动。"), "ok")
    return redirect(url_for(".index"))


@bp.route("/registers/<int:import_id>/marked")
@needs(Permission.IMPORT_REGISTERS)
def marked(import_id: int) -> ResponseReturnValue:
    """A copy of the file with the mistakes marked in its cells."""
    one = queries.imports.get_import(import_id, viewer=viewer())
    path = jobs.file_of(one.id)
    if one.state != ImportState.WRONG or not path.exists():
        flash(translate(states.FILE_GONE), "warning")
        return redirect(url_for(".show", import_id=one.id))
    register = REGISTERS[one.register]
    wrong = {row.number: row.problems for row in queries.imports.wrong_rows(one.id)}
    return _file(files.marked(path, register, one.mapping, wrong), f"{register.sheet}-{one.id}-marked", "xlsx")


@bp.route("/registers/template")
@needs(Permission.IMPORT_REGISTERS)
def template() -> ResponseReturnValue:
    """The empty file of a register."""
    register = REGISTERS.get(request.args.get("register", "places"))
    if register is None:
        raise Missing
    return _file(files.template(register), f"{register.sheet}-模板", "xlsx")


@bp.route("/registers/export", methods=["GET", "POST"])
@needs(Permission.EXPORT_REGISTERS)
def export() -> ResponseReturnValue:
    """A register as a file: masked, or in full with a purpose that is written down."""
    places = [(row.code, f"{row.code} {row.name}") for row in queries.exports.places_of(viewer())]
    form = RegisterExportForm(registers=_registers(), places=places)
    form.on.data = form.on.data or town_day(clock.now())
    if form.validate_on_submit():
        register, day = REGISTERS[form.register.data], form.on.data
        content = submit(form, _export, register, form, day)
        if isinstance(content, bytes):
            return _file(content, f"{register.sheet}-{form.place.data}-{day:%Y%m%d}", form.kind.data)
    return render_template("exchange/register_export.html", form=form)


def _export(register: Register, form: RegisterExportForm, day: date) -> bytes:
    return files.export(
        register, actor=viewer(), place_code=form.place.data, on=day, purpose=form.purpose.data or "",
        kind=form.kind.data, now=clock.now(),
    )  # fmt: skip


def _name_columns(import_id: int, **matched: Any) -> None:
    imports.name_columns(queries.imports.get_import(import_id, viewer=viewer()), **matched)


def _go_on(import_id: int) -> ResponseReturnValue:
    """Small files are done while their sender waits; a large one goes on behind its page."""
    path = jobs.file_of(import_id)
    if path.exists() and path.stat().st_size <= states.IN_REQUEST:
        jobs.work(import_id)
    else:
        jobs.start(current_app._get_current_object(), import_id)  # type: ignore[attr-defined]
    return redirect(url_for(".show", import_id=import_id))


def _registers() -> list[tuple[str, Any]]:
    return [(register.key, register.label) for register in REGISTERS.values()]


def _upload_form() -> RegisterUploadForm:
    form = RegisterUploadForm(registers=_registers(), datums=list(states.DATUMS.items()))
    form.on.data = form.on.data or town_day(clock.now())
    return form


def _index(form: RegisterUploadForm) -> ResponseReturnValue:
    mine: list[RegisterImport] = list(queries.imports.own(viewer()))
    return render_template(
        "exchange/registers.html", form=form, registers=REGISTERS, imports=mine, states=ImportState,
        may_import=viewer().may(Permission.IMPORT_REGISTERS), may_export=viewer().may(Permission.EXPORT_REGISTERS),
    )  # fmt: skip


def _file(content: bytes, name: str, kind: str) -> Response:
    response = Response(content, mimetype=KINDS[kind].split(";")[0])
    response.headers["Content-Type"] = KINDS[kind]
    # Servers refuse a header outside Latin-1: the Chinese name goes along percent-encoded (RFC 6266).
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{name}.{kind}')}"
    response.headers["Cache-Control"] = "no-store"
    return response
