"""How often somebody may try: sign-in, reset, invitations, public pages. Counted in the memory of each process.

With N server processes an address gets at most N times the limit; the limits are set with that in mind.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from flask import Flask, Response, current_app, request, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user

from app.accounts import known_browsers
from app.web import drop_hook

P = ParamSpec("P")
R = TypeVar("R")

limiter = Limiter(key_func=get_remote_address, storage_uri="memory://", strategy="moving-window", headers_enabled=True)
FEW_LETTERS = "5 per hour"
FEW_INVITATIONS = "60 per hour"
SLOWER = "30 per hour"


def init_limits(app: Flask) -> None:
    """Count from zero, and put limits on the views that Flask-Security made."""
    limiter.init_app(app)
    drop_hook(app, "_check_request_limit")  # every limit here is on a view, which checks it itself
    views: dict[str, Any] = app.view_functions
    views["security.login"] = _failures(_failures(views["security.login"], _typed_account, SLOWER), get_remote_address)
    for name in ("two_factor_token_validation", "mf_recovery"):
        view = _failures(views[f"security.{name}"], _account_half_signed_in, SLOWER)
        views[f"security.{name}"] = _failures(view, get_remote_address)
    for name in ("verify", "change_password"):
        views[f"security.{name}"] = _failures(views[f"security.{name}"], signed_in_person)
    forgotten = limiter.limit(FEW_LETTERS, key_func=_typed_email, methods=["POST"])(views["security.forgot_password"])
    views["security.forgot_password"] = limiter.limit(_sign_in_limit, methods=["POST"])(forgotten)


def public_search(view: Callable[P, R]) -> Callable[P, R]:
    """Limit a public page that searches: by address, as the settings say."""
    return limiter.limit(_public_limit)(view)


def public_form(view: Callable[P, R]) -> Callable[P, R]:
    """Limit the sending of a public form: by address, as for sign-in."""
    return limiter.limit(_sign_in_limit, methods=["POST"])(view)


def invitations(view: Callable[P, R]) -> Callable[P, R]:
    """Limit how many invitations one person sends."""
    return limiter.limit(FEW_INVITATIONS, key_func=signed_in_person, methods=["POST"])(view)


def signed_in_person() -> str:
    """Count by person, whatever address they come from."""
    return f"person {current_user.get_id()}" if current_user.is_authenticated else get_remote_address()


def _failures(view: Callable[P, R], key: Callable[[], str], more: str = "") -> Callable[P, R]:
    """Count only what was refused: people who sign in at once are never slowed down."""
    limit = (lambda: f"{_sign_in_limit()}; {more}") if more else _sign_in_limit
    return limiter.limit(limit, key_func=key, methods=["POST"], deduct_when=_refused)(view)


def _refused(response: Response) -> bool:
    return response.status_code == 422


def _typed_account() -> str:
    return f"sign in {known_browsers.guesser(request.form.get('email', ''))}"


def _typed_email() -> str:
    return f"letters to {request.form.get('email', '').strip().lower()}"


def _account_half_signed_in() -> str:
    return f"code {session.get('tf_user_id', '')}"


def _sign_in_limit() -> str:
    return str(current_app.config["SETTINGS"].sign_in_limit)


def _public_limit() -> str:
    return str(current_app.config["SETTINGS"].public_limit)
