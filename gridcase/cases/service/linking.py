"""Two messages on one matter: the later one carries on in the case that is being worked on."""

from __future__ import annotations

from datetime import datetime

from gridcase.cases import queries
from gridcase.cases.models import Case, CaseStep
from gridcase.cases.rules import move_named, why_not
from gridcase.cases.service.moves import comment
from gridcase.cases.service.voices import reject_duplicate
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_


def link_to(case: Case, *, actor: Viewer, now: datetime, first: Case | None) -> CaseStep:
    """Say of a case just registered that it is the same matter as an open one: who may accept lets it join at once as
    a voice, from anybody else it is a word on the timeline for the desk. The reporter stays recorded either way.
    """
    if first is None:
        raise Refused(N_("没有找到首件，请核对编号。"), field="same_as")
    if first.closed_at is not None:
        raise Refused(N_("那一件已经结束，请照样登记。"), field="same_as")
    if case.restricted or first.restricted:
        raise Refused(N_("限定可见的事不并件，请照样登记。"), field="same_as")
    refusal = why_not(move_named("reject_duplicate"), queries.standing_of(case, actor), now=now)
    if refusal is None:
        return reject_duplicate(case, actor=actor, now=now, first=first)
    words = N_("登记人认为与 %(number)s 是同一件事，请受理时核对。", number=first.number)
    return comment(case, actor=actor, now=now, note=str(words))
