"""The settings in force, for people: never a secret, not even its length."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.engine import make_url

from app.config import Settings

SECRETS = frozenset({"secret_key", "mail_password"})
LABELS: Mapping[str, LazyString] = {
    "environment": _l("Kind of installation"),
    "debug": _l("Pages for finding bugs"),
    "data_dir": _l("Folder for the database, files, e-mails and keys"),
    "database_url": _l("Database"),
    "secret_key": _l("Key that signs sessions"),
    "public_url": _l("Address printed on certificates and in e-mails"),
    "mail_server": _l("SMTP server"),
    "mail_port": _l("SMTP port"),
    "mail_username": _l("SMTP user"),
    "mail_password": _l("SMTP password"),
    "mail_use_tls": _l("Encrypted connection to the SMTP server"),
    "mail_sender": _l("Sender of e-mails"),
    "max_upload_mb": _l("Largest file, in MB"),
    "offline_app": _l("App for tablets without a network"),
    "sign_in_limit": _l("Failed sign-ins allowed"),
    "require_second_factor": _l("Second factor required of staff"),
    "public_limit": _l("Requests to public search pages allowed"),
    "trusted_proxies": _l("Trusted reverse proxies in front"),
    "web_concurrency": _l("Processes of the web server"),
    "log_level": _l("How much is logged"),
    "log_format": _l("Form of the log"),
}


@dataclass(frozen=True)
class Effective:
    """One setting in force."""

    variable: str
    label: str
    value: str


def effective_settings(settings: Settings) -> list[Effective]:
    """Every setting by the name of its environment variable, in the order of the documentation."""
    return [
        Effective(
            variable=name.upper() if name == "database_url" else f"BASE_{name.upper()}",
            label=str(LABELS.get(name, name)),
            value=_shown(name, settings),
        )
        for name in Settings.model_fields
    ]


def _shown(name: str, settings: Settings) -> str:
    value = getattr(settings, name)
    if name == "database_url":
        return str(make_url(settings.sqlalchemy_url).render_as_string(hide_password=True))
    if name in SECRETS:
        return str(_("set") if value else _("not set"))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return str(value) if value != "" else _("not set")
