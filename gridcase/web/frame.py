"""The frame around every page: navigation, place, inbox, language. Rooms hand in their entries, `app` collects them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from flask import (
    Blueprint,
    Flask,
    current_app,
    g,
    get_flashed_messages,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import Babel, get_locale
from flask_wtf.csrf import generate_csrf

from gridcase.core.config import Config
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import Text
from gridcase.web import drawn, filters, security, static_files
from gridcase.web.access import signed_in, viewer, viewer_or_none

NAV_MOST, PHONE_MOST = 8, 4


@dataclass(frozen=True)
class NavItem:
    """One entry of the navigation, shown to who may use it; `phone` entries stand in the bottom bar too."""

    key: str
    label: Text
    endpoint: str
    icon: str
    needs: frozenset[Permission]
    order: int
    phone: bool = False
    phone_label: Text | None = None
    group_label: Text | None = None  # what the group is called in the navigation; else the label of its first entry
    group: str = ""  # entries of a group stand as tabs above the pages of the group, the first one in the navigation
    pages: frozenset[str] = field(default_factory=frozenset)  # endpoints it stands for; empty: all of its blueprint
    work: bool = True  # what is set once is nobody's first page
    module: str = ""  # the part of a village's work that it belongs to; not shown where that is switched off


bp = Blueprint("home", __name__)


@bp.get("/")
@signed_in("everybody has a first page")
def index() -> ResponseReturnValue:
    """The first page of a role is its work list."""
    entries = [item for item in nav_for(viewer()) if item.work]
    return redirect(url_for(entries[0].endpoint)) if entries else render_template("home/nothing.html")


def nav_for(someone: Viewer) -> list[NavItem]:
    """The entries this viewer can use, in order; of a group the first."""
    shown: list[NavItem] = []
    for item in _usable(someone):
        if not item.group or item.group not in {other.group for other in shown}:
            shown.append(item)
    return shown[:NAV_MOST]


def tabs_for(someone: Viewer, endpoint: str) -> list[NavItem]:
    """The tabs above a page: the entries of its blueprint's group, where it has one with more than one entry."""
    usable = _usable(someone)
    groups = {item.group for item in usable if item.group and _owns(item, endpoint)}
    tabs = [item for item in usable if item.group in groups]
    return tabs if len(tabs) > 1 else []


def _usable(someone: Viewer) -> list[NavItem]:
    items: Sequence[NavItem] = current_app.extensions["gridcase_nav"]
    mine = [item for item in items if item.needs & someone.permissions]
    closed = _closed(someone) if any(item.module for item in mine) else frozenset()
    return sorted((item for item in mine if item.module not in closed), key=lambda item: item.order)


def _closed(someone: Viewer) -> Collection[str]:
    """What is switched off where this viewer stands, asked once a request."""
    if "closed_modules" not in g:
        g.closed_modules = current_app.extensions["gridcase_closed"](someone)
    found: Collection[str] = g.closed_modules
    return found


def _owns(item: NavItem, endpoint: str) -> bool:
    """Whether a page belongs to an entry: one that names its pages has those, another the rest of its blueprint."""
    if item.pages:
        return endpoint in item.pages
    items: Sequence[NavItem] = current_app.extensions["gridcase_nav"]
    same_room = endpoint.rpartition(".")[0] == item.endpoint.rpartition(".")[0]
    return same_room and not any(endpoint in other.pages for other in items)


class Link(NamedTuple):
    """An entry as one page shows it."""

    key: str
    label: str
    url: str
    icon: str
    active: bool


def _link(item: NavItem, *, active: bool, phone: bool = False, tab: bool = False) -> Link:
    label = item.label if tab else item.group_label or item.label
    label = item.phone_label if phone and item.phone_label else label
    return Link(item.key, filters.translate(label), address(item.endpoint), item.icon, active)


def address(endpoint: str) -> str:
    """`url_for` of a page that takes no values: the same for everybody, and asked for dozens of times a page."""
    return _address(request.script_root, endpoint)


@lru_cache(maxsize=256)
def _address(_root: str, endpoint: str) -> str:
    return url_for(endpoint)


def init_app(
    app: Flask,
    *,
    nav: Sequence[NavItem],
    inbox_count: Callable[[Viewer], int],
    place_label: Callable[[Viewer], str],
    closed: Callable[[Viewer], Collection[str]] = lambda _viewer: frozenset(),
) -> None:
    """Attach language, navigation and what templates may use; `closed` says which modules are switched off."""
    app.extensions["gridcase_nav"] = tuple(nav)
    app.extensions["gridcase_closed"] = closed
    Babel(app, locale_selector=_locale)
    config: Config = app.extensions["gridcase"]

    @app.context_processor
    def _frame() -> dict[str, Any]:
        someone, endpoint = viewer_or_none(), request.endpoint or ""
        items = nav_for(someone) if someone else []
        tabs = tabs_for(someone, endpoint) if someone else []
        return {
            "viewer": someone,
            "Permission": Permission,
            "nav": tuple(_link(item, active=item in tabs or _owns(item, endpoint)) for item in items),
            "group_tabs": [_link(tab, active=_owns(tab, endpoint), tab=True) for tab in tabs],
            "nav_phone": tuple(_link(item, active=_owns(item, endpoint), phone=True) for item in items if item.phone)[
                :PHONE_MOST
            ],
            "inbox_count": inbox_count(someone) if someone else 0,
            "place_label": place_label(someone) if someone else "",
            "home_url": address("home.index"),
            "inbox_url": address("notices.index") if someone and someone.may(Permission.SEE_WORK) else None,
            "suggest_url": address("search.suggest") if someone and someone.may(Permission.SEE_WORK) else None,
            "search_url": address("search.index") if someone and someone.may(Permission.SEE_WORK) else None,
            "alerts": get_flashed_messages(with_categories=True),
            "locale": str(get_locale() or "zh_Hans_CN"),
            "demo": config.demo,
            "elder": someone.large_text if someone else bool(session.get("large_text")),
        }

    app.jinja_env.globals.update(csrf_token=generate_csrf, csp_nonce=security.nonce, page_address=address)
    static_files.init_app(app)
    filters.init_app(app)
    drawn.init_app(app)


def _locale() -> str:
    chosen = session.get("locale")
    if chosen:
        return str(chosen)
    someone = viewer_or_none()
    if someone is not None:
        return someone.locale
    return "en" if request.accept_languages.best_match(["zh-CN", "zh", "en"], "zh") == "en" else "zh_Hans_CN"
