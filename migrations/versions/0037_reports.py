"""Forms of reports and their versions, schedules, what was made; indicators that are entered once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, Json, UtcDateTime

revision = "0037_reports"
down_revision = "0036_case_map"
branch_labels = None
depends_on = None

RUNNING, HELD = sa.text("ended_at IS NULL"), sa.text("superseded_at IS NULL")
TABLES = (
    "report_indicator_value", "report_indicator", "report_run", "report_schedule_reader", "report_schedule",
    "report_form_version", "report_form",
)  # fmt: skip


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), nullable=False)


def _number(name: str, *, nullable: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _words(name: str, length: int, *, nullable: bool = False, empty: bool = False) -> sa.Column[str]:
    default = {"server_default": ""} if empty else {}
    return sa.Column(name, sa.String(length=length), nullable=nullable, **default)


def _path() -> sa.Column[str]:
    return sa.Column("path", ByteString, nullable=False)


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(), nullable=nullable)


def _on(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=False)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, Json, nullable=False)


def _make(
    table: str, *parts: sa.Column[object], keys: dict[str, str], unique: tuple[tuple[str, ...], ...] = ()
) -> None:
    constraints: list[sa.Constraint] = [
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, other in keys.items()
    ]
    constraints += [sa.UniqueConstraint(*names, name=op.f(f"uq_{table}_{'_'.join(names)}")) for names in unique]
    op.create_table(table, *parts, *constraints)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def upgrade() -> None:
    _forms()
    _runs()
    _indicators()


def _forms() -> None:
    _make(
        "report_form", _id(), _words("client_uuid", 36), _words("standard", 20, nullable=True), _number("place_id"),
        _path(), _words("title", 60), _words("title_en", 80, empty=True), _number("version", nullable=False),
        _number("copied_from_id"), _at("made_at"), _words("made_by", 80), _number("user_id"), _number("post_id"),
        _at("withdrawn_at", nullable=True), _key("report_form", "id"),
        keys={"place_id": "grid", "copied_from_id": "report_form", "post_id": "post"},
        unique=(("client_uuid",), ("standard",)),
    )  # fmt: skip
    op.create_index("ix_report_form_path", "report_form", ["path", "id"])
    _make(
        "report_form_version", _id(), _number("form_id", nullable=False), _number("number", nullable=False),
        _words("title", 60), _json("spec"), _at("made_at"), _words("made_by", 80), _number("user_id"),
        _key("report_form_version", "id"),
        keys={"form_id": "report_form"}, unique=(("form_id", "number"),),
    )  # fmt: skip


def _runs() -> None:
    _make(
        "report_schedule", _id(), _number("form_id", nullable=False), _number("place_id", nullable=False), _path(),
        _words("every", 8), _on("since"), sa.Column("hand_up", sa.Boolean(), nullable=False), _words("role", 30),
        _at("made_at"), _words("made_by", 80), _number("user_id"), _number("post_id"), _at("ended_at", nullable=True),
        _key("report_schedule", "id"), keys={"form_id": "report_form", "place_id": "grid", "post_id": "post"},
    )  # fmt: skip
    op.create_index(
        "uq_report_schedule_running", "report_schedule", ["form_id", "place_id"], unique=True, sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    )  # fmt: skip
    op.create_index("ix_report_schedule_path", "report_schedule", ["path"])
    _make(
        "report_schedule_reader", _number("schedule_id", nullable=False), _number("post_id", nullable=False),
        _key("report_schedule_reader", "schedule_id", "post_id"),
        keys={"schedule_id": "report_schedule", "post_id": "post"},
    )  # fmt: skip
    _make(
        "report_run", _id(), _number("form_id", nullable=False), _number("version", nullable=False),
        _number("place_id", nullable=False), _path(), _words("period", 24), _number("attempt", nullable=False),
        _words("reason", 120, empty=True), _json("sheet"), _number("schedule_id"), _at("made_at"),
        _words("made_by", 80), _number("user_id"), _number("post_id"), _at("handed_up_at", nullable=True),
        _words("handed_up_by", 80, empty=True), _key("report_run", "id"),
        keys={"form_id": "report_form", "place_id": "grid", "schedule_id": "report_schedule", "post_id": "post"},
        unique=(("form_id", "place_id", "period", "attempt"),),
    )  # fmt: skip
    op.create_index("ix_report_run_path", "report_run", ["path", "made_at", "id"])


def _indicators() -> None:
    _make(
        "report_indicator", _id(), _words("code", 20), _number("place_id"), _path(), _words("name", 40),
        _words("name_en", 60, empty=True), _words("unit", 12), _words("unit_en", 20, empty=True), _words("adding", 8),
        _at("made_at"), _number("user_id"), _at("withdrawn_at", nullable=True), _key("report_indicator", "id"),
        keys={"place_id": "grid"}, unique=(("code",),),
    )  # fmt: skip
    op.create_index("ix_report_indicator_path", "report_indicator", ["path"])
    _make(
        "report_indicator_value", _id(), _number("indicator_id", nullable=False), _number("place_id", nullable=False),
        _path(), _words("period", 24), _on("first"), _on("last"),
        sa.Column("hundredths", sa.BigInteger(), nullable=False), _words("source", 80),
        _words("reason", 120, empty=True), _at("entered_at"), _words("entered_by", 80), _number("user_id"),
        _number("post_id"), _at("superseded_at", nullable=True), _key("report_indicator_value", "id"),
        keys={"indicator_id": "report_indicator", "place_id": "grid", "post_id": "post"},
    )  # fmt: skip
    op.create_index(
        "uq_report_indicator_value_held", "report_indicator_value", ["indicator_id", "place_id", "period"],
        unique=True, sqlite_where=HELD, postgresql_where=HELD,
    )  # fmt: skip
    op.create_index("ix_report_indicator_value_path", "report_indicator_value", ["path", "first"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
