"""Making, changing and withdrawing forms; those that come with the system."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Iterator
from datetime import datetime

from gridcase.audit import service as audit
from gridcase.core.changes import check_seen
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.paths import SEED_DATA
from gridcase.core.periods import PeriodKind
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_, Both
from gridcase.grid.models import Grid
from gridcase.measures.rules import By
from gridcase.reports import queries
from gridcase.reports.models import Indicator, ReportForm, ReportFormVersion
from gridcase.reports.rules import BELOW, INDICATOR, MEAN, Adding, Kind, Order, Part, Shape, Spec, checked

EDITED = ("version",)
ALREADY = N_("这里已经有一张同名的报表，请换个名称。")


def make(
    *, actor: Viewer, place: Grid, title: str, spec: Spec, client_uuid: str, now: datetime,
    copied_from: ReportForm | None = None,
) -> ReportForm:  # fmt: skip
    """A new form for a place and those below it. The same mark sent twice is one form."""
    if not queries.builds(actor, place.path):
        raise Missing
    found = queries.by_uuid(client_uuid)
    if found is not None:
        return found
    if queries.titled(title, path=place.path, but=None):
        raise Refused(ALREADY, field="title")
    checked(spec, indicators=_names(place.path))
    form = ReportForm(
        client_uuid=client_uuid, place_id=place.id, path=place.path, title=title, version=1,
        copied_from_id=copied_from.id if copied_from else None, made_at=now, made_by=actor.name, user_id=actor.user_id,
        post_id=_post(actor, place.path),
    )  # fmt: skip
    db.session.add(form)
    db.session.flush()
    _keep_version(form, spec, actor=actor, now=now)
    _note(form, "report.form_made", actor=actor, now=now)
    return form


def change(form: ReportForm, *, actor: Viewer, title: str, spec: Spec, seen: str | None, now: datetime) -> ReportForm:
    """A new version of a form: what was made under the older ones keeps them."""
    _own(form, actor)
    check_seen(form, EDITED, seen)
    if queries.titled(title, path=form.path, but=form.id):
        raise Refused(ALREADY, field="title")
    if (title, spec) == (form.title, queries.spec_of(form)):
        raise Refused(N_("没有改动，不用保存。"))
    checked(spec, indicators=_names(form.path))
    if spec.shape is Shape.LIST and queries.schedules_of(form):
        raise Refused(N_("这张报表正在定期出，明细表不能定期出；请先停止定期，或者另建一张。"), field="shape")
    form.title, form.version = title, form.version + 1
    _keep_version(form, spec, actor=actor, now=now)
    _note(form, "report.form_changed", actor=actor, now=now)
    return form


def withdraw(form: ReportForm, *, actor: Viewer, now: datetime) -> None:
    """A form out of use: nothing is made of it any more, what was made stays."""
    _own(form, actor)
    form.withdrawn_at = now
    for schedule in queries.schedules_of(form):
        schedule.ended_at = now
    _note(form, "report.form_withdrawn", actor=actor, now=now)


def _own(form: ReportForm, actor: Viewer) -> None:
    if not queries.builds(actor, form.path):
        raise Missing
    if form.withdrawn_at is not None:
        raise Refused(N_("这张报表已经停用，请复制一份再改。"))


def _names(path: str) -> dict[str, Both]:
    """The indicators a form of a place may use."""
    return {
        f"{INDICATOR}{one.code}{end}": Both(one.name, one.name_en or one.name)
        for one in queries.indicators(path)
        for end in ("", MEAN)
    }


def _post(actor: Viewer, path: str) -> int | None:
    grant = actor.acting(Permission.SEE_DASHBOARD, path=path)
    return grant.post_id if grant else None


def _keep_version(form: ReportForm, spec: Spec, *, actor: Viewer, now: datetime) -> None:
    db.session.add(
        ReportFormVersion(
            form_id=form.id, number=form.version, title=form.title, spec=spec.as_json(), made_at=now,
            made_by=actor.name, user_id=actor.user_id,
        )
    )  # fmt: skip


def _note(form: ReportForm, action: str, *, actor: Viewer, now: datetime) -> None:
    audit.record(
        actor=actor, action=action, subject_kind="report_form", subject_id=form.id, now=now, place_path=form.path,
        post_id=_post(actor, form.path), detail={"version": form.version},
    )  # fmt: skip


# -- what comes with the system


def standards_are_current() -> bool:
    """Whether the database holds the register as it is now."""
    known = queries.standards()
    kept = {key: (form.title, form.title_en, spec) for key, (form, spec) in known.items()}
    wanted = {row["code"] for row in _rows("indicators.csv")}
    return all(kept.get(key) == one for key, one in read_standards().items()) and wanted <= set(
        queries.by_codes(wanted)
    )


def load_standards(*, actor: Viewer, now: datetime) -> int:
    """The forms and indicators of the register into the database; returns how many are new or changed. What a town made
    of a copy is its own and stays as it is."""
    changed = _load_indicators(actor=actor, now=now)
    known = queries.standards()
    for key, (title, title_en, spec) in read_standards().items():
        form, old = known.get(key, (None, None))
        if form is None:
            form = ReportForm(
                client_uuid=str(uuid.uuid5(uuid.NAMESPACE_URL, f"gridcase:report:{key}")), standard=key, path="/",
                title=title, title_en=title_en, version=1, made_at=now, made_by=actor.name,
            )  # fmt: skip
            db.session.add(form)
            db.session.flush()
        elif spec != old or (form.title, form.title_en) != (title, title_en):
            form.title, form.title_en, form.version = title, title_en, form.version + 1
        else:
            continue
        _keep_version(form, spec, actor=actor, now=now)
        changed += 1
    if changed:
        audit.record(
            actor=actor, action="report.standards", subject_kind="report_form", subject_id=None, now=now,
            detail={"changed": changed},
        )  # fmt: skip
    return changed


def _load_indicators(*, actor: Viewer, now: datetime) -> int:
    known, changed = queries.by_codes({row["code"] for row in _rows("indicators.csv")}), 0
    for row in _rows("indicators.csv"):
        if row["code"] not in known:
            db.session.add(
                Indicator(
                    code=row["code"], path="/", name=row["name"], name_en=row["name_en"], unit=row["unit"],
                    unit_en=row["unit_en"], adding=Adding(row["adding"]), kind=Kind(row["kind"]),
                    part_of=row["part_of"] or None, made_at=now, user_id=actor.user_id,
                )
            )  # fmt: skip
            changed += 1
    return changed


def read_standards() -> dict[str, tuple[str, str, Spec]]:
    """(title, English title, spec) of the register's forms; a line of the file is a part of one."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in _rows("forms.csv"):
        found.setdefault(row["form"], []).append(row)
    return {
        key: (
            rows[0]["title"],
            rows[0]["title_en"],
            Spec(
                tuple(map(_part, rows)), PeriodKind(rows[0]["every"]), Shape(rows[0]["shape"] or "summary"),
                Order(rows[0]["order"] or "code"), rows[0]["notes"], rows[0]["notes_en"],
            ),
        )
        for key, rows in found.items()
    }  # fmt: skip


def _part(row: dict[str, str]) -> Part:
    below = row["rows"] == BELOW
    return Part(
        tuple(row["measures"].split()), By(row["rows"]) if row["rows"] and not below else None, below,
        By(row["columns"]) if row["columns"] else None, row["major"], row["head"], row["head_en"],
    )  # fmt: skip


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (SEED_DATA / "reports" / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
