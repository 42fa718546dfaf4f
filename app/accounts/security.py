"""Sign-in by Flask-Security: its settings, our forms and words, and the session with a sign-in row behind it."""

import base64
import hashlib
import uuid
from datetime import datetime, timedelta

import structlog
from flask import Flask, Response, current_app, g, jsonify, redirect, request, session, url_for
from flask_login import user_logged_out
from flask_security import Security, SQLAlchemyUserDatastore
from flask_security.signals import user_authenticated
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as WerkzeugResponse

from app.accounts import sign_ins
from app.accounts.models import User
from app.accounts.security_forms import SignInForm
from app.config import Settings
from app.db import begin_writing, db
from app.web import now

log = structlog.get_logger()
datastore = SQLAlchemyUserDatastore(db, User, None)
SIGN_IN_KEY = "sign_in"


def init_security(app: Flask) -> None:
    """Hook sign-in into the application."""
    settings: Settings = app.config["SETTINGS"]
    app.config.update(_options(app.config["SECRET_KEY"], settings))
    security = Security()
    security.init_app(app, datastore, register_blueprint=True, login_form=SignInForm)
    # Flask-Principal would load the person before every request, also where nobody asks who it is.
    app.before_request_funcs[None] = [
        hook for hook in app.before_request_funcs[None] if hook.__name__ != "_on_before_request"
    ]
    manager = app.login_manager  # type: ignore[attr-defined]  # put there by Flask-Login
    manager.session_protection = None  # tablets change networks; the sign-in row is what can be ended
    manager.user_loader(_load_user)
    manager.request_loader(lambda _request: None)  # no tokens in headers
    manager.unauthorized_handler(ask_to_sign_in)
    security.unauthn_handler(lambda _mechanisms=None, _headers=None: ask_to_sign_in())
    security.want_json(lambda _request: False)
    user_authenticated.connect(_signed_in, app)
    user_logged_out.connect(_signed_out, app)
    app.after_request(_note_last_seen)


def _options(secret_key: str, settings: Settings) -> dict[str, object]:
    """The settings of Flask-Security. What is not named here is off."""
    fernet_key = base64.urlsafe_b64encode(hashlib.sha256(f"totp:{secret_key}".encode()).digest()).decode()
    options: dict[str, object] = {
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SALT": secret_key,
        "PASSWORD_SINGLE_HASH": ["argon2"],  # no HMAC with the key: a lost key must not lock everybody out
        "API_ENABLED_METHODS": ["session"],
    }
    if settings.environment == "test":  # the tests hash hundreds of passwords that protect nothing
        options["PASSWORD_HASH_OPTIONS"] = {
            "argon2__rounds": 1,
            "argon2__memory_cost": 64,
            "argon2__parallelism": 1,
        }
    del fernet_key
    return {f"SECURITY_{name}": value for name, value in options.items()}


def _load_user(uniquifier: str) -> User | None:
    """The person behind the session cookie, when their sign-in has not been ended."""
    key = session.get(SIGN_IN_KEY)
    if not key:
        return None
    sign_in_id, at = uuid.UUID(key), now()
    found = sign_ins.find_user(sign_in_id, uniquifier, at=at)
    if found is None:
        return None
    user, seen_at = found
    if at - seen_at >= sign_ins.SEEN_EVERY:
        g.seen = sign_in_id
    g.fs_authn_via, g.fs_paa = "session", session.get("fs_paa", 0)
    return user


def _signed_in(_app: Flask, user: User, **_more: object) -> None:
    sign_in = sign_ins.open_sign_in(
        user, device=request.user_agent.string, address=request.remote_addr or "", at=now()
    )
    session[SIGN_IN_KEY] = str(sign_in.id)
    session.permanent = True


def _signed_out(_app: Flask, user: User, **_more: object) -> None:
    key = session.pop(SIGN_IN_KEY, None)
    if key and user:
        begin_writing()
        sign_ins.end(uuid.UUID(key), user_id=user.id, at=now())
        db.session.commit()


def _note_last_seen(response: Response) -> Response:
    """Write at most every few minutes, after the page is made, that the browser is in use."""
    sign_in_id = g.pop("seen", None)
    if sign_in_id is not None:
        try:
            db.session.rollback()
            sign_ins.touch(sign_in_id, at=now())
            db.session.commit()
        except OperationalError:  # not worth failing a page for; the next request tries again
            db.session.rollback()
            log.warning("could not note when a browser was last seen")
    return response


def ask_to_sign_in() -> WerkzeugResponse:
    """401 for programs, the sign-in page for people, who come back afterwards to the page they wanted."""
    if request.path.startswith("/api/"):
        response = jsonify(proto=1, error="signin")
        response.status_code = 401
        return response
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("security.login", next=None if wanted == "/" else wanted))
