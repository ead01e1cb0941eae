"""An answer given at a point of public legal service counts there."""

from __future__ import annotations

from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.people.queries import service_points
from gridcase.people.rules import PointKind
from gridcase.reception.models import LegalConsultation, QuickAnswer
from gridcase.reception.rules.legal import INQUIRY


def count_at(answer: QuickAnswer, point_id: int) -> None:
    """An answer just written was given at this point."""
    db.session.add(LegalConsultation(answer_id=answer.id, point_id=point_id, at=answer.at))


def check_point(point_id: int, *, class_code: str, place: Grid) -> None:
    """A point counts questions about policy and law, of the place it serves."""
    if class_code != INQUIRY:
        raise Refused(N_("服务点只计“政策与法律咨询”，请选这一类，或不选服务点。"), field="point")
    if point_id not in {one.id for one in service_points.offered(place.path, {PointKind.LEGAL})}:
        raise Refused(N_("这个服务点已撤销，请换一个。"), field="point")
