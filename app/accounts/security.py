"""Sign-in by Flask-Security: its settings and hooks, and the session with a sign-in row behind it."""

import uuid
from datetime import datetime
from typing import Any

import structlog
from flask import (
    Flask,
    Response,
    after_this_request,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user, user_logged_out
from flask_security import Security, Totp, hash_password
from flask_security.signals import (
    password_changed,
    password_reset,
    reset_password_instructions_sent,
    user_authenticated,
)
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as WerkzeugResponse

from app import mail
from app.accounts import known_browsers, security_forms, sign_ins
from app.accounts.datastore import datastore
from app.accounts.models import User
from app.accounts.qr import qr_svg
from app.accounts.security_options import options
from app.config import Settings
from app.db import begin_writing, db
from app.history import About, record
from app.web import drop_hook, now, public, signed_in

log = structlog.get_logger()
SIGN_IN_KEY = "sign_in"
RENEWED_KEY = "renewed"
WHO = "who"
OPEN_TO_ALL = (
    "login",
    "forgot_password",
    "reset_password",
    "two_factor_setup",
    "two_factor_token_validation",
    "mf_recovery",
    "logout",
)
UNUSED = ("two_factor_rescue", "tf_select")


class PictureTotp(Totp):
    """One-time codes whose secret is drawn by the same QR library as on certificates; each code works once."""

    def generate_qrcode(self, username: str, totp: str) -> str:
        """The secret as an SVG to put into the page."""
        return qr_svg(self.get_totp_uri(username, totp))

    def get_last_counter(self, user: Any) -> int | None:
        """The time step of the code used last."""
        counter: int | None = user.tf_last_counter
        return counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        """Remember the time step, so that a code seen over a shoulder is worth nothing."""
        user.tf_last_counter = tmatch.counter


def init_security(app: Flask) -> None:
    """Hook sign-in into the application."""
    settings: Settings = app.config["SETTINGS"]
    app.config.update(options(app.config["SECRET_KEY"], settings))
    security = Security(mail_util_cls=mail.SecurityMail, totp_cls=PictureTotp)
    security.init_app(
        app,
        datastore,
        render_template=_render,
        login_form=security_forms.SignInForm,
        forgot_password_form=security_forms.AskForResetForm,
        reset_password_form=security_forms.NewPasswordForm,
        change_password_form=security_forms.ChangeForm,
        verify_form=security_forms.ConfirmPasswordForm,
        two_factor_rescue_form=security_forms.NoRescueForm,
        two_factor_setup_form=security_forms.SecondFactorForm,
        two_factor_verify_code_form=security_forms.CodeForm,
        mf_recovery_form=security_forms.RecoveryForm,
    )
    # Flask-Principal would load the person before every request, also where nobody asks who it is.
    drop_hook(app, "_on_before_request")
    drop_hook(app, "_update_remember_cookie")  # the session cookie lasts as long as the sign-in
    manager = app.login_manager  # type: ignore[attr-defined]  # put there by Flask-Login
    manager.session_protection = None  # tablets change networks; the sign-in row is what can be ended
    manager.user_loader(_load_user)
    manager.request_loader(_no_tokens)
    manager.unauthorized_handler(ask_to_sign_in)
    security.unauthn_handler(ask_to_sign_in)
    security.want_json(_never)
    _mark_views(app)
    user_authenticated.connect(_signed_in, app)
    user_logged_out.connect(_signed_out, app)
    reset_password_instructions_sent.connect(_reset_asked, app)
    password_changed.connect(_password_changed, app)
    password_reset.connect(_password_changed, app)
    app.after_request(_note_last_seen)


def _mark_views(app: Flask) -> None:
    """Say who may see Flask-Security's views, and take away those we do not offer."""
    views: dict[str, Any] = app.view_functions
    for endpoint, view in views.items():
        blueprint, _, name = endpoint.rpartition(".")
        if blueprint != "security":
            continue
        if name in UNUSED:
            views[endpoint] = public(_not_offered)
        else:
            views[endpoint] = public(view) if name in OPEN_TO_ALL else signed_in(view)


def _not_offered() -> str:
    raise NotFound


def _render(template: str, **context: object) -> str | tuple[str, int]:
    """A page of Flask-Security; a form that came back with errors is 422."""
    page = render_template(template, **context)
    forms = [value for name, value in context.items() if name.endswith("_form")]
    refused = request.method == "POST" and any(getattr(form, "errors", None) for form in forms)
    return (page, 422) if refused else page


def _never(_request: object) -> bool:
    return False


def _no_tokens(_request: object) -> None:
    return None


def _load_user(uniquifier: str) -> User | None:
    """The person behind the session cookie, when their sign-in has not been ended."""
    key = session.get(SIGN_IN_KEY)
    if not key:
        return None
    sign_in_id, at = uuid.UUID(key), now()
    find = sign_ins.find_sender if request.blueprint == "api" else sign_ins.find_user
    found = find(sign_in_id, uniquifier, at=at)
    if found is None or found[0].must_set_up_second_factor:
        return None
    user, seen_at = found
    _renew_cookie(at)
    if at - seen_at >= sign_ins.SEEN_EVERY:
        g.seen = sign_in_id
    g.fs_authn_via, g.fs_paa = "session", session.get("fs_paa", 0)
    return user


def _renew_cookie(at: datetime) -> None:
    """Send the session cookie again once a day, so that it lives on where it is used: signing it costs time."""
    day = at.date().isoformat()
    if session.get(RENEWED_KEY) != day:
        session[RENEWED_KEY] = day


def _signed_in(_app: Flask, user: User, **_more: object) -> None:
    at = now()
    begin_writing()
    former = session.get(SIGN_IN_KEY)
    if former:  # the password was changed: this browser goes on under a new sign-in
        sign_ins.end(uuid.UUID(former), user_id=user.id, at=at)
    opened = sign_ins.open_sign_in(user, device=request.user_agent.string, address=request.remote_addr or "", at=at)
    session[SIGN_IN_KEY] = str(opened.id)
    session.permanent = True
    email, who = user.email, str(user.id)
    after_this_request(lambda response: known_browsers.remember(response, email))
    after_this_request(lambda response: _say_who(response, who))


def _say_who(response: Response, who: str) -> Response:
    """Whose session it is, for the app on a tablet: without a network it opens nobody else's work."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(WHO, who, max_age=sign_ins.LIFETIME, samesite="Lax", secure=secure)
    return response


def _signed_out(_app: Flask, user: User, **_more: object) -> None:
    key = session.pop(SIGN_IN_KEY, None)
    if key:
        begin_writing()
        sign_ins.end(uuid.UUID(key), user_id=user.id, at=now())
        db.session.commit()
    after_this_request(_say_nobody)


def _say_nobody(response: Response) -> Response:
    response.delete_cookie(WHO)
    return response


def _reset_asked(_app: Flask, **_more: object) -> None:
    db.session.commit()  # the e-mail is queued; Flask-Security commits nothing here
    hash_password("no password")  # as long as Flask-Security takes for an unknown address


def _password_changed(_app: Flask, user: User, **_more: object) -> None:
    """Every other browser is signed out, and the history says so."""
    begin_writing()
    key = session.get(SIGN_IN_KEY) if current_user and current_user.is_authenticated else None
    sign_ins.end_all(user.id, at=now(), except_id=uuid.UUID(key) if key else None)
    record("account:change_password", About(user.id), actor=user.actor, at=now())


def _note_last_seen(response: Response) -> Response:
    """Write at most every few minutes, after the page is made, that the browser is in use."""
    sign_in_id = g.pop("seen", None)
    if sign_in_id is not None:
        try:
            db.session.rollback()
            begin_writing()
            sign_ins.touch(sign_in_id, at=now())
            db.session.commit()
        except OperationalError:  # not worth failing a page for; the next request tries again
            db.session.rollback()
            log.warning("could not note when a browser was last seen")
    return response


def ask_to_sign_in(*_why: object, **_more: object) -> WerkzeugResponse:
    """401 for programs, the sign-in page for people, who come back afterwards to the page they wanted."""
    if request.path.startswith("/api/"):
        response = jsonify(proto=1, error="signin")
        response.status_code = 401
        return response
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("security.login", next=None if wanted == "/" else wanted))
