"""Opening what a phone has sealed: AES-GCM, with a key for each phone made from the installation's secret."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES, IV_BYTES = 32, 12


class Unreadable(Exception):
    """What was sealed cannot be opened: another key, or bytes that were changed."""


def seal_key(secret: bytes, salt: str) -> bytes:
    """The key a phone seals with; the phone forgets it, the server makes it again."""
    return hmac.new(secret, b"gridcase seal key:" + salt.encode(), hashlib.sha256).digest()


def opened(*, wrapped: str, wrapped_iv: str, iv: str, box: str, keys: Iterable[bytes]) -> bytes:
    """The plain content of a box, by the first of the seal keys that fits; raises `Unreadable`."""
    for key in keys:
        try:
            inner = _open(key, wrapped_iv, wrapped)
        except Unreadable:
            continue
        return _open(inner, iv, box)
    raise Unreadable


def _open(key: bytes, iv: str, content: str) -> bytes:
    try:
        return AESGCM(key).decrypt(base64.b64decode(iv, validate=True), base64.b64decode(content, validate=True), None)
    except (InvalidTag, ValueError, binascii.Error) as error:
        raise Unreadable from error
