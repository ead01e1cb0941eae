"""Photos of visits."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission
from gridcase.files import service as files
from gridcase.files.rules import AT_ONCE, LARGEST, FileType
from gridcase.files.service import Prepared
from gridcase.files.views import photo_only, served
from gridcase.visits import queries
from gridcase.visits.forms import VisitForm
from gridcase.visits.views.base import bp
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate


def taken(form: VisitForm) -> list[Prepared]:
    """The photos of a form that was sent, checked and put away; what was wrong is said beside the field. Slow, so never
    inside a transaction."""
    found: list[Prepared] = []
    sent = [one for one in request.files.getlist(form.photos.name) if one.filename]
    if len(sent) > AT_ONCE:
        form.photos.errors = [_("一次最多 %(n)s 张，请重新选。", n=AT_ONCE)]
        return found
    for one in sent:
        try:
            found.append(photo_only(files.prepare(one.stream.read(LARGEST + 1))))
        except Refused as refusal:
            said = _("%(name)s：%(why)s", name=(one.filename or "")[-60:], why=translate(refusal.text))
            form.photos.errors = [*form.photos.errors, said]
    return found


@bp.get("/photo/<int:photo_id>")
@needs(Permission.SEE_VISIT)
def photo(photo_id: int) -> ResponseReturnValue:
    """A photo as it is kept."""
    stored = queries.get_photo(photo_id, viewer=viewer())
    return served(stored.digest, FileType(stored.type))


@bp.get("/photo/<int:photo_id>/small")
@needs(Permission.SEE_VISIT)
def photo_small(photo_id: int) -> ResponseReturnValue:
    """Its small picture."""
    stored = queries.get_photo(photo_id, viewer=viewer())
    return served(stored.small or stored.digest, FileType.JPEG if stored.small else FileType(stored.type))
