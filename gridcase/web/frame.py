"""The frame around every page: navigation, place, inbox, language. Rooms hand in their entries, `app` collects them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import (
    Blueprint,
    Flask,
    current_app,
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
from gridcase.web import filters, security, static_files
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
    hides: frozenset[str] = field(default_factory=frozenset)


bp = Blueprint("home", __name__)


@bp.get("/")
@signed_in("everybody has a first page")
def index() -> ResponseReturnValue:
    """The first page of a role is its work list."""
    entries = nav_for(viewer())
    return redirect(url_for(entries[0].endpoint)) if entries else render_template("home/nothing.html")


def nav_for(someone: Viewer) -> list[NavItem]:
    """The entries this viewer can use, in order."""
    items: Sequence[NavItem] = current_app.extensions["gridcase_nav"]
    usable = [item for item in items if item.needs & someone.permissions]
    return sorted(usable, key=lambda item: item.order)[:NAV_MOST]


def _link(item: NavItem, *, phone: bool = False) -> dict[str, Any]:
    label = item.phone_label if phone and item.phone_label else item.label
    return {
        "key": item.key,
        "label": filters.translate(label),
        "url": url_for(item.endpoint),
        "icon": item.icon,
        "active": (request.blueprint or "") == item.endpoint.rpartition(".")[0],
    }


def init_app(
    app: Flask,
    *,
    nav: Sequence[NavItem],
    inbox_count: Callable[[Viewer], int],
    place_label: Callable[[Viewer], str],
) -> None:
    """Attach language, navigation and what templates may use."""
    app.extensions["gridcase_nav"] = tuple(nav)
    Babel(app, locale_selector=_locale)
    config: Config = app.extensions["gridcase"]

    @app.context_processor
    def _frame() -> dict[str, Any]:
        someone = viewer_or_none()
        items = nav_for(someone) if someone else []
        return {
            "viewer": someone,
            "Permission": Permission,
            "nav": [_link(item) for item in items],
            "nav_phone": [_link(item, phone=True) for item in items if item.phone][:PHONE_MOST],
            "inbox_count": inbox_count(someone) if someone else 0,
            "place_label": place_label(someone) if someone else "",
            "home_url": url_for("home.index"),
            "inbox_url": url_for("notices.index") if someone and someone.may(Permission.SEE_WORK) else None,
            "alerts": get_flashed_messages(with_categories=True),
            "locale": str(get_locale() or "zh_Hans_CN"),
            "demo": config.demo,
            "large_text": someone.large_text if someone else bool(session.get("large_text")),
        }

    app.jinja_env.globals.update(csrf_token=generate_csrf, csp_nonce=security.nonce)
    static_files.init_app(app)
    filters.init_app(app)


def _locale() -> str:
    chosen = session.get("locale")
    if chosen:
        return str(chosen)
    someone = viewer_or_none()
    if someone is not None:
        return someone.locale
    return "en" if request.accept_languages.best_match(["zh-CN", "zh", "en"], "zh") == "en" else "zh_Hans_CN"
