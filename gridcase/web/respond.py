"""Answers other than pages: JSON built by the database, with an ETag: polling costs nothing when nothing moved."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from flask import Response, request, stream_with_context


def json_text(body: str, *, version: str) -> Response:
    """A JSON body and its ETag; 304 when the reader has it. `version` must include the viewer's scope."""
    response = Response(body, mimetype="application/json")
    response.set_etag(hashlib.sha256(version.encode()).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response


def not_modified(version: str) -> Response | None:
    """The 304 answer when the reader already holds this version, before any row is read."""
    tag = hashlib.sha256(version.encode()).hexdigest()[:32]
    if request.if_none_match.contains(tag):
        response = Response(status=304)
        response.set_etag(tag)
        return response
    return None


_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\\/:*?"<>|%]')
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def pdf_file(content: bytes, *, name: str) -> Response:
    """A paper to look at or to keep; nothing of it stays in the browser's store."""
    return _file(content, "application/pdf", _named("inline", f"{name}.pdf"))


def xlsx_file(content: bytes, *, name: str) -> Response:
    """A table to download."""
    return _file(content, XLSX, _named("attachment", f"{name}.xlsx"))


def csv_stream(parts: Iterator[bytes], *, name: str) -> Response:
    """A table to download that is sent while it is made."""
    return _file(stream_with_context(parts), "text/csv", _named("attachment", f"{name}.csv"))


def _named(how: str, name: str) -> str:
    """How a file is offered and under which name, in any script (RFC 6266), without what no disk takes."""
    name = _NOT_IN_NAMES.sub("", name)
    plain = name if name.isascii() else f"gridcase.{name.rpartition('.')[2]}"
    return f'{how}; filename="{plain}"' + ("" if name.isascii() else f"; filename*=UTF-8''{quote(name, safe='')}")


def _file(content: bytes | Iterable[bytes], kind: str, disposition: str) -> Response:
    response = Response(content, mimetype=kind, headers={"Content-Disposition": disposition})
    response.headers["Cache-Control"] = "no-store"
    return response
