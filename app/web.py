"""What every page shares: who is asking and what they may, error pages, headers, words and dates in their language."""

import functools
import secrets
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, ParamSpec, TypeVar
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog
from flask import (
    Flask,
    Response,
    current_app,
    g,
    has_request_context,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import Babel, get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from app import formats
from app.accounts.permissions import Actor, Permission
from app.db import begin_writing, db
from app.errors import Conflict, DomainError, Forbidden

LANGUAGES = ("pl", "en")
LANGUAGE_COOKIE = "language"
PAGE_SIZE = 50
OWN_PAGES = ("/account", "/settings")  # reached by the person's own menu, not by the top bar
CONTENT_POLICY = "Content-Security-Policy"
SECURITY_HEADERS = {
    CONTENT_POLICY: "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

babel = Babel()
csrf = CSRFProtect()
log = structlog.get_logger()
P = ParamSpec("P")
R = TypeVar("R")

NAVIGATION: tuple[tuple[Permission | None, str, Any], ...] = (
    (None, "dashboard.show", _l("My work")),
    (Permission.CASE_READ, "audits.list_cases", _l("Cases")),
    (Permission.SUPPLIER_READ, "suppliers.index", _l("Suppliers")),
    (Permission.CERTIFICATE_READ, "certificates.index", _l("Certificates")),
    (Permission.CHECKLIST_READ, "checklists.index", _l("Checklist")),
    (Permission.TEAM_READ, "accounts.team", _l("Team")),
)
PUBLIC_NAVIGATION: tuple[tuple[str, Any], ...] = (
    ("certificates.verify", _l("Check a certificate")),
    ("certificates.register", _l("Register")),
    ("checklists.index", _l("Checklist")),
)


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view as open to everyone."""
    view.access = "public"  # type: ignore[attr-defined]  # the mark that the access tests read
    return view


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Let any signed-in person in."""
    return _guarded(view, "signed_in", ())


def requires(*permissions: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let in whoever holds one of ``permissions``; others get the sign-in page or 403."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        return _guarded(view, "requires", permissions)

    return mark


def _guarded(view: Callable[P, R], access: str, permissions: tuple[Permission, ...]) -> Callable[P, R]:
    @functools.wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        actor = current_actor()
        if actor is None:
            return current_app.login_manager.unauthorized()  # type: ignore[attr-defined,no-any-return]  # Flask-Login's
        if permissions and not any(actor.may(permission) for permission in permissions):
            raise Forbidden(gettext("Your role does not include this."))
        return view(*args, **kwargs)

    guarded.access = access  # type: ignore[attr-defined]  # a mark on a function
    guarded.permissions = permissions  # type: ignore[attr-defined]  # a mark too
    return guarded


def writes_later(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view that does slow work (images, hashes) first and calls ``begin_writing()`` itself.

    Other unsafe requests take SQLite's write lock at once.
    """
    view.writes_later = True  # type: ignore[attr-defined]  # a mark on a function
    return view


def drop_hook(app: Flask, name: str) -> None:
    """Take away what an extension does before or after every request, where we need it in few places or nowhere."""
    places: tuple[dict[Any, list[Any]], ...] = (app.before_request_funcs, app.after_request_funcs)
    for hooks in places:
        hooks[None][:] = [hook for hook in hooks[None] if getattr(hook, "__name__", "") != name]


def current_actor() -> Actor | None:
    """The signed-in person, or None."""
    person = _person()
    return person.actor if person else None


def _person() -> Any:
    """Flask-Login's user without its proxy, which looks the user up again at every use; None when nobody signed in."""
    person = current_user._get_current_object()  # noqa: SLF001  # a proxy's own way
    return person if person is not None and person.is_authenticated else None


def the_actor() -> Actor:
    """The signed-in person, in views that let only signed-in people in."""
    actor = current_actor()
    if actor is None:
        raise Forbidden(gettext("Sign in first."))
    return actor


def selected_language() -> str:
    """The person's language, else the one chosen with the switch, else Polish (also outside a request)."""
    if not has_request_context():
        return LANGUAGES[0]
    person = _person()
    if person and person.language in LANGUAGES:
        return str(person.language)
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def language() -> str:
    """The language of this page, ``pl`` or ``en``."""
    return str(get_locale() or LANGUAGES[0])[:2]


def wants_json() -> bool:
    return request.path.startswith("/api/")


def asset(path: str) -> str:
    """The address of a static file. It carries the digest of all of them, so browsers may keep it for good."""
    return f"{current_app.config['STATIC_PREFIX']}{path}"


def init_web(app: Flask) -> None:
    """Hook everything here into the application."""
    babel.init_app(app, locale_selector=selected_language)
    csrf.init_app(app)
    app.before_request(_begin)
    app.after_request(_finish)
    app.add_url_rule("/language/<code>", "language", public(_switch_language))
    for kind in (DomainError, HTTPException, StaleDataError, Exception):
        app.register_error_handler(kind, _error_page)
    app.context_processor(_globals)
    app.jinja_env.filters.update(formats.FILTERS)
    app.jinja_env.globals["asset"] = asset  # a global, so that imported macros see it
    app.jinja_env.add_extension("jinja2.ext.do")
    app.wsgi_app = _with_security_headers(app)  # type: ignore[assignment,method-assign]  # how WSGI middleware is put on


def _with_security_headers(app: Flask) -> WSGIApplication:
    """Add what stands on every answer, outside the framework: each header costs time there, at every request."""
    inner = app.wsgi_app
    always = list(SECURITY_HEADERS.items())
    if app.config["SESSION_COOKIE_SECURE"]:
        always.append(("Strict-Transport-Security", "max-age=31536000"))

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *failed: Any) -> Callable[[bytes], object]:
            has_policy = any(name == CONTENT_POLICY for name, _value in headers)
            return start_response(status, headers + (always[1:] if has_policy else always), *failed)

        return inner(environ, start)

    return answer


def _begin() -> Response | None:
    g.request_id = request.headers.get("X-Request-Id", "")[:64] or secrets.token_hex(8)
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    view = current_app.view_functions.get(request.endpoint or "")
    if view is not None and not hasattr(view, "access") and request.blueprint not in {"security", "openapi"}:
        raise RuntimeError(f"{request.endpoint} has neither @requires, @signed_in nor @public")
    waits = getattr(view, "writes_later", False) or request.blueprint == "security"
    if request.method not in SAFE_METHODS and view is not None and not waits:
        begin_writing()
    return None


def _finish(response: Response) -> Response:
    headers = response.headers
    headers["X-Request-Id"] = g.get("request_id", "")
    person = _person()
    if person and "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    log.info(
        "request",
        method=request.method,
        path=request.path,
        status=response.status_code,
        ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        user=str(person.id) if person else None,
    )
    return response


def _switch_language(code: str) -> WerkzeugResponse:
    """Remember the language in a cookie, and on the account of a signed-in person."""
    chosen = code if code in LANGUAGES else LANGUAGES[0]
    target = request.args.get("next", "/")
    response = make_response(redirect(target if is_local(target) else "/"))
    response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=timedelta(days=365), samesite="Lax")
    if current_user.is_authenticated and current_user.language != chosen:
        current_user.language = chosen
        db.session.commit()
    return response


def is_local(target: str) -> bool:
    """Is it a path on this site, and not an address elsewhere?"""
    return target.startswith("/") and not target.startswith(("//", "/\\"))


def _error_page(error: Exception) -> Response | tuple[Response, int] | WerkzeugResponse:
    db.session.rollback()
    if isinstance(error, HTTPException) and error.response is not None:
        return error.response  # type: ignore[return-value]  # a redirect or an answer already made
    status, reasons = _explain(error)
    if status == 500:
        log.error("unexpected error", exc_info=error)
        if current_app.config["PROPAGATE_ERRORS"]:
            raise error
    if wants_json():
        return jsonify(proto=1, error=type(error).__name__, reasons=list(reasons)), status
    template = f"errors/{status if status in {403, 404, 409, 422, 429} else 500}.html"
    if status in {400, 405, 413, 415}:
        template = "errors/422.html"
    return make_response(render_template(template, reasons=reasons, request_id=g.get("request_id", "")), status)


def _explain(error: Exception) -> tuple[int, tuple[str, ...]]:
    if isinstance(error, DomainError):
        return error.status, tuple(error.reasons)
    if isinstance(error, StaleDataError):
        return Conflict.status, (
            gettext("Someone else changed this in the meantime. Look at the present version first."),
        )
    if isinstance(error, CSRFError):
        return 422, (gettext("This form was open for too long. Send it once more."),)
    if isinstance(error, HTTPException):
        return error.code or 500, ()
    return 500, ()


def navigation(actor: Actor | None) -> list[tuple[str, str, bool]]:
    """The entries of the top bar for this person: label, address, whether it is the present page."""
    if actor is None:
        return [
            (str(label), url_for(endpoint), endpoint == request.endpoint)
            for endpoint, label in PUBLIC_NAVIGATION
            if endpoint in current_app.view_functions
        ]
    here = None if request.path.startswith(OWN_PAGES) else request.blueprint
    return [
        (str(label), url_for(endpoint), endpoint.partition(".")[0] == here)
        for permission, endpoint, label in NAVIGATION
        if endpoint in current_app.view_functions and (permission is None or actor.may(permission))
    ]


def _globals() -> dict[str, Any]:
    actor = current_actor()
    return {
        "asset": asset,
        "current_actor": actor,
        "nav_entries": navigation(actor) if has_request_context() else [],  # letters are written without one
        "language": language(),
        "switch_language_url": lambda code: url_for("language", code=code, next=request.full_path.rstrip("?")),
        "Permission": Permission,
        "today": formats.today_in_poland(),
    }
