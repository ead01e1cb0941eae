"""Who may enter a route. Every view says so by `@needs(...)` or `@public("why")`; one that says nothing is closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from gridcase.core.errors import Forbidden
from gridcase.core.permissions import Permission, Viewer

View = TypeVar("View", bound=Callable[..., Any])
RefusalHook = Callable[[Viewer, str], None]


@dataclass(frozen=True)
class Access:
    """What a view asks for: any of `permissions`, or nothing, with the reason why it is open."""

    permissions: frozenset[Permission] = frozenset()
    public: str = ""
    signed_in: bool = False
    token: bool = False


def needs(*permissions: Permission) -> Callable[[View], View]:
    """Let in who holds at least one of these permissions (which rows is asked by the queries)."""
    return _mark(Access(permissions=frozenset(permissions)))


def public(why: str) -> Callable[[View], View]:
    """Open to everybody; say why."""
    return _mark(Access(public=why))


def signed_in(why: str) -> Callable[[View], View]:
    """Open to every signed-in account, whatever its posts; say why."""
    return _mark(Access(signed_in=True, public=why))


def by_token(why: str) -> Callable[[View], View]:
    """Open to who brings a token of one's own in the request, which the view asks for; the session is not looked at, so
    no other site can make a browser send one. Say why."""
    return _mark(Access(token=True, public=why))


def _mark(access: Access) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return decorate


def access_of(app: Flask, endpoint: str) -> Access | None:
    """What the view behind an endpoint asks for; None where it forgot to say."""
    return getattr(app.view_functions[endpoint], "access", None)


def viewer() -> Viewer:
    """Who is looking, for views."""
    found: Viewer | None = g.get("viewer")
    if found is None:
        raise Forbidden
    return found


def viewer_or_none() -> Viewer | None:
    """Who is looking, where nobody may be."""
    return g.get("viewer")


def guard(app: Flask, *, load_viewer: Callable[[Any], Viewer], on_refusal: RefusalHook) -> None:
    """Stand at the door of every request."""

    @app.before_request
    def _ask() -> ResponseReturnValue | None:
        g.viewer = None
        if request.endpoint == "static":
            return None  # files are the same for everybody: nobody is looked up for them
        access = access_of(app, request.endpoint) if request.endpoint else None
        if access is not None and access.token:
            return None
        g.viewer = load_viewer(current_user) if current_user.is_authenticated else None
        if request.endpoint is None:
            return None
        if access is None:
            raise Forbidden
        if access.public and not access.signed_in:
            return None
        if g.viewer is None:
            return _ask_to_sign_in()
        if access.signed_in or any(g.viewer.may(permission) for permission in access.permissions):
            return None
        on_refusal(g.viewer, request.endpoint)
        raise Forbidden


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.blueprint and request.path.startswith("/api/"):
        return current_app.json.response(error="sign_in"), 401
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("users.sign_in", next=back))
