"""Stored files as they come in with a form and go out as an answer; no page of its own, the same for every room's."""

from __future__ import annotations

from flask import Response, request, send_file
from wtforms import FileField

from gridcase.core.errors import Refused
from gridcase.core.words import N_
from gridcase.files import service
from gridcase.files.rules import LARGEST, FileType
from gridcase.files.service import Prepared
from gridcase.web.filters import translate


def photo_sent(field: FileField) -> Prepared | None:
    """The one photo of a form, checked and put away; what is wrong with it is said beside the field. Slow, so never
    inside a transaction."""
    sent = request.files.get(field.name)
    if sent is None or not sent.filename:
        return None
    try:
        return photo_only(service.prepare(sent.stream.read(LARGEST + 1)))
    except Refused as refusal:
        field.errors = [translate(refusal.text)]
        return None


def photo_only(prepared: Prepared) -> Prepared:
    """The same; `Refused` for a paper where only a photo makes sense."""
    if prepared.type is FileType.PDF:
        raise Refused(N_("这里只收照片。"))
    return prepared


def served(digest: str, kind: FileType, *, name: str = "", secret: bool = False) -> Response:
    """The bytes under a type of ours that the browser may not doubt: a photo in the page, a paper as a download under
    `name`. What is `secret` leaves nothing on the device."""
    response: Response = send_file(
        service.open_file(digest), mimetype=kind.mime, as_attachment=not kind.is_picture,
        download_name=f"{name or digest[:12]}.{kind}", conditional=False, etag=False, max_age=0,
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store" if secret else "private, no-cache"
    if not secret:
        response.set_etag(digest)
        response.make_conditional(request)
    return response
