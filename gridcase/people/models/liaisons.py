"""How liaison representatives were chosen, their certificates, and their first round of visits."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gridcase.core.db import Base, ByteString
from gridcase.people.models.posts import Person, Post


class Certificate(Base):
    """The choice of a person for a post by the homes, and the certificate that says so. `term_to` and `revoked_on` are
    the first days it does not hold; `token` is what the printed code leads to."""

    __tablename__ = "certificate"
    __table_args__ = (Index("ix_certificate_post", "post_id"), Index("ix_certificate_place_path", "place_path"))

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    place_path: Mapped[str] = mapped_column(ByteString)
    number: Mapped[str] = mapped_column(ByteString, unique=True)
    token: Mapped[str] = mapped_column(ByteString, unique=True)
    elected_on: Mapped[date]
    meeting: Mapped[str] = mapped_column(String(20))
    votes: Mapped[int | None]
    signatures: Mapped[int | None]
    led_by: Mapped[str] = mapped_column(String(60), default="")
    candidate: Mapped[str] = mapped_column(String(20))
    oath_on: Mapped[date | None]
    term_from: Mapped[date]
    term_to: Mapped[date]
    revoked_on: Mapped[date | None]
    revoked_why: Mapped[str] = mapped_column(String(120), default="", server_default="")

    post: Mapped[Post] = relationship()
    person: Mapped[Person] = relationship()


class CardConsent(Base):
    """A liaison's word on the contact card: whether the phone number may stand there, in full or masked."""

    __tablename__ = "card_consent"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    phone_in_full: Mapped[bool] = mapped_column(default=False, server_default=false())


class FirstVisit(Base):
    """How far a new representative has come with a home: met, known, joined. It starts anew with a new holder."""

    __tablename__ = "first_visit"
    __table_args__ = (UniqueConstraint("post_id", "person_id", "household_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    met_on: Mapped[date | None]
    known_on: Mapped[date | None]
    joined_on: Mapped[date | None]
