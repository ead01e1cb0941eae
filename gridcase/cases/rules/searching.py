"""What a case is found by: pairs of Chinese characters, words of letters and digits, its numbers, its places. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gridcase.core.text import bigrams, clean_line

LONGEST_QUERY = 60
FEWEST = 2  # characters before anything is looked for
# Marks no text begins with: bigrams() takes every sign for a gap.
NUMBER_MARK, PLACE_MARK = "#", "@"
_NOT_NUMBER = re.compile(r"[^0-9a-z]")
_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z/_.\-]*")


def words_said(texts: Iterable[str | None]) -> list[str]:
    """The words of texts, each once."""
    return list(dict.fromkeys(word for text in texts if text for word in bigrams(text)))


def words_of(
    texts: Iterable[str | None], numbers: Iterable[str | None], path: str, *, said: Iterable[str] = ()
) -> list[str]:
    """The words of one case, each once: of its texts, its numbers (own and foreign), and the places it lies in. `said`:
    the words of texts that stand before these."""
    found = dict.fromkeys(said)
    found |= dict.fromkeys(words_said(texts))
    for number in numbers:
        if number:
            found |= dict.fromkeys((*bigrams(number), number_word(number)))
    found |= dict.fromkeys(PLACE_MARK + part for part in path.split("/") if part)
    return list(found)


def asked_words(typed: str) -> list[str]:
    """The words a query asks for, all of which must be there; empty where nothing can be looked for."""
    typed = clean_line(typed)[:LONGEST_QUERY]
    if len(typed) < FEWEST:
        return []
    found = list(dict.fromkeys(bigrams(typed)))
    telling = [word for word in found if len(word) > 1]
    return telling if telling else []


def number_word(number: str) -> str:
    """A number whatever stands between its parts: `HN-2026/0017` and `hn20260017` are the same."""
    return NUMBER_MARK + _NOT_NUMBER.sub("", number.casefold())


def number_typed(typed: str) -> str | None:
    """What was typed where it can be a number: letters, digits and what stands between, four digits at least."""
    typed = clean_line(typed)[:LONGEST_QUERY]
    return typed if _NUMBER.fullmatch(typed) and sum(one.isdigit() for one in typed) >= 4 else None


def place_word(path: str) -> str | None:
    """The word of everything below a path; None for the whole installation."""
    parts = [part for part in path.split("/") if part]
    return PLACE_MARK + parts[-1] if parts else None


def match(words: Iterable[str]) -> str:
    """All of these words, in the language of SQLite's FTS5. A word holds no quotation mark: bigrams() leaves none."""
    return " ".join(f'"{word}"' for word in words)
