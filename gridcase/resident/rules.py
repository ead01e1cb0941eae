"""The villager's door: what a query code looks like, how often one may knock, and a case in five plain steps."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from gridcase.cases.rules import State
from gridcase.core.words import N_, Text

# No letter or digit that is read as another: no 0 O, 1 I L.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8
TOKEN_BYTES = 9  # twelve characters in an address: short enough to type from a poster
STAYS_OPEN = timedelta(minutes=30)
FEWEST = 4  # characters of a demand
LONGEST = 1000
TITLE = 40
NOT_SURE = "1002"  # the class of what nobody could name; it is sorted when it is accepted
ABOUT_OFFICIALS = "1004"
DANGERS = "02"  # the major class of what may hurt somebody: offered to villagers whole

# The moves whose words were written for the villager.
SAID_TO_THE_VILLAGER = frozenset({"submit_result", "self_solve", "agenda_outcome"})
HIS_OWN = "reporter"  # the role under which his own steps stand


@dataclass(frozen=True)
class Limit:
    """How often a thing may be done in an hour."""

    kind: str
    most: int


FROM_ONE_ADDRESS = Limit("address", 10)  # a village shares one address behind its operator
FROM_ONE_SHEET = Limit("sheet", 60)
WRONG_FOR_A_CASE = Limit("case", 10)
WRONG_FROM_ONE_ADDRESS = Limit("wrong", 30)


def new_code() -> str:
    """A query code: eight characters out of 31, 39 bits; guessing is counted."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def shown(code: str) -> str:
    """A code in two groups, as it is read aloud."""
    return f"{code[:4]}-{code[4:]}"


def typed(words: str) -> str:
    """What somebody typed for a code, without blanks and hyphens, in capitals."""
    return "".join(sign for sign in words.upper() if sign.isalnum())


def title_of(text: str) -> str:
    """A demand's first sentence as its title, at most 40 characters."""
    first = next((part for part in _split(text) if part), text.strip())
    return first if len(first) <= TITLE else first[: TITLE - 1] + "…"


def _split(text: str) -> list[str]:
    for mark in "。！？!?；;\n":
        text = text.replace(mark, "\n")
    return [part.strip() for part in text.split("\n")]


@dataclass(frozen=True)
class Stride:
    """One of the five steps of a case as its reporter sees it."""

    words: Text
    done: bool
    now: bool


_STRIDES: tuple[tuple[Text, frozenset[State]], ...] = (
    (N_("收到"), frozenset({State.REGISTERED})),
    (N_("受理"), frozenset({State.ACCEPTED, State.RETURNED})),
    (N_("交办"), frozenset({State.DISPATCHED})),
    (N_("办理"), frozenset({State.IN_PROGRESS, State.SUSPENDED})),
    (N_("答复"), frozenset({State.FEEDBACK})),
)


def strides(state: State) -> tuple[Stride, ...]:
    """The five steps of a case: before the present one done, after the end all of them."""
    at = next((n for n, (_words, states) in enumerate(_STRIDES) if state in states), len(_STRIDES))
    return tuple(Stride(words, n < at, n == at) for n, (words, _states) in enumerate(_STRIDES))
