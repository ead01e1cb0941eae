"""The application: extensions, the rooms, who is looking, error pages. Nothing else is decided here."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Collection
from pathlib import Path
from typing import Any

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

import gridcase.affairs.views
import gridcase.bulletin.views
import gridcase.cases.views
import gridcase.cases.views.reading
import gridcase.dashboard.views
import gridcase.dossier.views
import gridcase.dossier.views.covenant
import gridcase.dossier.views.dropping
import gridcase.dossier.views.liaisons
import gridcase.exchange.views
import gridcase.grid.views
import gridcase.households.views
import gridcase.mediation.views
import gridcase.notices.views
import gridcase.people.views
import gridcase.planner.views
import gridcase.points.views
import gridcase.reception.views
import gridcase.reminders.views
import gridcase.reports.views
import gridcase.resident.views
import gridcase.search.views
import gridcase.shop.views
import gridcase.sync.api
import gridcase.sync.views
import gridcase.sync.views.shell
import gridcase.users.session
import gridcase.users.views
import gridcase.visits.views
import gridcase.web.health
import gridcase.web.styleguide
from gridcase.core import clock
from gridcase.core.config import Config, from_env
from gridcase.core.db import db, engine_options, prepare_engine, transaction
from gridcase.core.errors import Forbidden, Missing, Refused
from gridcase.core.form_uses import Uses
from gridcase.core.paths import MIGRATIONS, STATIC, TEMPLATES, TRANSLATIONS
from gridcase.core.permissions import Viewer
from gridcase.dashboard.service.burden import fold
from gridcase.households import queries as households
from gridcase.notices import queries as notices
from gridcase.planner import queries as planner
from gridcase.points import queries as points
from gridcase.shop import queries as shop
from gridcase.users.session import Account
from gridcase.web import access, burden, frame, security
from gridcase.web.filters import translate
from gridcase.web.templates import Templates

ROOMS: tuple[Any, ...] = (
    frame,
    gridcase.web.health,
    gridcase.users.views,
    gridcase.notices.views,
    gridcase.cases.views,
    gridcase.cases.views.reading,
    gridcase.mediation.views,
    gridcase.visits.views,
    gridcase.bulletin.views,
    gridcase.reception.views,
    gridcase.points.views,
    gridcase.shop.views,
    gridcase.affairs.views,
    gridcase.grid.views,
    gridcase.people.views,
    gridcase.households.views,
    gridcase.planner.views,
    gridcase.dossier.views,
    gridcase.dossier.views.covenant,
    gridcase.dossier.views.dropping,
    gridcase.dossier.views.liaisons,
    gridcase.dashboard.views,
    gridcase.exchange.views,
    gridcase.reminders.views,
    gridcase.reports.views,
    gridcase.resident.views,
    gridcase.search.views,
    gridcase.sync.views,
    gridcase.sync.views.shell,
    gridcase.sync.api,
)

NUMBER_OUT_OF_RANGE = "22003"  # SQLSTATE numeric_value_out_of_range
ERROR_PAGES = {400, 403, 404, 409, 413, 429, 500, 503}


def create_app(config: Config | None = None) -> Flask:
    """Build the application from its settings."""
    config = (config or from_env()).checked()
    app = Flask("gridcase", template_folder=str(TEMPLATES), static_folder=str(STATIC), static_url_path="/static")
    app.jinja_environment = Templates
    app.extensions["gridcase"] = config
    _configure(app, config)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    Migrate(app, db, directory=str(MIGRATIONS))
    csrf = CSRFProtect(app)
    gridcase.users.session.init_app(app)
    access.guard(app, load_viewer=load_viewer, on_refusal=_log_refusal(app))
    # not with its own certificate: HSTS holds for all ports of a name, and the door to the certificate is plain http
    security.init_app(app, https=config.secure and not config.own_https)
    points.tell_source(shop.redemptions.SOURCE, shop.redemptions.what)
    nav = [item for room in ROOMS for item in getattr(room, "NAV", ())]
    frame.init_app(app, nav=nav, inbox_count=notices.unread_count, place_label=place_label, closed=closed_modules)
    for room in ROOMS:
        app.register_blueprint(room.bp)
    for endpoint, view in app.view_functions.items():
        asked = access.access_of(app, endpoint)
        if asked is not None and asked.token:
            csrf.exempt(view)  # no cookie opens it, so no other site can use one
    if not config.production:
        app.register_blueprint(gridcase.web.styleguide.bp)
    burden.init_app(app, fold=_write_burden)
    _error_pages(app)
    _odd_numbers(app)
    return app


def _configure(app: Flask, config: Config) -> None:
    folder = config.folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    app.config.update(
        SECRET_KEY=config.secret_key or _demo_secret(folder),
        SECRET_KEY_FALLBACKS=[key for key in config.secret_key_fallbacks.split(",") if key],
        SQLALCHEMY_DATABASE_URI=config.url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(config.url, pool_size=config.pool_size),
        SESSION_COOKIE_NAME="__Host-gridcase" if config.secure else "gridcase",
        SESSION_COOKIE_SECURE=config.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=62 * 1024 * 1024,  # six photos of ten megabytes
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        TRUSTED_HOSTS=[host for host in config.trusted_hosts.split(",") if host] or None,
        WTF_CSRF_TIME_LIMIT=None,  # bound to the session instead: a form open over lunch must not be lost
        BABEL_DEFAULT_LOCALE="zh_Hans_CN",
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        BABEL_TRANSLATION_DIRECTORIES=str(TRANSLATIONS),
    )
    if config.proxy_hops:
        hops = config.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _demo_secret(folder: Path) -> str:
    """A demo keeps its secret beside its database, so that sessions outlive a restart."""
    path = folder / "secret"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32), encoding="ascii")
    return path.read_text(encoding="ascii")


def load_viewer(account: Account) -> Viewer:
    """Who is looking: the account's posts, with the places they reach."""
    return with_places(account.viewer)


def with_places(someone: Viewer) -> Viewer:
    """A viewer with the households of its circles and the cells that went into its own."""
    grants = households.name_circles(someone, on=clock.town_day(clock.now()))
    return dataclasses.replace(someone, grants=planner.with_former_places(grants))


def place_label(someone: Viewer) -> str:
    """The place one is in: the title of the first post."""
    return next((grant.title for grant in someone.grants if grant.title), "")


def closed_modules(someone: Viewer) -> Collection[str]:
    """The parts of points that are switched off where somebody stands."""
    return points.closed_to(someone, on=clock.town_day(clock.now()))


def _log_refusal(app: Flask) -> access.RefusalHook:
    def note(someone: Viewer, endpoint: str) -> None:
        app.logger.warning("refused: user %s at %s", someone.user_id, endpoint)

    return note


def _write_burden(uses: Uses) -> None:
    with transaction():
        fold(uses)


def _page(code: int, message: str = "") -> ResponseReturnValue:
    """What went wrong, as a page or as JSON."""
    db.session.rollback()
    if request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json":
        return {"error": code, "message": message}, code
    return render_template(f"errors/{code}.html", message=message), code


def _error_pages(app: Flask) -> None:
    @app.errorhandler(Missing)
    def _missing(_error: Missing) -> ResponseReturnValue:
        return _page(404)

    @app.errorhandler(Forbidden)
    def _forbidden(error: Forbidden) -> ResponseReturnValue:
        return _page(403, translate(error.text) if error.text else "")

    @app.errorhandler(Refused)
    def _refused(error: Refused) -> ResponseReturnValue:
        return _page(409, translate(error.text))

    @app.errorhandler(CSRFError)
    def _csrf(_error: CSRFError) -> ResponseReturnValue:
        return _page(400)

    @app.errorhandler(OperationalError)
    def _database(error: OperationalError) -> ResponseReturnValue:
        app.logger.error("database: %s", error)
        return _page(503)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> ResponseReturnValue:
        code = error.code or 500
        return _page(code) if code in ERROR_PAGES else error.get_response()


def _odd_numbers(app: Flask) -> None:
    """A number in the address that no row can have is a page that is not there: SQLite's driver refuses it, PostgreSQL
    its cast."""

    @app.errorhandler(OverflowError)
    @app.errorhandler(DataError)
    def _no_such_number(error: OverflowError | DataError) -> ResponseReturnValue:
        if isinstance(error, DataError) and getattr(error.orig, "sqlstate", "") != NUMBER_OUT_OF_RANGE:
            raise error
        return _page(404)
