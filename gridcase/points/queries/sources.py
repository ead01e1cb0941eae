"""What a movement was for, where a room further up knows it: the goods of a redemption."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from gridcase.core.words import Text

Teller = Callable[[Collection[str]], Mapping[str, Text]]
_TELLERS: dict[str, Teller] = {}


def tell_source(source_kind: str, teller: Teller) -> None:
    """From now on `teller` says what the movements of a source were for, by their `source_id`; the application
    couples the rooms when it is built."""
    _TELLERS[source_kind] = teller


def told(sources: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Text]:
    """The words for (source_kind, source_id), one question for each kind; who knows none is left out."""
    asked: dict[str, set[str]] = {}
    for kind, one in sources:
        asked.setdefault(kind, set()).add(one)
    return {
        (kind, one): words
        for kind, ids in asked.items()
        if kind in _TELLERS
        for one, words in _TELLERS[kind](ids).items()
    }
