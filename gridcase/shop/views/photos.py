"""What goods look like: drawn anew when it came in, served under a type of ours."""

from __future__ import annotations

from flask import Response, request, send_file
from flask.typing import ResponseReturnValue

from gridcase.core.errors import Missing, Refused
from gridcase.core.words import N_
from gridcase.files import service as files
from gridcase.files.rules import LARGEST, FileType
from gridcase.files.service import Prepared
from gridcase.shop import queries
from gridcase.shop.forms.goods import GoodsForm
from gridcase.shop.models import GoodsPhoto
from gridcase.shop.views.base import ANYBODY, bp
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate


def taken(form: GoodsForm) -> Prepared | None:
    """The photo that was sent, checked and put away; what was wrong is said beside the field. Slow, so never inside a
    transaction."""
    sent = request.files.get(form.photo.name)
    if sent is None or not sent.filename:
        return None
    try:
        prepared = files.prepare(sent.stream.read(LARGEST + 1))
        if prepared.type is FileType.PDF:
            raise Refused(N_("这里只收照片。"))
    except Refused as refusal:
        form.photo.errors = [translate(refusal.text)]
        return None
    return prepared


@bp.get("/goods/<int:goods_id>/photo")
@needs(*ANYBODY)
def goods_photo(goods_id: int) -> ResponseReturnValue:
    """The photo as it is kept."""
    stored = _photo(goods_id).stored
    return _served(stored.digest, FileType(stored.type))


@bp.get("/goods/<int:goods_id>/photo/small")
@needs(*ANYBODY)
def goods_photo_small(goods_id: int) -> ResponseReturnValue:
    """Its small picture."""
    stored = _photo(goods_id).stored
    return _served(stored.small or stored.digest, FileType.JPEG if stored.small else FileType(stored.type))


def _photo(goods_id: int) -> GoodsPhoto:
    found = queries.goods.photo_of(queries.goods.get_goods(goods_id, viewer=viewer(), permissions=ANYBODY))
    if found is None:
        raise Missing
    return found


def _served(digest: str, kind: FileType) -> Response:
    response = send_file(files.open_file(digest), mimetype=kind.mime, conditional=False, etag=False, max_age=0)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(digest)
    response.make_conditional(request)
    return response
