"""Reception days and visitors, quick answers, meetings, patrols, clues of disputes; when a transfer was received."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, Json, UtcDateTime

revision = "0021_reception"
down_revision = "0020_villager"
branch_labels = None
depends_on = None

TABLES = (
    "dispute_clue", "patrol_finding", "patrol_run", "meeting_outcome", "meeting", "quick_answer", "reception_visitor",
    "reception_day", "case_transfer",
)  # fmt: skip


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), nullable=False)


def _number(name: str, *, nullable: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _words(name: str, length: int, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def _path() -> sa.Column[str]:
    return sa.Column("path", ByteString, nullable=False)


def _at(name: str) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime, nullable=False)


def _on(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=False)


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _make(table: str, *parts: sa.Column[object], keys: dict[str, str], unique: tuple[str, ...] = ()) -> None:
    constraints: list[sa.Constraint] = [_key(table, column, other) for column, other in keys.items()]
    primary = parts[0].name
    constraints.append(sa.PrimaryKeyConstraint(primary, name=op.f(f"pk_{table}")))
    if unique:
        constraints.append(sa.UniqueConstraint(*unique, name=op.f(f"uq_{table}_{'_'.join(unique)}")))
    op.create_table(table, *parts, *constraints)


def upgrade() -> None:
    _make("case_transfer", _number("case_id", nullable=False), _on("received_on"), keys={"case_id": "case"})
    _make(
        "reception_day", _id(), _number("place_id", nullable=False), _path(), _on("day"), _number("host_post_id"),
        _number("stand_in_post_id"),
        keys={"place_id": "grid", "host_post_id": "post", "stand_in_post_id": "post"}, unique=("place_id", "day"),
    )  # fmt: skip
    op.create_index("ix_reception_day_day", "reception_day", ["day", "path"])
    _make(
        "reception_visitor", _id(), _words("client_uuid", 36), _number("day_id", nullable=False),
        _number("place_id", nullable=False), _path(), _at("came_at"), _words("name", 60, nullable=True),
        _words("phone", 20, nullable=True), _words("proxy_for", 60, nullable=True), _number("household_id"),
        _words("matter", 120), _words("outcome", 10), _words("reply", 300, nullable=True), _number("case_id"),
        _number("user_id"), _number("post_id"),
        keys={
            "day_id": "reception_day", "place_id": "grid", "household_id": "household", "case_id": "case",
            "post_id": "post",
        },
        unique=("client_uuid",),
    )  # fmt: skip
    op.create_index("ix_reception_visitor_day", "reception_visitor", ["day_id", "id"])
    op.create_index("ix_reception_visitor_path", "reception_visitor", ["path", "came_at"])
    op.create_index("ix_reception_visitor_household", "reception_visitor", ["household_id"])
    op.create_index("ix_reception_visitor_case", "reception_visitor", ["case_id"])
    _make(
        "quick_answer", _id(), _words("client_uuid", 36), _number("place_id", nullable=False), _path(), _at("at"),
        _words("question", 120), _words("answer", 200), _number("class_id", nullable=False), _number("case_id"),
        _number("user_id"), _number("post_id"),
        keys={"place_id": "grid", "class_id": "case_class", "case_id": "case", "post_id": "post"},
        unique=("client_uuid",),
    )  # fmt: skip
    op.create_index("ix_quick_answer_path", "quick_answer", ["path", "at", "id"])
    op.create_index("ix_quick_answer_case", "quick_answer", ["case_id"])
    _meetings()
    _patrols()
    _past_the_village(True)


def _past_the_village(restricted: bool) -> None:
    """What is asked about the village's accounts goes past the village, the cases that are there too. The way back
    opens the class, never a case."""
    classes = sa.table("case_class", sa.column("id"), sa.column("code"), sa.column("restricted"), sa.column("level"))
    cases = sa.table("case", sa.column("class_id"), sa.column("restricted"))
    accounts = sa.select(classes.c.id).where(classes.c.code == "1003").scalar_subquery()
    op.execute(
        classes.update().where(classes.c.code == "1003").values(
            restricted=restricted, level="town" if restricted else "village"
        )
    )  # fmt: skip
    if restricted:
        versions = sa.table("case_class_version", sa.column("class_id"), sa.column("restricted"), sa.column("level"))
        op.execute(versions.update().where(versions.c.class_id == accounts).values(restricted=True, level="town"))
        op.execute(cases.update().where(cases.c.class_id == accounts).values(restricted=True))


def _meetings() -> None:
    _make(
        "meeting", _id(), _words("client_uuid", 36), _number("place_id", nullable=False), _path(), _words("nature", 16),
        _on("held_on"), _words("venue", 60, nullable=True), _words("topic", 120), _number("present", nullable=False),
        _number("host_post_id"), _at("written_at"), _number("user_id"), _number("post_id"),
        keys={"place_id": "grid", "host_post_id": "post", "post_id": "post"}, unique=("client_uuid",),
    )  # fmt: skip
    op.create_index("ix_meeting_path", "meeting", ["path", "held_on", "id"])
    _make(
        "meeting_outcome", _id(), _number("meeting_id", nullable=False), _number("seq", nullable=False),
        _words("text", 200), _number("case_id"), _number("user_id"),
        keys={"meeting_id": "meeting", "case_id": "case"}, unique=("meeting_id", "seq"),
    )  # fmt: skip
    op.create_index("ix_meeting_outcome_case", "meeting_outcome", ["case_id"])


def _patrols() -> None:
    _make(
        "patrol_run", _id(), _words("client_uuid", 36), _number("place_id", nullable=False), _path(),
        _words("kind", 12), _on("done_on"), sa.Column("looked", Json, nullable=False),
        _words("note", 200, nullable=True), _at("written_at"), _number("user_id"), _number("post_id"),
        keys={"place_id": "grid", "post_id": "post"}, unique=("client_uuid",),
    )  # fmt: skip
    op.create_index("ix_patrol_run_path", "patrol_run", ["path", "done_on", "id"])
    _make(
        "patrol_finding", _id(), _number("run_id", nullable=False), _words("item_code", 8), _words("item", 60),
        _words("class_code", 4), _words("text", 120), _number("case_id"), _number("user_id"),
        keys={"run_id": "patrol_run", "case_id": "case"},
    )  # fmt: skip
    op.create_index("ix_patrol_finding_run", "patrol_finding", ["run_id", "id"])
    op.create_index("ix_patrol_finding_case", "patrol_finding", ["case_id"])
    _make(
        "dispute_clue", _number("case_id", nullable=False), _path(), _words("risk", 8), _at("at"),
        keys={"case_id": "case"},
    )  # fmt: skip
    op.create_index("ix_dispute_clue_path", "dispute_clue", ["path", "case_id"])


def downgrade() -> None:
    _past_the_village(False)
    for table in TABLES:
        op.drop_table(table)
