"""Which class a typed text may belong to: as the office's closed cases teach, else by the catalogue's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from sqlalchemy import select

from gridcase.cases.models import Case, CaseClass
from gridcase.cases.queries.catalogue import Entry, catalogue
from gridcase.cases.rules import State
from gridcase.cases.rules.majors import UNSORTED_CLASS
from gridcase.cases.rules.suggest import MOST_CASES, Example, Model, learn
from gridcase.core.config import current
from gridcase.core.db import db

FILE = "class_suggestions.npz"


@dataclass(frozen=True)
class SuggestedClass:
    """A class as it stands at a place, and the words that spoke for it."""

    entry: Entry
    words: tuple[str, ...]

    @property
    def case_class(self) -> CaseClass:
        """The class itself."""
        return self.entry.case_class


def suggest_classes(
    title: str, text: str = "", *, path: str = "/", known: Sequence[Entry] | None = None
) -> list[SuggestedClass]:
    """At most three classes in use at a place, the likeliest first; never a restricted one: that is chosen by a person
    alone. `known`: the catalogue of the place, where it was asked for."""
    offered = {one.code: one for one in _offered(path, known)}
    model = stored_model() or _of_catalogue(tuple((code, _words_of(one)) for code, one in offered.items()))
    found = model.ranked(title, text, only=frozenset(offered))
    return [SuggestedClass(offered[one.code], one.words) for one in found]


def catalogue_words() -> Mapping[str, str]:
    """What the catalogue itself says of each class that may be suggested."""
    return {one.code: _words_of(one) for one in _offered()}


def closed_examples() -> list[Example]:
    """The newest closed cases a class can be learnt from: sorted by a person, nothing restricted, not sorted out."""
    rows = db.session.execute(
        select(CaseClass.code, Case.title, Case.text)
        .join(CaseClass, CaseClass.id == Case.class_id)
        .where(
            Case.closed_at.is_not(None), Case.state == State.CLOSED, Case.restricted.is_(False),
            Case.unsorted.is_(False), CaseClass.restricted.is_(False), CaseClass.code != UNSORTED_CLASS,
        )
        .order_by(Case.closed_at.desc(), Case.id.desc())
        .limit(MOST_CASES)
    )  # fmt: skip
    return [Example(row.code, row.title, row.text) for row in rows]


def stored_model() -> Model | None:
    """The model of this installation, or None before the office has closed enough cases."""
    path = model_path()
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return None
    return _read(path, changed)


def model_path() -> Path:
    """Where the model is kept, in the instance folder."""
    return current().folder / FILE


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int) -> Model | None:
    try:
        with np.load(path, allow_pickle=False) as stored:
            return Model.from_arrays(stored)
    except (OSError, ValueError, KeyError):  # half a disk, an older form: the catalogue's words still serve
        return None


@lru_cache(maxsize=16)  # one a county
def _of_catalogue(words: tuple[tuple[str, str], ...]) -> Model:
    return learn([], dict(words))


def _words_of(entry: Entry) -> str:
    return "，".join((entry.case_class.zh, entry.terms.open_condition, entry.terms.evidence_hint))


def _offered(path: str = "/", known: Sequence[Entry] | None = None) -> list[Entry]:
    entries = catalogue(path=path) if known is None else known
    return sorted((one for one in entries if not one.terms.restricted), key=lambda one: one.code)
