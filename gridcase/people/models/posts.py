"""Persons, units, posts and who holds them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gridcase.core.dated import Dated
from gridcase.core.db import Base, ByteString


class Person(Base):
    """One human being, with no more than the work needs."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_place_path", "place_path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    initials: Mapped[str] = mapped_column(String(20), default="")
    gender: Mapped[str | None] = mapped_column(String(1))  # m, f
    born_on: Mapped[date | None]
    phone: Mapped[str | None] = mapped_column(String(20))
    place_path: Mapped[str] = mapped_column(ByteString)


class Unit(Base):
    """An office that work is addressed to."""

    __tablename__ = "unit"
    __table_args__ = (Index("ix_unit_place_path", "place_path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(ByteString, unique=True)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    place_path: Mapped[str] = mapped_column(ByteString)
    ended_on: Mapped[date | None]  # first day it is no address for work any more


class Post(Base):
    """An address for work: a role at a place, in a section or in a unit. It stays when its holder changes."""

    __tablename__ = "post"
    __table_args__ = (Index("ix_post_place_path", "place_path"), Index("ix_post_role", "role", "place_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(ByteString, unique=True)
    role: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(String(80))
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    place_path: Mapped[str] = mapped_column(ByteString)
    section_id: Mapped[int | None] = mapped_column(ForeignKey("section.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    paid: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Holding(Dated, Base):
    """Who holds a post, from when to when; a stand-in is a dated holding too."""

    __tablename__ = "holding"
    __table_args__ = (Index("ix_holding_person", "person_id"), Index("ix_holding_post", "post_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    stand_in: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(20), default="", server_default="")  # why somebody stands in: `Absence`
    source: Mapped[str] = mapped_column(String(20), default="", server_default="")  # of a grid leader: `LeaderSource`

    post: Mapped[Post] = relationship()
    person: Mapped[Person] = relationship()
