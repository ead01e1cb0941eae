"""Learning which words belong to which class from the office's own closed cases: a file anew once a day."""

from __future__ import annotations

import os
from datetime import datetime

import numpy as np

from gridcase.audit import service as audit
from gridcase.cases.queries import suggest
from gridcase.cases.rules.suggest import learn
from gridcase.core.clock import town_day
from gridcase.core.permissions import Viewer

ENOUGH_CASES = 30  # fewer say less than the catalogue itself


def learn_classes(*, actor: Viewer, now: datetime) -> int:
    """Learn anew when the model is older than today, and put it in place of the old one; returns how many closed cases
    it learnt from, 0 where nothing was to do. A second run at once writes the same file again.
    """
    version = int(town_day(now).strftime("%Y%m%d"))
    before = suggest.stored_model()
    if before is not None and before.version >= version:
        return 0
    examples = suggest.closed_examples()
    if len(examples) < ENOUGH_CASES:
        return 0
    model = learn(examples, suggest.catalogue_words(), version=version)
    path = suggest.model_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.stem}.{os.getpid()}.npz")
    np.savez_compressed(fresh, allow_pickle=False, **model.as_arrays())
    fresh.replace(path)
    audit.record(
        actor=actor, action="catalogue.learn", subject_kind="case_class", subject_id=None, now=now,
        detail={"cases": model.cases, "version": version},
    )  # fmt: skip
    return model.cases
