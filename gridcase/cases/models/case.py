"""Cases, their steps, and the counters over them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, FetchedValue, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from gridcase.cases.models.beside import CaseAgenda, CaseParty, CaseRequest, Whistle
from gridcase.cases.models.catalogue import CaseClass, ClassTerms, ClassVersion
from gridcase.core.db import Base, ByteString, Json, UtcDateTime

OPEN, ENDED = text("closed_at IS NULL"), text("closed_at IS NOT NULL")
URGENT = text("closed_at IS NULL AND urgency = 1")
# The moves that stand in figures; a partial index needs the very words of the statement.
COUNTED_MOVES = text("move IN ('give_back', 'rework', 'grant_extension', 'reopen', 'second_check')")
SECOND_CHECK_DUE = text("second_check = 'due'")


def _open_of(column: str) -> Index:
    """What is open by one who handles or collected it: a post that has had thousands has few that are open."""
    open_of = text(f"closed_at IS NULL AND {column} IS NOT NULL")
    name = f"ix_case_{column.removesuffix('_id')}_open"
    return Index(name, column, "due_at", sqlite_where=open_of, postgresql_where=open_of)


class Case(Base):
    """One matter of a villager, with the place it had when it was registered."""

    __tablename__ = "case"
    __table_args__ = (
        Index("ix_case_path_open", "path", "due_at", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_case_path_new", "path", "registered_at", "id"),
        Index("ix_case_town_new", "town_id", "registered_at", "id"),
        Index("ix_case_village_new", "village_id", "registered_at", "id"),
        Index("ix_case_second_check", "path", "id", sqlite_where=SECOND_CHECK_DUE, postgresql_where=SECOND_CHECK_DUE),
        Index("ix_case_due_open", "due_at", sqlite_where=OPEN, postgresql_where=OPEN),
        Index(
            "ix_case_now",
            "path",
            "due_at",
            "soon_at",
            "village_id",
            "class_id",
            "restricted",
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index("ix_case_stage_open", "stage_due_at", sqlite_where=URGENT, postgresql_where=URGENT),
        Index("ix_case_registered", "registered_at", "path"),
        Index("ix_case_closed", "closed_at", "path", sqlite_where=ENDED, postgresql_where=ENDED),
        Index("ix_case_class_closed", "class_id", "closed_at", sqlite_where=ENDED, postgresql_where=ENDED),
        Index("ix_case_handler_post", "handler_post_id", "registered_at", "id"),
        Index("ix_case_handler_unit", "handler_unit_id", "registered_at", "id"),
        _open_of("handler_post_id"),
        _open_of("handler_unit_id"),
        _open_of("collector_post_id"),
        Index("ix_case_household", "household_id", "registered_at", "id"),
        Index("ix_case_collector", "collector_post_id", "registered_at", "id"),
        Index("ix_case_section", "section_id", "registered_at", "id"),
        Index("ix_case_reporter_name", "reporter_name"),
        UniqueConstraint("town_id", "source_system", "source_no"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("case_class.id"))
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(12))
    urgency: Mapped[int]
    county_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    town_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    village_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"))  # None: the town's tray
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    section_id: Mapped[int | None] = mapped_column(ForeignKey("section.id"))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    address: Mapped[str | None] = mapped_column(String(120))
    reporter_name: Mapped[str | None] = mapped_column(String(60))
    reporter_phone: Mapped[str | None] = mapped_column(String(20))
    anonymous: Mapped[bool] = mapped_column(default=False)
    restricted: Mapped[bool] = mapped_column(default=False)
    unsorted: Mapped[bool] = mapped_column(default=False)
    collector_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    collector_user_id: Mapped[int | None]
    handler_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    handler_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    handled_by_user_id: Mapped[int | None]  # who submitted the result: must not verify it
    helper_household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    contact_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    contacted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    soon_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_provisional: Mapped[bool] = mapped_column(default=False)
    stage_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_late: Mapped[bool] = mapped_column(default=False)
    resolved_level: Mapped[str | None] = mapped_column(String(10))
    result: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(String(24))
    answer_note: Mapped[str | None] = mapped_column(String(300))
    answer_attempts: Mapped[int] = mapped_column(default=0)
    rating: Mapped[str | None] = mapped_column(String(12))
    self_solved: Mapped[bool] = mapped_column(default=False)
    second_check: Mapped[str | None] = mapped_column(String(8))  # due, passed, failed
    source_system: Mapped[str | None] = mapped_column(String(40))
    source_no: Mapped[str | None] = mapped_column(String(60))

    level: Mapped[str | None] = mapped_column(String(10))  # the desk it has climbed to; None: it never climbed
    class_version_id: Mapped[int | None]  # the rules it was registered or sorted under; None: those of the class itself

    case_class: Mapped[CaseClass] = relationship(lazy="joined", innerjoin=True)
    class_version: Mapped[ClassVersion | None] = relationship(
        primaryjoin=lambda: foreign(Case.class_version_id) == ClassVersion.id, lazy="joined"
    )
    parties: Mapped[list[CaseParty]] = relationship(order_by="CaseParty.id")
    requests: Mapped[list[CaseRequest]] = relationship(order_by="CaseRequest.id")
    agenda: Mapped[list[CaseAgenda]] = relationship(order_by="CaseAgenda.id")
    whistle: Mapped[Whistle | None] = relationship(lazy="select")

    @property
    def terms(self) -> ClassTerms:
        """The rules this case is under, whatever the catalogue says by now."""
        return self.class_version or self.case_class


class CasePoint(Base):
    """Where a case is, WGS 84."""

    __tablename__ = "case_point"
    __audit__ = "free"  # written with its case

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    geom: Mapped[Any] = mapped_column(Geometry("POINT", srid=4326, spatial_index=True, nullable=False))
    source: Mapped[str] = mapped_column(String(40))


class CaseMap(Base):
    """The map's own row of every open case that is not restricted. Triggers write it, nobody else.

    x, y: 100,000ths of a degree, None without a place. `spot` interleaves their bits, so that a cell of any size is
    one range of it.
    """

    __tablename__ = "case_map"
    __audit__ = "free"
    __table_args__ = (
        Index(
            "ix_case_map_spot",
            "spot",
            "path",
            "class_id",
            "due_at",
            "soon_at",
            "x",
            "y",
            postgresql_include=["case_id"],  # so that cells are counted from the index alone; SQLite's holds the key
        ),
        Index("ix_case_map_path", "path", "class_id", "due_at", "soon_at"),
        Index("ix_case_map_due", "due_at", "case_id"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), primary_key=True)
    x: Mapped[int | None]
    y: Mapped[int | None]
    spot: Mapped[int | None] = mapped_column(BigInteger, FetchedValue())
    path: Mapped[str] = mapped_column(ByteString)
    village_id: Mapped[int | None]
    section_id: Mapped[int | None]
    household_id: Mapped[int | None]
    class_id: Mapped[int]
    channel: Mapped[str] = mapped_column(String(16))
    handler_unit_id: Mapped[int | None]
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    soon_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CaseStep(Base):
    """One move of a case: who, in which role at that time, from where to where. Never changed: triggers refuse it."""

    __tablename__ = "case_step"
    __table_args__ = (
        UniqueConstraint("case_id", "seq"),
        Index("ix_case_step_counted", "at", sqlite_where=COUNTED_MOVES, postgresql_where=COUNTED_MOVES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    seq: Mapped[int]
    move: Mapped[str] = mapped_column(String(20))
    from_state: Mapped[str | None] = mapped_column(String(12))
    to_state: Mapped[str] = mapped_column(String(12))
    actor_user_id: Mapped[int | None]
    actor_post_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(80))
    actor_role: Mapped[str] = mapped_column(String(30))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class CaseTally(Base):
    """Counters: small signed rows appended by every move, folded by a job, so that no row is hot."""

    __tablename__ = "case_tally"
    __audit__ = "free"
    __table_args__ = (
        Index("ix_case_tally_village", "village_id", "state"),
        Index("ix_case_tally_town", "town_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    town_id: Mapped[int]
    village_id: Mapped[int | None]
    class_id: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    delta: Mapped[int]


class CaseSequence(Base):
    """The next number of a town's day."""

    __tablename__ = "case_sequence"
    __audit__ = "free"

    town_code: Mapped[str] = mapped_column(String(12), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]
