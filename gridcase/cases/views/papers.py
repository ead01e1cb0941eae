"""Photos and papers on their way in and out. What arrived stays with the form when it is shown again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer

from gridcase.cases import queries, service
from gridcase.cases.models import Case, CaseFile
from gridcase.cases.rules.papers import PaperKind
from gridcase.cases.service import Papers
from gridcase.cases.views.base import bp
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.files import service as files
from gridcase.files.rules import AT_ONCE, LARGEST, FileType
from gridcase.files.service import Prepared
from gridcase.files.views import served
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate

KEPT_SECONDS = 12 * 3600  # shorter than the sweep waits: what a form still holds is not removed


def received(form: Any, someone: Viewer) -> Papers | None:
    """The files of a form that was sent, checked and put away; None when one was refused (said beside the field).
    Slow, so never inside a transaction."""
    if "papers" not in form or not form.is_submitted():
        return Papers()
    prepared, errors = _kept(form, someone), []
    for sent in request.files.getlist(form.papers.name):
        content = sent.stream.read(LARGEST + 1)
        if not content and not sent.filename:
            continue  # browsers send an empty part where nothing was chosen
        if len(prepared) >= AT_ONCE:
            errors.append(_("一次最多传 %(n)s 个文件，其余的请稍后用“留言”补充。", n=AT_ONCE))
            break
        try:
            prepared.append(files.prepare(content))
        except Refused as refusal:
            errors.append(_("%(name)s：%(why)s", name=(sent.filename or "")[-60:], why=translate(refusal.text)))
    form.papers.kept = [(_token(one, someone), _words(one)) for one in prepared]
    form.papers.errors = [*form.papers.errors, *errors]
    kind = next((one for one in PaperKind if one == form.papers_kind.data), PaperKind.PHOTO)
    return None if errors else Papers(prepared, kind, form.papers_caption.data)


def along(do: Callable[..., Any], sent: Papers) -> Callable[..., Any]:
    """The deed `do`, and in the same transaction its files onto the step it makes."""

    def done(*args: Any, actor: Viewer, now: datetime) -> Any:
        result = do(*args, actor=actor, now=now)
        case = result if isinstance(result, Case) else args[0]
        service.attach(case, sent, actor=actor, now=now)
        return result

    return done


def _signer() -> URLSafeTimedSerializer:
    former = current_app.config.get("SECRET_KEY_FALLBACKS") or []
    return URLSafeTimedSerializer([*former, current_app.secret_key], salt="papers")


def _token(one: Prepared, someone: Viewer) -> str:
    return str(_signer().dumps([someone.user_id, one.digest, one.small, one.type, one.size, one.width, one.height]))


def _kept(form: Any, someone: Viewer) -> list[Prepared]:
    """What this person sent with the form before and has not taken out again."""
    found = []
    for token in request.form.getlist(f"{form.papers.name}-kept")[:AT_ONCE]:
        try:
            user, digest, small, kind, size, width, height = _signer().loads(token, max_age=KEPT_SECONDS)
        except BadSignature:
            continue
        if user == someone.user_id:
            found.append(Prepared(digest, small, FileType(kind), size, width, height))
    return found


def _words(one: Prepared) -> str:
    kind = _("照片") if one.type.is_picture else "PDF"
    return _("%(kind)s，%(size)s KB", kind=kind, size=max(1, one.size // 1024))


@bp.get("/<int:case_id>/files/<int:seq>")
@needs(Permission.SEE_CASE)
def paper(case_id: int, seq: int) -> ResponseReturnValue:
    """A photo in the page, a paper as a download."""
    case, row = queries.get_paper(case_id, seq, viewer=viewer())
    return _served(case, row, row.stored.digest, FileType(row.stored.type))


@bp.get("/<int:case_id>/files/<int:seq>/small")
@needs(Permission.SEE_CASE)
def paper_small(case_id: int, seq: int) -> ResponseReturnValue:
    """The small picture of a photo."""
    case, row = queries.get_paper(case_id, seq, viewer=viewer())
    if row.stored.small is None:
        raise Missing
    return _served(case, row, row.stored.small, FileType.JPEG)


def _served(case: Case, row: CaseFile, digest: str, kind: FileType) -> Response:
    """A restricted case leaves nothing on the device."""
    return served(digest, kind, name=f"{case.number}-{row.seq}", secret=case.restricted)
