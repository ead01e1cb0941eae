"""What rests on a decision of the village and is in force."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select

from gridcase.affairs.models import AwardRound, Board
from gridcase.affairs.rules import RoundState
from gridcase.core.db import db
from gridcase.core.words import N_, Text
from gridcase.people.models import Covenant
from gridcase.points.models import SchemeVersion, Veto


def resting_on(decision_id: int, *, on: date) -> list[Text]:
    """What is in force, or to be in force, by this decision: scheme, covenant, veto, black list, round of honours."""
    schemes = db.session.scalars(
        select(SchemeVersion.number).where(
            SchemeVersion.decision_id == decision_id, SchemeVersion.valid_from.is_not(None),
            or_(SchemeVersion.valid_to.is_(None), SchemeVersion.valid_to > on),
        )
    )  # fmt: skip
    covenants = db.session.scalars(
        select(Covenant.number).where(
            Covenant.decision_id == decision_id, or_(Covenant.valid_to.is_(None), Covenant.valid_to > on)
        )
    )
    found = [N_("积分方案第 %(n)s 版", n=n) for n in schemes] + [N_("村规民约第 %(n)s 版", n=n) for n in covenants]
    return found + _about_homes(decision_id, on)


def _about_homes(decision_id: int, on: date) -> list[Text]:
    """The veto in force, the black list that hangs and the round that runs by this decision."""
    vetoes = db.session.scalars(
        select(Veto.document_no).where(Veto.decision_id == decision_id, Veto.valid_to > on, Veto.lifted_on.is_(None))
    )
    lists = db.session.scalars(
        select(Board.id).where(Board.decision_id == decision_id, or_(Board.down_on.is_(None), Board.down_on > on))
    )
    rounds = db.session.scalars(
        select(AwardRound.name).where(AwardRound.decision_id == decision_id, AwardRound.state == RoundState.NOTICE)
    )
    return [
        *(N_("一票否决（%(number)s）", number=number) for number in vetoes),
        *(N_("正在张的黑榜") for _one in lists),
        *(N_("评选“%(name)s”", name=name) for name in rounds),
    ]
