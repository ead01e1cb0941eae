"""What a village gives points for: versions of its scheme, each with its items."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gridcase.core.db import Base, ByteString, UtcDateTime


class SchemeVersion(Base):
    """One version of a village's scheme. A draft until a passed decision of the village carries it; never edited then.

    In force from `valid_from` to the day before `valid_to`.
    """

    __tablename__ = "points_scheme"
    __table_args__ = (UniqueConstraint("village_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    preset: Mapped[str] = mapped_column(String(20), default="", server_default="")
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    base_points: Mapped[int] = mapped_column(default=0)  # given to every home at the start of a year, not redeemable
    at_year_end: Mapped[str] = mapped_column(String(8), default="carry")  # rules.YearEnd
    expire_months: Mapped[int] = mapped_column(default=24)
    notice_days: Mapped[int] = mapped_column(default=7)
    council_from: Mapped[int] = mapped_column(default=50)  # from so many points on the moral council decides
    month_budget: Mapped[int | None]  # the most points issued in a month, all homes together
    user_id: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    items: Mapped[list[SchemeItem]] = relationship(order_by="SchemeItem.rank")


class SchemeItem(Base):
    """One thing that gives points, or costs some (`points` below 0)."""

    __tablename__ = "points_item"
    __table_args__ = (UniqueConstraint("version_id", "code"), Index("ix_points_item_code", "code"))

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("points_scheme.id"))
    rank: Mapped[int]
    code: Mapped[str] = mapped_column(String(8))
    board: Mapped[str] = mapped_column(String(4))  # of the scheme: B1..B6, Z1..Z6, M1..M4
    name: Mapped[str] = mapped_column(String(40))
    criteria: Mapped[str] = mapped_column(String(200), default="", server_default="")
    points: Mapped[int]
    at_most: Mapped[bool] = mapped_column(default=False)  # `points` is the most, the council says how many
    cap: Mapped[int | None]  # the most points of one home in `cap_per`
    cap_per: Mapped[str] = mapped_column(String(8), default="", server_default="")  # rules.Period
    who: Mapped[str] = mapped_column(String(4))  # rules.Declarer, letters together
    unit: Mapped[str] = mapped_column(String(10), default="", server_default="")
    evidence: Mapped[str] = mapped_column(String(40), default="", server_default="")
    approval: Mapped[str] = mapped_column(String(1))  # rules.Approval
    document: Mapped[bool] = mapped_column(default=False)  # a deduction for an offence needs a paper's number
    account: Mapped[str] = mapped_column(String(10), default="merit")  # rules.AccountKind: merit or honour
    case_rule: Mapped[str] = mapped_column(String(4), default="", server_default="")  # rules.CASE_RULES
    origin: Mapped[str] = mapped_column(String(8), default="own")  # rules.Origin


class SchemeBoard(Base):
    """A class of a version, with its weight in percent for the index shown beside the sums."""

    __tablename__ = "points_scheme_board"

    version_id: Mapped[int] = mapped_column(ForeignKey("points_scheme.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(4), primary_key=True)
    rank: Mapped[int]
    name: Mapped[str] = mapped_column(String(20))
    weight: Mapped[int]


class SchemeVeto(Base):
    """A reason of a version for which a home is kept from exchange and honours for a time."""

    __tablename__ = "points_scheme_veto"

    version_id: Mapped[int] = mapped_column(ForeignKey("points_scheme.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(4), primary_key=True)
    rank: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    evidence: Mapped[str] = mapped_column(String(40))
    enabled: Mapped[bool]
    note: Mapped[str] = mapped_column(String(80), default="", server_default="")
