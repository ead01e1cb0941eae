"""What is kept of channels and messages: secrets sealed, what has left forgotten after its time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from gridcase import doctor
from gridcase.audit.models import AuditRow
from gridcase.core import clock
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer, job
from gridcase.core.sealed import longest, seal, unseal
from gridcase.notices import jobs, rules
from gridcase.notices.models import NoticeChannel, Outbox
from gridcase.notices.rules import Channel, What
from gridcase.scheduler import tidy_outbox
from tests.factories.world import World
from tests.notices.sending import SECRET, of_person, of_place, send, settings, states, tell

At = Callable[[str], None]
ViewerOf = Callable[[str], Viewer]
URL = "https://desk.example.gov.cn/hook?key=who-has-this-writes-into-the-group"


def stored() -> list[tuple[str, str]]:
    """Address and secret of every channel as a backup would hold them."""
    db.session.rollback()
    rows = db.session.execute(text("SELECT address, secret FROM notice_channel ORDER BY id"))
    return [tuple(row) for row in rows]  # type: ignore[misc]


def write_plainly(address: str, secret: str) -> None:
    """As an older version left it."""
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE notice_channel SET address = :a, secret = :s"), {"a": address, "s": secret})
    db.session.rollback()


def tidy(config: Config) -> int:
    return jobs.tidy(config, actor=job("outbox"), now=clock.now())


def test_what_a_backup_holds_opens_no_group(ctx: Flask, world: World) -> None:
    config = settings(ctx)
    channel = of_place(world, config, URL)
    ((address, secret),) = stored()
    assert "example" not in address
    assert "whsec" not in secret
    assert address != seal(URL), "two of the same are not alike"
    db.session.expire_all()
    row = db.session.get_one(NoticeChannel, channel)
    assert (row.address, row.secret) == (URL, SECRET)


def test_the_longest_that_may_be_typed_fits_sealed() -> None:
    assert longest(500) >= rules.LONGEST_ADDRESS
    assert longest(200) >= rules.LONGEST_SECRET
    with pytest.raises(Refused, match="太长") as found:
        rules.checked_address(Channel.WEBHOOK, "https://example.com/" + "a" * 330, named=frozenset())
    assert found.value.field == "address"
    with pytest.raises(Refused, match="太长") as found:
        rules.checked_secret(Channel.DINGTALK, "SEC" + "a" * 110)
    assert found.value.field == "secret"


def test_former_channels_and_former_keys_are_sealed_anew(ctx: Flask, world: World) -> None:
    config = settings(ctx)
    channel = of_place(world, config, URL)
    write_plainly(URL, SECRET)
    assert db.session.get_one(NoticeChannel, channel).address == URL, "read all the same"
    tidy(config)
    first = stored()
    assert "example" not in first[0][0]
    ctx.config["SECRET_KEY_FALLBACKS"], ctx.config["SECRET_KEY"] = [ctx.config["SECRET_KEY"]], "another key"
    db.session.expire_all()
    assert db.session.get_one(NoticeChannel, channel).address == URL
    tidy(config)
    assert stored() != first
    ctx.config["SECRET_KEY_FALLBACKS"] = []
    db.session.expire_all()
    assert db.session.get_one(NoticeChannel, channel).secret == SECRET
    assert doctor.channels_open() == []
    ctx.config["SECRET_KEY"] = "lost"
    db.session.expire_all()
    assert db.session.get_one(NoticeChannel, channel).address == "", "the pages stand, the doctor says it"
    assert "GRIDCASE_SECRET_KEY_FALLBACKS" in doctor.channels_open()[0]
    before = stored()
    tidy(config)
    assert stored() == before, "nothing is thrown away: the key may be found again"


def test_a_removed_channel_and_changed_bytes(ctx: Flask) -> None:
    sealed = seal("SEC123")
    assert unseal(sealed) == "SEC123"
    assert unseal(sealed[:-6] + "AAAAAA") is None
    assert unseal("s1 is no seal") == "s1 is no seal"


def test_what_has_left_is_forgotten_after_its_days_and_nothing_else(
    ctx: Flask, world: World, at: At, tmp_path: Path
) -> None:
    config = settings(ctx, outbox_file=str(tmp_path / "out.jsonl"), outbox_days=90)
    for subject in range(3):
        tell(world, subject_id=subject)
    with transaction() as session:
        session.execute(text("UPDATE outbox SET state = 'given_up' WHERE id = (SELECT max(id) FROM outbox)"))
    assert send(config) == 2
    at("2027-02-20T03:10:00+08:00")
    assert tidy_outbox(config) == 0, "89 days"
    tell(world, subject_id=9)
    at("2027-02-22T10:00:00+08:00")
    assert tidy_outbox(config) == 0, "by day it waits for the night"
    at("2027-02-23T03:10:00+08:00")
    assert tidy_outbox(config) == 2
    assert [state for state, _tries, _error in states()] == ["given_up", "queued"]
    detail = db.session.scalars(select(AuditRow.detail).where(AuditRow.action == "outbox.purge")).one()
    assert detail["messages"] == 2
    assert tidy_outbox(config) == 0


def test_purging_goes_on_batch_after_batch(
    ctx: Flask, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(ctx, outbox_file=str(tmp_path / "out.jsonl"))
    for subject in range(5):
        tell(world, subject_id=subject)
    send(config)
    monkeypatch.setattr(jobs.service.channels.purge, "__kwdefaults__", {"batch": 2})
    assert jobs.tidy(config, actor=job("outbox"), now=clock.now() + timedelta(days=91)) == 5
    assert db.session.scalar(select(func.count()).select_from(Outbox)) == 0
    audits = select(func.count()).where(AuditRow.action == "outbox.purge")
    assert db.session.scalar(audits) == 3


def test_a_robot_of_ones_own_is_sealed_too(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    config = settings(ctx)
    of_person(viewer_of("liaison"), config, rules.ROBOTS[Channel.WECOM] + "the-key", what=What.ALL)
    assert "the-key" not in stored()[0][0]
