"""A filling with the demo that breaks off is not taken for a demo: the next `gridcase run` begins again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from gridcase import serving
from gridcase.audit import service as audit
from gridcase.cli import main
from gridcase.core.config import Config
from gridcase.core.db import Base, db, transaction
from gridcase.core.permissions import job
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.people.models import Person
from gridcase.seed import demo, villages
from gridcase.users.models import User
from tests.conftest import open_session
from tests.factories.demo import NOW, Blanks, load_demo, opened


class PowerCut(Exception):
    """The filling ends here."""


@pytest.fixture
def half(blanks: Blanks, at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> Config:
    """A database whose filling broke off in the second village."""
    at(NOW.isoformat())
    config, settle, settled = blanks.fresh(), villages.settle, []

    def settle_one(*arguments: object, **named: object) -> object:
        if settled:
            raise PowerCut
        settled.append(settle(*arguments, **named))
        return settled[0]

    with monkeypatch.context() as patch, opened(config):
        patch.setattr(villages, "settle", settle_one)
        with pytest.raises(PowerCut):
            load_demo()
        assert not demo.empty()
    return config


def run(config: Config, monkeypatch: pytest.MonkeyPatch) -> str:
    """`gridcase run` on this database, without its servers; the demo it would fill is one row."""
    settings = {"ENV": "demo", "INSTANCE": config.instance, "DATABASE_URL": config.database_url}
    for name, value in (settings | {"OWNER_URL": config.owner_url}).items():
        monkeypatch.setenv(f"GRIDCASE_{name}", value)
    monkeypatch.setattr(serving, "run_together", lambda _commands: 0)
    monkeypatch.setattr(demo, "build", lambda **_named: _one_place())
    done = CliRunner().invoke(main, ["run"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def _one_place() -> None:
    _add(Grid(name="重新装入", code="990000000000", path="/1/", level="county", valid_from=NOW.date()))


def _add(row: Base) -> None:
    with transaction():
        db.session.add(row)
        audit.record(actor=job("test"), action="test", subject_kind="test", subject_id=None, now=NOW)


def test_the_next_start_begins_again(half: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(half):
        assert demo.half_filled()
        assert db.session.scalar(select(func.count()).select_from(Household))
    assert "重新装入" in run(half, monkeypatch)
    with opened(half):
        assert db.session.scalars(select(Grid.name)).all() == ["重新装入"]
        assert db.session.scalar(select(func.count()).select_from(Household)) == 0


def test_where_somebody_has_come_in_nothing_is_cleared(half: Config) -> None:
    with opened(half) as app:
        user = User(login="x", password_hash="x", person=Person(name="来人", place_path="/1/"))
        _add(user)
        open_session(app, user.id)
    with opened(half):
        assert not demo.half_filled()
