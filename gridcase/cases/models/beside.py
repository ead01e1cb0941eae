"""What stands beside a case: requests, agendas, papers, who is in it, the whistle, what it follows, supervision."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gridcase.cases.rules.agenda import waits
from gridcase.core.db import Base, ByteString, UtcDateTime
from gridcase.files.models import StoredFile

ASKED, PRESENT = text("state = 'asked'"), text("ended_at IS NULL")
TO_BE_TALKED_OVER = text("outcome IS NULL")


class CaseRequest(Base):
    """More time or a pause, asked for and decided. `amount` of an extension is in the unit of the class's limit."""

    __tablename__ = "case_request"
    __table_args__ = (
        Index(
            "ux_case_request_asked", "case_id", "kind", unique=True, sqlite_where=ASKED, postgresql_where=ASKED
        ),
        Index("ix_case_request_case", "case_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(20))
    amount: Mapped[float | None]
    until: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_user_id: Mapped[int | None]
    asked_by_post_id: Mapped[int | None]
    asked_by_name: Mapped[str] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_user_id: Mapped[int | None]
    decided_by_name: Mapped[str | None] = mapped_column(String(80))


class CaseAgenda(Base):
    """A case on the agenda of a council: why and for which day, and what the council said; one open item a case."""

    __tablename__ = "case_agenda"
    __table_args__ = (
        Index(
            "ux_case_agenda_open", "case_id", unique=True, sqlite_where=TO_BE_TALKED_OVER,
            postgresql_where=TO_BE_TALKED_OVER,
        ),
        Index("ix_case_agenda_case", "case_id"),
        Index("ix_case_agenda_organisation", "organisation_id", "planned_on"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    planned_on: Mapped[date]
    why: Mapped[str] = mapped_column(String(200))
    put_at: Mapped[datetime] = mapped_column(UtcDateTime)
    put_by_user_id: Mapped[int | None]
    put_by_name: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[str | None] = mapped_column(String(10))  # rules.AgendaOutcome; None: not talked over yet
    agreed: Mapped[str | None] = mapped_column(String(1000))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))  # of the assembly it was handed to
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by_user_id: Mapped[int | None]
    done_by_name: Mapped[str | None] = mapped_column(String(80))

    @property
    def waits(self) -> bool:
        """Whether a word is still to come, of the council or of the assembly it handed it to."""
        return waits(self.outcome, decided=self.decision_id is not None)


class CaseParty(Base):
    """A post or unit that is in a case besides the lead: it helps, was called, or is the desk it climbed to."""

    __tablename__ = "case_party"
    __table_args__ = (
        Index("ix_case_party_case", "case_id"),
        Index("ix_case_party_post", "post_id", "case_id", sqlite_where=PRESENT, postgresql_where=PRESENT),
        Index("ix_case_party_unit", "unit_id", "case_id", sqlite_where=PRESENT, postgresql_where=PRESENT),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[str] = mapped_column(String(10))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Whistle(Base):
    """One matter, one whistle: who called for help from above, and for what."""

    __tablename__ = "case_whistle"
    __table_args__ = (UniqueConstraint("case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[str] = mapped_column(String(12))
    from_level: Mapped[str] = mapped_column(String(10))
    to_level: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    blown_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_user_id: Mapped[int | None]
    by_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    by_name: Mapped[str] = mapped_column(String(80))

    units: Mapped[list[WhistleUnit]] = relationship(order_by="WhistleUnit.id")


class WhistleUnit(Base):
    """A unit that must report in, when it did, and what both sides said of each other afterwards."""

    __tablename__ = "whistle_unit"
    __table_args__ = (UniqueConstraint("whistle_id", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    whistle_id: Mapped[int] = mapped_column(ForeignKey("case_whistle.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    called_at: Mapped[datetime] = mapped_column(UtcDateTime)
    report_by: Mapped[datetime] = mapped_column(UtcDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    arrived_name: Mapped[str | None] = mapped_column(String(80))
    unit_rating: Mapped[str | None] = mapped_column(String(12))
    whistle_rating: Mapped[str | None] = mapped_column(String(12))


class CaseLink(Base):
    """A case that follows an ended one: the same matter, come back after the time of reopening."""

    __tablename__ = "case_link"
    __table_args__ = (Index("ix_case_link_follows", "follows_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    follows_id: Mapped[int] = mapped_column(ForeignKey("case.id"))


class CaseTransfer(Base):
    """When a case that another desk passed on was received here; its number stands in the case itself."""

    __tablename__ = "case_transfer"
    __audit__ = "free"  # written with its case

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    received_on: Mapped[date]


class CaseWindow(Base):
    """At which service point a case was taken in; where it goes is decided by its place."""

    __tablename__ = "case_window"
    __audit__ = "free"  # written with its case
    __table_args__ = (Index("ix_case_window_point", "point_id", "case_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("legal_point.id"))


class SupervisionSheet(Base):
    """A sheet that urges a late case; drafted by the system, worth something once a person has signed it."""

    __tablename__ = "supervision_sheet"
    __table_args__ = (UniqueConstraint("case_id", "due_at"), Index("ix_supervision_sheet_path", "path", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    path: Mapped[str] = mapped_column(ByteString)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10))  # drafted, signed, dropped
    drafted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    demand: Mapped[str | None] = mapped_column(Text)
    answer_by: Mapped[date | None]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_user_id: Mapped[int | None]
    decided_by_name: Mapped[str | None] = mapped_column(String(80))


class CaseFile(Base):
    """A photo or paper of a case, handed in with a step; `seq` counts within the case and stands in its address."""

    __tablename__ = "case_file"
    __table_args__ = (
        UniqueConstraint("case_id", "seq"),
        Index("ix_case_file_file", "file_id"),
        Index("ix_case_file_step", "step_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    seq: Mapped[int]
    step_id: Mapped[int] = mapped_column(ForeignKey("case_step.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    kind: Mapped[str] = mapped_column(String(10))
    caption: Mapped[str | None] = mapped_column(String(60))
    added_by_user_id: Mapped[int | None]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    stored: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)
