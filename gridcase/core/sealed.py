"""Columns that lie in the database sealed: who has a backup has not what they say.

AES-GCM under a key made from the installation's secret. What was written before, or under a former secret that is
still among the fallbacks, is read all the same; `stale` finds it, so that a job can write it anew.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy import ColumnElement, Dialect, String, type_coerce
from sqlalchemy.types import TypeDecorator

MARK, IV_BYTES, TAG_BYTES = "s1", 12, 16


def longest(column: int) -> int:
    """How many bytes fit, sealed, into a column of so many characters."""
    return (column - len(_mark(b""))) // 4 * 3 - IV_BYTES - TAG_BYTES


def _keys() -> list[bytes]:
    """The key of today first, then those of former secrets."""
    secrets = [current_app.config["SECRET_KEY"], *current_app.config.get("SECRET_KEY_FALLBACKS", ())]
    return [hmac.new(str(one).encode(), b"gridcase sealed column", hashlib.sha256).digest() for one in secrets]


def _mark(key: bytes) -> str:
    """The beginning of what is sealed under a key: tells it from plain words, and from other keys."""
    return f"{MARK}{hashlib.sha256(key).hexdigest()[:4]}:"


def seal(words: str) -> str:
    """What is stored of these words."""
    key, iv = _keys()[0], os.urandom(IV_BYTES)
    return _mark(key) + base64.b64encode(iv + AESGCM(key).encrypt(iv, words.encode(), None)).decode()


def unseal(stored: str) -> str | None:
    """The words; of what is not sealed the thing itself, None where no key of this installation opens it."""
    keys = [key for key in _keys() if stored.startswith(_mark(key))]
    for key in keys:
        try:
            raw = base64.b64decode(stored[len(_mark(key)) :], validate=True)
            return AESGCM(key).decrypt(raw[:IV_BYTES], raw[IV_BYTES:], None).decode()
        except (InvalidTag, ValueError, binascii.Error):
            continue
    return None if _is_sealed(stored) else stored


def _is_sealed(stored: str) -> bool:
    head = len(_mark(b""))
    return stored.startswith(MARK) and stored[head - 1 : head] == ":" and len(stored) > head


class Sealed(TypeDecorator[str]):
    """Text that is sealed on its way in and opened on its way out. Empty stays empty; what cannot be opened is read as
    empty too, and said by `gridcase doctor`."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Seal it."""
        return seal(value) if value else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Open it."""
        return unseal(value) or "" if value else value


def as_stored(column: Any) -> ColumnElement[str]:
    """The column as it lies in the database."""
    found: ColumnElement[str] = type_coerce(column, String)
    return found


def stale(column: Any) -> ColumnElement[bool]:
    """Rows whose column is not sealed under the key of today."""
    stored = as_stored(column)
    found: ColumnElement[bool] = (stored != "") & ~stored.startswith(_mark(_keys()[0]), autoescape=True)
    return found
