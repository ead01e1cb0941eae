"""The command line: `gridcase --help`. Exit code 0 only on success; what goes wrong on purpose is one sentence."""

from __future__ import annotations

import logging
import secrets
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import click
from flask import Flask
from tqdm import tqdm

from gridcase import doctor as checks
from gridcase import scheduler as timetable
from gridcase import serving
from gridcase.app import create_app
from gridcase.audit import service as audit
from gridcase.core import clock, migrate
from gridcase.core.config import Config, from_env
from gridcase.core.db import db, transaction
from gridcase.core.errors import GridcaseError
from gridcase.core.permissions import job
from gridcase.exchange import jobs as exchange
from gridcase.exchange import trial as trials
from gridcase.exchange.rules.registers import REGISTERS
from gridcase.grid import queries as grids
from gridcase.people import service as people
from gridcase.people.rules import Role
from gridcase.planner import jobs as planner
from gridcase.points import queries as points
from gridcase.points import service as ledger
from gridcase.search import jobs as words
from gridcase.seed import demo, reference, scale
from gridcase.users import queries as users
from gridcase.users import service as user_service

ACTOR = job("command line")


class Group(click.Group):
    """Turns the errors this system raises on purpose into one sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except GridcaseError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Group)
@click.version_option(package_name="gridcase")
def main() -> None:
    """gridcase: grid governance for Chinese towns and villages."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


def _settings() -> Config:
    return from_env().checked()


def _app() -> Flask:
    return create_app(_settings())


def _bar(label: str) -> Any:
    """A progress callback (done, total) that draws a bar on a terminal and a line elsewhere."""
    bar = tqdm(desc=label, unit="", leave=True, mininterval=0.5, disable=None)

    def show(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    return show


@main.command("init-db")
def init_db() -> None:
    """Create or migrate the database and load the reference data."""
    config = _settings()
    migrate.upgrade(config)
    with create_app(config).app_context(), transaction():
        reference.load(actor=ACTOR, now=clock.now())
    click.echo(f"database ready at revision {migrate.head()}")


@main.command()
def run() -> None:
    """Everything in one: database, demo if empty, web and scheduler together."""
    config = _settings()
    migrate.upgrade(config)
    if config.demo:
        _clear_half_a_demo(config)
    app = create_app(config)
    with app.app_context():
        with transaction():
            reference.load(actor=ACTOR, now=clock.now())
        if config.demo and demo.empty():
            demo.build(actor=ACTOR, now=clock.now(), small=False, progress=_bar("demo 演示数据"))
        accounts = [(user.login, user.person.name) for user in users.demo_accounts()] if config.demo else []
        db.session.remove()
        db.engine.dispose()
    click.echo("\n".join(serving.greeting(config, accounts, password=demo.PASSWORD, now=clock.now())))
    sys.exit(serving.run_together([*serving.web_commands(config, now=clock.now()), serving.scheduler_command()]))


def _clear_half_a_demo(config: Config) -> None:
    """A filling that broke off is begun again: what it left would pass for a demo and is none."""
    with create_app(config).app_context():
        half = demo.half_filled()
        db.session.remove()
        db.engine.dispose()
    if half:
        click.echo("上次演示数据没有装完，重新装入 the demo was not filled to its end: filling it again")
        migrate.start_over(config)


@main.command()
def serve() -> None:
    """The web workers alone."""
    sys.exit(serving.become(serving.web_commands(_settings(), now=clock.now())))


@main.command("scheduler")
def run_scheduler() -> None:
    """The scheduler alone; a second one does no harm."""
    timetable.run(_app())


@main.command()
def tick() -> None:
    """Run what is due once."""
    done = timetable.tick(_app())
    for name, count in done.items():
        click.echo(f"{name}: {count}")
    sys.exit(1 if -1 in done.values() else 0)


@main.command()
@click.option("--mend", is_flag=True, help="first put counters right that are not what a count says; written down")
def doctor(mend: bool) -> None:
    """Is this installation whole? Exit code 1 when something is not."""
    with _app().app_context():
        for name, count in checks.mend(actor=ACTOR, now=clock.now()).items() if mend else ():
            click.echo(f"mended {name}: {count}")
        found = checks.examine()
    for name, problems in found:
        click.echo(f"{'ok  ' if not problems else 'FAIL'} {name}")
        for problem in problems:
            click.echo(f"     {problem}")
    total = sum(len(problems) for _, problems in found)
    click.echo(f"{total} differences")
    sys.exit(1 if total else 0)


@main.group(invoke_without_command=True)
@click.option("--small", is_flag=True, help="a few villages, for tests")
@click.pass_context
def seed(ctx: click.Context, small: bool) -> None:
    """Load the demo of five places into an empty database."""
    if ctx.invoked_subcommand is None:
        with _app().app_context():
            demo.build(actor=ACTOR, now=clock.now(), small=small, progress=_bar("demo"))
        click.echo("demo loaded")


@seed.command("scale")
@click.option("--households", default=100_000, show_default=True)
@click.option("--cases", default=100_000, show_default=True)
@click.option("--open", "open_cases", default=None, type=int, help="how many of them; a tenth, at most 10,000")
def seed_scale(households: int, cases: int, open_cases: int | None) -> None:
    """Bulk data for measuring, past the services. A county: --households 100000 --cases 1000000."""
    with _app().app_context():
        scale.build(households=households, cases=cases, open_cases=open_cases, now=clock.now(), progress=_bar("scale"))


@main.group()
def search() -> None:
    """The words cases are found by."""


@search.command("rebuild")
def search_rebuild() -> None:
    """Write the words of every case anew, a thousand at a time; the system may go on meanwhile."""
    with _app().app_context():
        click.echo(f"{words.rebuild(progress=_bar('search'))} cases written down")


@main.group()
def user() -> None:
    """Accounts."""


@user.command("add")
@click.argument("login")
@click.option("--name", required=True, help="the person's name")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=None, help="the post's role")
@click.option("--place", default=None, help="code of the post's place, with --role")
@click.password_option()
def user_add(login: str, name: str, role: str | None, place: str | None, password: str) -> None:
    """Open an account for a new person, with a post where --role and --place name one."""
    config = _settings()
    if (role is None) != (place is None):
        raise click.UsageError("--role and --place go together")
    with create_app(config).app_context(), transaction():
        grid = grids.by_code(place) if place else None
        if place and grid is None:
            raise click.ClickException(f"no place {place}")
        person = people.add_person(actor=ACTOR, name=name, place_path=grid.path if grid else "/", now=clock.now())
        user_service.add_user(
            actor=ACTOR, login=login, password=password, person_id=person.id, now=clock.now(),
            memory_kib=config.argon2_memory_kib,
        )  # fmt: skip
        if role and grid:
            people.give_post(
                actor=ACTOR, role=Role(role), place=grid, person_id=person.id, login=login, now=clock.now()
            )
    click.echo(f"account {login} opened")


@user.command("password")
@click.argument("login")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
def user_password(login: str, password: str) -> None:
    """Set a password; every session of the account ends."""
    config = _settings()
    with create_app(config).app_context(), transaction():
        found = users.by_login(login)
        if found is None:
            raise click.ClickException(f"no account {login}")
        user_service.set_password(
            found, actor=ACTOR, password=password, now=clock.now(), memory_kib=config.argon2_memory_kib
        )
    click.echo(f"password of {login} set")


@user.command("close")
@click.argument("login")
def user_close(login: str) -> None:
    """Close an account; its sessions end at once."""
    with _app().app_context(), transaction():
        found = users.by_login(login)
        if found is None:
            raise click.ClickException(f"no account {login}")
        user_service.set_active(found, actor=ACTOR, active=False, now=clock.now())
    click.echo(f"account {login} closed")


@main.group("import")
def import_() -> None:
    """Take over lists of other systems."""


@import_.command("cases")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--town", required=True, help="12-digit code of the town")
@click.option("--village", default=None, help="12-digit code of the village, where all belong to one")
@click.option("--dry-run", is_flag=True, help="check only")
def import_cases(file: Path, town: str, village: str | None, dry_run: bool) -> None:
    """Import cases from an Excel or CSV file: all or nothing, nothing doubled on a second run."""
    with _app().app_context():
        report = exchange.import_cases(
            actor=ACTOR, data=file.read_bytes(), town_code=town, village_code=village, dry_run=dry_run,
            now=clock.now(), progress=_bar("import"),
        )  # fmt: skip
    for line in report.lines():
        click.echo(line)
    sys.exit(0 if report.accepted else 1)


@import_.command("register")
@click.argument("kind", type=click.Choice(list(REGISTERS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="the day changes hold from; today")
@click.option("--dry-run", is_flag=True, help="check only")
def import_register(kind: str, file: Path, on: Any, dry_run: bool) -> None:
    """Import a register from an Excel or CSV file with the template's columns: all or nothing."""
    with _app().app_context():
        day: date = on.date() if on else clock.town_day(clock.now())
        report = exchange.import_register(
            actor=ACTOR, register=REGISTERS[kind], path=file, on=day, dry_run=dry_run, now=clock.now(),
            progress=_bar("import"),
        )  # fmt: skip
    for line in report.lines:
        click.echo(line)
    sys.exit(0 if report.accepted else 1)


@main.group()
def plan() -> None:
    """Proposals of cells and circles."""


@plan.command("county")
@click.argument("code")
@click.option("--processes", default=2, show_default=True, help="solvers side by side")
@click.option("--seed", default=1, show_default=True)
def plan_county(code: str, processes: int, seed: int) -> None:
    """Propose cells and circles for every village below the place CODE. What a killed run has done is left alone."""
    with _app().app_context():
        place = grids.by_code(code)
        if place is None:
            raise click.ClickException(f"no place {code}")
        done = planner.plan_county(place.path, actor=ACTOR, progress=_bar("plan"), processes=processes, seed=seed)
    click.echo(f"{done.planned} proposals for {done.homes} homes, {done.skipped} stood already")


@main.group()
def export() -> None:
    """Write lists for other systems."""


@export.command("cases")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--town", required=True, help="12-digit code of the town")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), default=None)
def export_cases(file: Path, town: str, since: Any) -> None:
    """Write a town's cases to an Excel or CSV file, text cells forced to text."""
    first: date | None = since.date() if since else None
    with _app().app_context():
        count = exchange.export_cases(actor=ACTOR, path=file, town_code=town, since=first, now=clock.now())
    click.echo(f"{count} cases written to {file}")


@export.command("register")
@click.argument("kind", type=click.Choice(list(REGISTERS)))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--place", required=True, help="code of the place")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="as of this day; today")
@click.option("--purpose", default="", help="what for: names in full, written down; without it they are masked")
def export_register(kind: str, file: Path, place: str, on: Any, purpose: str) -> None:
    """Write a register of a place to an Excel or CSV file."""
    with _app().app_context():
        day: date = on.date() if on else clock.town_day(clock.now())
        content = exchange.export_register(
            actor=ACTOR, register=REGISTERS[kind], place_code=place, on=day, purpose=purpose,
            kind=file.suffix.lower().lstrip("."), now=clock.now(),
        )  # fmt: skip
    file.write_bytes(content)
    click.echo(f"{kind} of {place} written to {file}")


@main.command()
@click.option("--real", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
def trial(real: Path) -> None:
    """Real input: import it, import it again, import broken copies; say what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        config = Config(env="test", instance=folder, secret_key=secrets.token_hex(16))
        migrate.upgrade(config)
        with create_app(config).app_context():
            with transaction():
                reference.load(actor=ACTOR, now=clock.now())
            sound = trials.run(real, say=click.echo)
            db.session.remove()
    sys.exit(0 if sound else 1)


@main.group("audit")
def audit_group() -> None:
    """The audit chain."""


@audit_group.command("verify")
def audit_verify() -> None:
    """Walk every town's chain and report the unsealed tail."""
    with _app().app_context():
        problems, unsealed = audit.verify()
    for problem in problems:
        click.echo(problem)
    click.echo(f"{len(problems)} problems, {unsealed} rows not sealed yet")
    sys.exit(1 if problems else 0)


@main.group("points")
def points_group() -> None:
    """The points ledger."""


@points_group.command("verify")
def points_verify() -> None:
    """Balances against a replay, the sum of everything against zero, and every village's chain of seals."""
    with _app().app_context():
        problems = [*ledger.verify(), *ledger.verify_seals()]
        unsealed, oldest = points.count_unsealed()
    for problem in problems:
        click.echo(problem)
    click.echo(
        f"{len(problems)} problems, {unsealed} movements not sealed yet" + (f", since {oldest}" if oldest else "")
    )
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
