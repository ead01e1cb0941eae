"""One-time codes: eight signs that are not taken for one another.

A code is never kept. It follows from the installation's key and the mark of the form that was sent, so its own home can
read it again on the page; the table holds a keyed digest alone.
"""

from __future__ import annotations

import hashlib
import hmac

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 O, 1 I L
CODE_LENGTH = 8
TAIL = 2  # signs of the end that the printed list of the counter shows


def code_from(key: bytes, mark: str) -> str:
    """The code that belongs to a mark under this key: about 39 bits."""
    number = int.from_bytes(hmac.new(key, f"shop code:{mark}".encode(), hashlib.sha256).digest())
    signs = []
    for _ in range(CODE_LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[rest])
    return "".join(signs)


def digest_of(key: bytes, purpose: str, code: str) -> str:
    """What is kept of a code: who steals the table alone cannot try codes."""
    return hmac.new(key, f"{purpose}:{code}".encode(), hashlib.sha256).hexdigest()


def shown(code: str) -> str:
    """A code in two groups, as it is read aloud."""
    return f"{code[:4]}-{code[4:]}"


def typed(words: str) -> str:
    """What somebody typed for a code, without blanks and hyphens, in capitals."""
    return "".join(sign for sign in words.upper() if sign.isalnum())
