"""What goods look like."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from gridcase.core.errors import Missing
from gridcase.files.rules import FileType
from gridcase.files.views import served
from gridcase.shop import queries
from gridcase.shop.models import GoodsPhoto
from gridcase.shop.views.base import ANYBODY, bp
from gridcase.web.access import needs, viewer


@bp.get("/goods/<int:goods_id>/photo")
@needs(*ANYBODY)
def goods_photo(goods_id: int) -> ResponseReturnValue:
    """The photo as it is kept."""
    stored = _photo(goods_id).stored
    return served(stored.digest, FileType(stored.type))


@bp.get("/goods/<int:goods_id>/photo/small")
@needs(*ANYBODY)
def goods_photo_small(goods_id: int) -> ResponseReturnValue:
    """Its small picture."""
    stored = _photo(goods_id).stored
    return served(stored.small or stored.digest, FileType.JPEG if stored.small else FileType(stored.type))


def _photo(goods_id: int) -> GoodsPhoto:
    found = queries.goods.photo_of(queries.goods.get_goods(goods_id, viewer=viewer(), permissions=ANYBODY))
    if found is None:
        raise Missing
    return found
