"""The settings of Flask-Security. What is not named here is off."""

import base64
import hashlib
from datetime import timedelta
from pathlib import Path

from app.accounts.security_forms import SHORTEST_PASSWORD
from app.accounts.words import MESSAGES
from app.config import Settings

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"
RESET_WITHIN = timedelta(hours=2)


def options(secret_key: str, settings: Settings) -> dict[str, object]:
    """Everything under the names that Flask-Security reads from the application's configuration."""
    chosen: dict[str, object] = {
        "API_ENABLED_METHODS": ["session"],
        "CLI_ROLES_NAME": None,
        "CLI_USERS_NAME": None,
        "EMAIL_HTML": False,
        "EMAIL_PLAINTEXT": False,  # our own letters, see app.mail
        "DEPRECATED_HASHING_SCHEMES": [],
        "FRESHNESS": timedelta(hours=1),
        "HASHING_SCHEMES": ["hex_sha256"],  # of a password's hash in a reset link, which needs no slow hash
        "I18N_DIRNAME": [str(TRANSLATIONS)],
        "I18N_DOMAIN": "messages",
        "LOGOUT_METHODS": ["POST"],
        "RETURN_GENERIC_RESPONSES": True,
        "STATIC_FOLDER": None,
        **_passwords(secret_key, settings),
        **_second_factor(secret_key),
        **{f"MSG_{name}": message for name, message in MESSAGES.items()},
    }
    return {f"SECURITY_{name}": value for name, value in chosen.items()}


def _passwords(secret_key: str, settings: Settings) -> dict[str, object]:
    chosen: dict[str, object] = {
        "CHANGEABLE": True,
        "PASSWORD_HASH": "argon2",
        "PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD,
        "PASSWORD_SALT": secret_key,
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_SINGLE_HASH": ["argon2"],  # no HMAC with the key: a lost key must not lock everybody out
        "POST_CHANGE_VIEW": "/account",
        "POST_RESET_VIEW": "/login",
        "RECOVERABLE": True,
        "RESET_PASSWORD_WITHIN": RESET_WITHIN,
    }
    if settings.environment == "test":  # the tests hash hundreds of passwords that protect nothing
        cheap = {"argon2__rounds": 1, "argon2__memory_cost": 64, "argon2__parallelism": 1}
        chosen["PASSWORD_HASH_PASSLIB_OPTIONS"] = cheap
    return chosen


def _second_factor(secret_key: str) -> dict[str, object]:
    key = base64.urlsafe_b64encode(hashlib.sha256(f"second factor {secret_key}".encode()).digest())
    return {
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": [key],
        "MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "TOTP_ISSUER": "BASE",
        "TOTP_SECRETS": {"1": key.decode()},
        "TWO_FACTOR": True,
        "TWO_FACTOR_ALWAYS_VALIDATE": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_IMPLEMENTATIONS": {"code": "flask_security.twofactor.CodeTfPlugin"},
        "TWO_FACTOR_POST_SETUP_VIEW": "/account",
        "TWO_FACTOR_RESCUE_EMAIL": False,
    }
