"""Places, sections and outlines."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, Json, UtcDateTime


class Grid(Base):
    """One place. `path` lists the ids from the county down to this place: "/1/4/23/"."""

    __tablename__ = "grid"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(ByteString, unique=True)
    external_code: Mapped[str | None] = mapped_column(String(60))
    level: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(20), default="general")
    name: Mapped[str] = mapped_column(String(80))
    initials: Mapped[str] = mapped_column(String(40), default="", server_default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"), index=True)
    path: Mapped[str] = mapped_column(ByteString, unique=True)
    county_id: Mapped[int | None]
    town_id: Mapped[int | None] = mapped_column(index=True)
    village_id: Mapped[int | None] = mapped_column(index=True)
    lon: Mapped[float | None]  # centre, WGS 84 degrees
    lat: Mapped[float | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class GridOutline(Base):
    """The shape of a place, WGS 84; `synthetic` says that it was drawn for a demo."""

    __tablename__ = "grid_outline"

    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), primary_key=True)
    geom: Mapped[Any] = mapped_column(Geometry("MULTIPOLYGON", srid=4326, spatial_index=True, nullable=False))
    source: Mapped[str] = mapped_column(String(80))
    synthetic: Mapped[bool] = mapped_column(default=False)


class OutlineOrigin(Base):
    """What the coordinates of an outline were before they became WGS 84, how exact they are, and from which file."""

    __tablename__ = "outline_origin"

    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), primary_key=True)
    datum: Mapped[str] = mapped_column(String(10))
    accuracy_m: Mapped[int | None]
    file_name: Mapped[str | None] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutlineDraft(Base):
    """A file of outlines that was read and is being looked at; gone once it is taken over, or after a day."""

    __tablename__ = "outline_draft"
    __audit__ = "free"

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    user_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    file_name: Mapped[str] = mapped_column(String(80))
    content: Mapped[dict[str, Any]] = mapped_column(Json)


class GridLine(Base):
    """A line of work (party, civil affairs, petitions ...) that a place serves: several lines, one net (多网合一)."""

    __tablename__ = "grid_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), index=True)
    line: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class GridResource(Base):
    """A facility, team or piece of equipment of a place, and the post to ask for it."""

    __tablename__ = "grid_resource"

    id: Mapped[int] = mapped_column(primary_key=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    quantity: Mapped[int] = mapped_column(default=1)
    contact_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    note: Mapped[str] = mapped_column(String(120), default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Section(Base):
    """A section (片) of a village: groups liaison circles under a section leader; no level of the tree."""

    __tablename__ = "section"
    __table_args__ = (UniqueConstraint("village_id", "code"), Index("ix_section_place_path", "place_path"))

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    place_path: Mapped[str] = mapped_column(ByteString)
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    valid_from: Mapped[date | None]  # None: from the start
    valid_to: Mapped[date | None]


class PlaceSetting(Base):
    """A setting of a county, town or village (sizes, weights, intervals); the nearest place above decides.

    A change is a new version: what was computed under an older one says so.
    """

    __tablename__ = "place_setting"
    __table_args__ = (UniqueConstraint("place_id", "key", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    key: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    value: Mapped[dict[str, Any]] = mapped_column(Json)
    valid_from: Mapped[date]
