"""Photos of visits: drawn anew when they came in, served under a type of ours."""

from __future__ import annotations

from flask import Response, request, send_file
from flask.typing import ResponseReturnValue

from gridcase.core.permissions import Permission
from gridcase.files import service as files
from gridcase.files.rules import FileType
from gridcase.visits import queries
from gridcase.visits.views.base import bp
from gridcase.web.access import needs, viewer


@bp.get("/photo/<int:photo_id>")
@needs(Permission.SEE_VISIT)
def photo(photo_id: int) -> ResponseReturnValue:
    """A photo as it is kept."""
    stored = queries.get_photo(photo_id, viewer=viewer())
    return _served(stored.digest, FileType(stored.type))


@bp.get("/photo/<int:photo_id>/small")
@needs(Permission.SEE_VISIT)
def photo_small(photo_id: int) -> ResponseReturnValue:
    """Its small picture."""
    stored = queries.get_photo(photo_id, viewer=viewer())
    return _served(stored.small or stored.digest, FileType.JPEG if stored.small else FileType(stored.type))


def _served(digest: str, kind: FileType) -> Response:
    response = send_file(files.open_file(digest), mimetype=kind.mime, conditional=False, etag=False, max_age=0)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(digest)
    response.make_conditional(request)
    return response
