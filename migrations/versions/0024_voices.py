"""Voices of a case, hot issues, and the words cases are found by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from gridcase.core.db import ByteString, Json, UtcDateTime
from gridcase.core.text import bigrams

revision = "0024_voices"
down_revision = "0023_routing"
branch_labels = None
depends_on = None

BATCH = 2000
Words = sa.Text().with_variant(ARRAY(sa.Text()), "postgresql")
JOINED = sa.text("ended_at IS NULL")


def upgrade() -> None:
    _voices()
    _hot()
    _search()


def _voices() -> None:
    op.create_table(
        "case_voice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("heard_seq", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcDateTime, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_voice_case_id")),
        sa.ForeignKeyConstraint(["first_id"], ["case.id"], name=op.f("fk_case_voice_first_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_voice")),
    )
    op.create_index(
        "ux_case_voice_case", "case_voice", ["case_id"], unique=True, sqlite_where=JOINED, postgresql_where=JOINED
    )
    op.create_index("ix_case_voice_first", "case_voice", ["first_id"], sqlite_where=JOINED, postgresql_where=JOINED)
    _keep_duplicates()


def _keep_duplicates() -> None:
    """What was merged so far becomes a voice of the case its last merging named, at the end of its chain."""
    bind = op.get_bind()
    detail = sa.column("detail", Json)
    steps = sa.table("case_step", *(sa.column(n) for n in ("case_id", "seq", "move", "actor_name")),
                     sa.column("at", UtcDateTime), detail)  # fmt: skip
    case = sa.table("case", *(sa.column(n) for n in ("id", "state", "household_id", "reporter_phone", "reporter_name")))
    rows = bind.execute(
        sa.select(steps.c.case_id, steps.c.at, steps.c.actor_name, steps.c.detail)
        .join(case, case.c.id == steps.c.case_id)
        .where(steps.c.move == "reject_duplicate", case.c.state == "duplicate")
        .order_by(steps.c.case_id, steps.c.seq)
    ).all()
    merged = {row.case_id: row for row in rows if row.detail.get("of")}
    joined: dict[int, int] = {}
    for key in merged:
        first, seen = key, {key}
        while first in merged and merged[first].detail["of"] not in seen:
            first = merged[first].detail["of"]
            seen.add(first)
        if first != key:
            joined[key] = first
    spoken: dict[int, set[str]] = {}
    voice = sa.table("case_voice", *(sa.column(n) for n in ("case_id", "first_id", "by_name", "counted", "heard_seq")),
                     sa.column("since", UtcDateTime))  # fmt: skip
    for key, first in sorted(joined.items()):
        if first not in spoken:
            spoken[first] = {_speaker(bind, case, first)}
        who = _speaker(bind, case, key)
        counted = who not in spoken[first]
        spoken[first].add(who)
        newest = bind.scalar(sa.select(sa.func.max(steps.c.seq)).where(steps.c.case_id == first))
        bind.execute(
            voice.insert().values(
                case_id=key, first_id=first, since=merged[key].at, by_name=merged[key].actor_name, counted=counted,
                heard_seq=newest or 0,
            )
        )  # fmt: skip


def _speaker(bind: Any, case: Any, key: int) -> str:
    row = bind.execute(sa.select(case).where(case.c.id == key)).one()
    if row.household_id is not None:
        return f"h{row.household_id}"
    return re.sub(r"\D", "", row.reporter_phone or "") or row.reporter_name or ""


def _hot() -> None:
    op.create_table(
        "hot_run",
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["town_id"], ["grid.id"], name=op.f("fk_hot_run_town_id")),
        sa.PrimaryKeyConstraint("town_id", "day", name=op.f("pk_hot_run")),
    )
    op.create_table(
        "hot_issue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("homes", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("heat", sa.Integer(), nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("first_at", UtcDateTime, nullable=False),
        sa.Column("last_at", UtcDateTime, nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("master_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime, nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), nullable=True),
        sa.Column("decided_cases", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["town_id"], ["grid.id"], name=op.f("fk_hot_issue_town_id")),
        sa.ForeignKeyConstraint(["class_id"], ["case_class.id"], name=op.f("fk_hot_issue_class_id")),
        sa.ForeignKeyConstraint(["master_id"], ["case.id"], name=op.f("fk_hot_issue_master_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hot_issue")),
    )
    op.create_index("ix_hot_issue_path", "hot_issue", ["path", "heat", "id"])
    op.create_index("ix_hot_issue_town", "hot_issue", ["town_id", "state"])
    op.create_table(
        "hot_issue_case",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["hot_issue.id"], name=op.f("fk_hot_issue_case_issue_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_hot_issue_case_case_id")),
        sa.PrimaryKeyConstraint("issue_id", "case_id", name=op.f("pk_hot_issue_case")),
    )
    op.create_index("ix_hot_issue_case_case", "hot_issue_case", ["case_id"])


def _search() -> None:
    op.create_table(
        "case_search",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words", Words, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_search_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_search")),
    )
    op.create_index("ix_case_reporter_name", "case", ["reporter_name"])
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        # Tokens are made by us: a byte that is not a letter, a digit or a mark of ours ends one.
        op.execute(
            "CREATE VIRTUAL TABLE case_search_fts USING fts5(words, content='case_search', content_rowid='case_id', "
            "detail=none, tokenize=\"ascii tokenchars '@#'\")"
        )
    rows = _fill()
    collate = "" if sqlite else ' COLLATE "C"'  # beginnings are looked for byte by byte, whatever the database's order
    op.execute(f"CREATE INDEX idx_person_name_c ON person (name{collate})")
    op.execute(f"CREATE INDEX idx_person_initials_c ON person (initials{collate})")
    if sqlite:
        op.execute("INSERT INTO case_search_fts (case_search_fts) VALUES ('rebuild')")
        return
    op.execute('CREATE INDEX idx_case_number_c ON "case" (number COLLATE "C")')
    op.execute(
        "CREATE INDEX idx_case_search_words ON case_search USING gin (words) WITH (gin_pending_list_limit = 256)"
    )
    if rows:
        op.execute("ANALYZE case_search")


def _fill() -> int:
    """The words of the cases that are stored already, a few thousand at a time."""
    bind, count = op.get_bind(), 0
    search = sa.table("case_search", sa.column("case_id"), sa.column("words", Words))
    for rows in _stored(bind):
        values = [{"case_id": row.id, "words": _words(row)} for row in rows]
        if bind.dialect.name == "sqlite":
            values = [{**value, "words": " ".join(value["words"])} for value in values]
        bind.execute(search.insert(), values)
        count += len(values)
    return count


def _stored(bind: Any) -> Iterator[Any]:
    last = 0
    while True:
        rows = bind.execute(
            sa.text(
                "SELECT c.id, c.number, c.title, c.text, c.address, c.source_no, c.path, k.zh, g.name AS place, "
                'v.name AS village FROM "case" c JOIN case_class k ON k.id = c.class_id '
                "JOIN grid g ON g.id = c.grid_id LEFT JOIN grid v ON v.id = c.village_id "
                "WHERE NOT c.restricted AND NOT k.restricted AND c.id > :last ORDER BY c.id LIMIT :batch"
            ),
            {"last": last, "batch": BATCH},
        ).all()
        if not rows:
            return
        yield rows
        last = rows[-1].id


def _words(row: Any) -> list[str]:
    """As `gridcase.cases.rules.searching` made them then; `gridcase search rebuild` makes them as it does now."""
    texts = (row.title, row.text, row.address, row.zh, row.village, row.place)
    found = dict.fromkeys(word for text in texts if text for word in bigrams(text))
    for number in (row.number, row.source_no):
        if number:
            found |= dict.fromkeys((*bigrams(number), "#" + re.sub(r"[^0-9a-z]", "", number.casefold())))
    found |= dict.fromkeys("@" + part for part in row.path.split("/") if part)
    return list(found)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE case_search_fts")
    else:
        op.execute("DROP INDEX idx_case_number_c")
    op.execute("DROP INDEX idx_person_initials_c")
    op.execute("DROP INDEX idx_person_name_c")
    op.drop_index("ix_case_reporter_name", table_name="case")
    op.drop_table("case_search")
    for name in ("hot_issue_case", "hot_issue", "hot_run", "case_voice"):
        op.drop_table(name)
