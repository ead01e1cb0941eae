"""Organisations and their seats; what a person is besides posts; a member's yearly pledge."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gridcase.core.dated import Dated
from gridcase.core.db import Base, ByteString
from gridcase.people.models.posts import Person


class Organisation(Base):
    """A body of a place: party branch, village committee, women's federation, a council."""

    __tablename__ = "organisation"
    __table_args__ = (Index("ix_organisation_place_path", "place_path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    place_path: Mapped[str] = mapped_column(ByteString)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Seat(Dated, Base):
    """Who is what in an organisation, for which term."""

    __tablename__ = "seat"
    __table_args__ = (Index("ix_seat_organisation", "organisation_id"), Index("ix_seat_person", "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    title: Mapped[str] = mapped_column(String(40))
    rank: Mapped[int] = mapped_column(default=9)
    capacity: Mapped[str] = mapped_column(String(16), default="", server_default="")  # rules.Capacity: as what

    person: Mapped[Person] = relationship()


class PersonTag(Dated, Base):
    """What a person is, from when to when (`rules.Tag`)."""

    __tablename__ = "person_tag"
    __table_args__ = (Index("ix_person_tag_person", "person_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(20))


class Pledge(Base):
    """What a party member promises at the start of a year, and how it was judged at its end."""

    __tablename__ = "pledge"
    __table_args__ = (UniqueConstraint("person_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    year: Mapped[int]
    place_path: Mapped[str] = mapped_column(ByteString)
    made_on: Mapped[date]
    review: Mapped[str] = mapped_column(String(10), default="", server_default="")
    score: Mapped[int | None]  # 0 to 100, of the members' meeting
    reviewed_on: Mapped[date | None]

    items: Mapped[list[PledgeItem]] = relationship(order_by="PledgeItem.id")


class PledgeItem(Base):
    """One thing promised, and how far it has come."""

    __tablename__ = "pledge_item"
    __table_args__ = (Index("ix_pledge_item_pledge", "pledge_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"))
    words: Mapped[str] = mapped_column(String(200))
    progress: Mapped[str] = mapped_column(String(200), default="", server_default="")
    done_on: Mapped[date | None]
    activity_id: Mapped[int | None]  # the activity that brought it forward; not a reference, for `affairs` stands above
