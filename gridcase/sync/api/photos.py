"""Photos after their item, in pieces that resume where the line was cut."""

from __future__ import annotations

import json
import re

from flask import Response, request
from flask.typing import ResponseReturnValue

from gridcase.core import clock
from gridcase.core.db import transaction
from gridcase.core.errors import Refused
from gridcase.core.words import N_, Text
from gridcase.files.rules import LARGEST
from gridcase.sync import queries, service
from gridcase.sync.api.base import BUSY_SECONDS, Denied, bp, by_device, check_live, device, error
from gridcase.sync.api.items import json_answer
from gridcase.sync.rules.outcomes import WORDS, Reason
from gridcase.sync.rules.reading import UUID
from gridcase.sync.service import partial
from gridcase.sync.service.uploads import DONE, OPEN
from gridcase.web.access import viewer
from gridcase.web.filters import translate

DIGEST = re.compile(r"[0-9a-f]{64}")
PIECES = "application/offset+octet-stream"
NO_ITEM = N_("这张照片的走访还没有收到，请先发送走访。")
BROKEN = N_("照片没有传完整，请重新上传。")
WRONG_OFFSET = N_("照片从另一处接着传。")


@bp.route("/photos/<uuid>", methods=["HEAD"])
@by_device
def photo_offset(uuid: str) -> ResponseReturnValue:
    """How far a photo has come. A photo of somebody else is one that was never begun."""
    row = queries.upload(_uuid(uuid))
    if row is None or row.user_id != device().user_id:
        return _offset(0, 200)
    if row.state == DONE:
        return _offset(row.length, 200)
    # The last byte is asked for again where the answer to it may have been lost: only then is a whole photo hung up.
    return _offset(min(partial.size(uuid), row.length - 1) if row.state == OPEN else 0, 200)


@bp.patch("/photos/<uuid>")
@by_device
def photo(uuid: str) -> ResponseReturnValue:
    """One piece. The last one completes the photo: it is checked, drawn anew and hung where its item went."""
    offset, announced = _announced(_uuid(uuid))
    try:
        with transaction():
            check_live(device())
            row = service.begin(announced, user=device().user, now=clock.now())
            row_id, state, answer = row.id, row.state, row.answer
    except service.NoItem:
        return error("no_item", 404, text=NO_ITEM)
    except service.IdReused:
        return error("id_reused", 422, text=WORDS[Reason.ID_REUSED])
    except service.PhotoRefused as refused:
        return _refused(uuid, refused.text)
    if state == DONE:
        return _offset(announced.length, 204)
    if state != OPEN:
        return json_answer(answer or "", 409)
    try:
        return _grown(row_id, announced, offset)
    except partial.Busy as busy:
        raise Denied("busy", 503, retry=BUSY_SECONDS) from busy


def _grown(row_id: int, photo: service.Announced, offset: int) -> Response:
    """Write the piece, and finish what is whole."""
    with partial.held(photo.uuid) as file:
        size = partial.size(photo.uuid)
        if offset != size and not (size == photo.length and offset == size - 1):
            answer = error("wrong_offset", 409, text=WRONG_OFFSET)
            answer.headers["Upload-Offset"] = str(size)
            return answer
        if (request.content_length or 0) > photo.length - offset:
            raise Denied("bad_request", 400)
        size = partial.append(file, request.stream, offset=offset, most=photo.length)
        return _finished(row_id, photo) if size == photo.length else _offset(size, 204)


def _finished(row_id: int, photo: service.Announced) -> Response:
    content = partial.content(photo.uuid)
    if partial.digest_of(content) != photo.digest:
        partial.remove(photo.uuid)
        answer = error("broken", 409, text=BROKEN)
        answer.headers["Upload-Offset"] = "0"
        return answer
    try:
        prepared = service.checked(content)
        with transaction():
            service.finish(row_id, prepared, actor=viewer(), device_id=device().id, now=clock.now())
    except (service.PhotoRefused, Refused) as refused:
        if getattr(refused.__cause__, "errno", None):  # the disk is full: not the photo's fault
            raise Denied("busy", 503, text=refused.text, retry=BUSY_SECONDS) from refused
        with transaction():
            answer = json_answer(service.refuse(row_id, refused.text, say=translate, now=clock.now()), 409)
    else:
        answer = _offset(photo.length, 204)
    partial.remove(photo.uuid)
    return answer


def _uuid(uuid: str) -> str:
    if not UUID.fullmatch(uuid):
        raise Denied("bad_request", 400)
    return uuid


def _announced(uuid: str) -> tuple[int, service.Announced]:
    """Where the piece begins, and the photo as the request's head describes it."""
    head = request.headers
    if request.mimetype != PIECES:
        raise Denied("bad_request", 415)
    offset, length = head.get("Upload-Offset", ""), head.get("Upload-Length", "")
    item, digest = head.get("X-Item", ""), head.get("X-Digest", "")
    numbers = all(one.isascii() and one.isdigit() and len(one) < 10 for one in (offset, length))
    if not (numbers and UUID.fullmatch(item) and DIGEST.fullmatch(digest) and int(length) > 0):
        raise Denied("bad_request", 400)
    if int(length) > LARGEST:
        raise Denied("too_large", 413)
    request.max_content_length = LARGEST
    return int(offset), service.Announced(uuid, item, int(length), digest)


def _offset(size: int, status: int) -> Response:
    return Response(status=status, headers={"Upload-Offset": str(size)})


def _refused(uuid: str, why: Text) -> Response:
    answer = {"id": uuid, "state": "refused", "reason": "photo", "text": translate(why)}
    return json_answer(json.dumps(answer, ensure_ascii=False), 409)
