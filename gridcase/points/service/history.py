"""What a place gave and exchanged before it used this system, as totals for the report."""

from __future__ import annotations

from datetime import date, datetime

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.points import queries
from gridcase.points.models import HistoryTotal


def enter_total(
    place: Grid, *, until: date, points: int, redeemed: int, goods_fen: int, people: int, note: str, actor: Viewer,
    now: datetime,
) -> HistoryTotal:  # fmt: skip
    """Enter the totals of a town or village up to a day; they are running totals, so a later one takes the place of
    the one before. A town and its villages do not both, nor a day from which on the ledger counts itself: it would
    count twice.
    """
    if until > town_day(now):
        raise Refused(N_("截至日期不能晚于今天。"), field="until")
    if redeemed > points:
        raise Refused(N_("已兑换的积分不能多于得到的积分。"), field="redeemed")
    if not points and not goods_fen:
        raise Refused(N_("请填积分或物资金额。"), field="points")
    db.session.refresh(place, with_for_update=True)  # two at once would both look before either writes
    _check_live(place, until)
    before = _before(place, until, points=points)
    row = HistoryTotal(
        place_id=place.id, path=place.path, until=until, points=points, redeemed=redeemed, goods_fen=goods_fen,
        people=people, note=note[:60], user_id=actor.user_id, recorded_at=now,
    )  # fmt: skip
    for old in before:
        drop_total(old, actor=actor, now=now)
    db.session.add(row)
    db.session.flush()
    _record("points.total_enter", row, actor=actor, now=now)
    return row


def _check_live(place: Grid, until: date) -> None:
    first = queries.first_award(place.path)
    if first is not None and until >= first:
        raise Refused(
            N_("这里从 %(day)s 起已在系统里记分，截至日期请填这以前的一天，不然会重复计算。", day=first), field="until"
        )


def _before(place: Grid, until: date, *, points: int) -> list[HistoryTotal]:
    """The totals of the place that this one takes the place of; `Refused` where it cannot."""
    standing = queries.standing_totals()
    for other in standing:
        if other.place_id != place.id and (other.path.startswith(place.path) or place.path.startswith(other.path)):
            raise Refused(N_("镇和村只录一处：这里的上级或下级已经录入，再录会重复计算。"), field="place")
    own = [other for other in standing if other.place_id == place.id]
    for other in own:
        if other.until >= until:
            raise Refused(
                N_("截至 %(day)s 的累计已经录入，它包含以前的。要改请先作废那一条。", day=other.until), field="until"
            )
        if other.points > points:
            raise Refused(
                N_("累计不会变少：截至 %(day)s 已是 %(points)s 分。那一条录错了请先作废。",
                   day=other.until, points=other.points),
                field="points",
            )  # fmt: skip
    return own


def drop_total(row: HistoryTotal, *, actor: Viewer, now: datetime) -> None:
    """Take a total out of the report again; it stays in the records."""
    db.session.refresh(row, with_for_update=True)
    if row.dropped_at is not None:
        return
    row.dropped_at = now
    db.session.flush()
    _record("points.total_drop", row, actor=actor, now=now)


def _record(action: str, row: HistoryTotal, *, actor: Viewer, now: datetime) -> None:
    audit.record(
        actor=actor, action=action, subject_kind="points_history", subject_id=row.id, place_path=row.path, now=now,
        detail={
            "place_id": row.place_id, "until": row.until.isoformat(), "points": row.points, "redeemed": row.redeemed,
            "goods_fen": row.goods_fen, "people": row.people,
        },
    )  # fmt: skip
