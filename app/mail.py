"""E-mails: written when something happens, sent by a job, in the language of whoever gets them.

A letter is ``templates/email/<name>.txt``; its first line is the subject. Without an SMTP server letters become
``.eml`` files in the data folder. Until it is sent, a letter waits in the job encrypted: it may carry a secret link.
"""

import base64
import hashlib
import json
import re
import smtplib
import ssl
import uuid
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from flask import current_app
from flask_babel import force_locale
from flask_security import MailUtil

from app import jobs
from app.config import Settings
from app.web import now

KIND = "mail.send"
SMTP_TIMEOUT = 20
ONE_ADDRESS = re.compile(r"[^@\s,;<>()\"]+@[^@\s,;<>()\"]+")
LETTERS = {
    "security/email/reset_instructions": "reset_password",
    "security/email/reset_notice": "password_changed",
    "security/email/change_notice": "password_changed",
}


def queue_letter(template: str, *, to: str, name: str, language: str, at: datetime, **words: Any) -> None:
    """Write a letter now and queue its sending in the caller's transaction.

    Raises:
        ValueError: the address is not one (it would be refused later anyway, or smuggle in other headers).
    """
    if not ONE_ADDRESS.fullmatch(to):
        raise ValueError(f"{to!r} is not one e-mail address")
    settings: Settings = current_app.config["SETTINGS"]
    page = current_app.jinja_env.get_template(f"email/{template}.txt")  # without what only requests have
    with force_locale(language):
        text = page.render(name=name, public_url=settings.public_url, **words)
    subject, _, body = text.strip().partition("\n")
    letter = {"to": to, "name": name, "subject": subject.strip(), "body": body.strip() + "\n", "language": language}
    payload = {"id": str(uuid.uuid4()), "template": template, "written_at": at.isoformat(), "letter": _seal(letter)}
    jobs.queue(KIND, payload, at=at)


def link(endpoint: str, **values: Any) -> str:
    """An address for a letter: of the product as the settings name it, never as a request names it."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.public_url + current_app.url_map.bind("").build(endpoint, values)


def send(payload: dict[str, Any]) -> None:
    """The job: send one letter. Doing it twice sends the same Message-ID, or writes the same file, twice."""
    settings: Settings = current_app.config["SETTINGS"]
    message = _message(payload, settings)
    if settings.mail_server:
        _send_by_smtp(message, settings)
    else:
        _write_file(message, Path(current_app.config["MAIL_DIR"]), payload)


class SecurityMail(MailUtil):
    """Flask-Security's e-mails go the same way as all others."""

    def send_mail(self, template: str, *_theirs: Any, **context: Any) -> None:
        """Queue our letter in place of theirs."""
        user = context["user"]
        words = {}
        if token := context.get("reset_token"):
            words["link"] = link("security.reset_password", token=token)
        queue_letter(LETTERS[template], to=user.email, name=user.name, language=user.language, at=now(), **words)


def _message(payload: dict[str, Any], settings: Settings) -> EmailMessage:
    letter = _unseal(payload["letter"])
    sender = Address(addr_spec=settings.mail_sender)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(display_name="BASE", addr_spec=settings.mail_sender)
    message["To"] = Address(display_name=_one_line(letter["name"]), addr_spec=letter["to"])
    message["Subject"] = _one_line(letter["subject"])
    message["Date"] = format_datetime(datetime.fromisoformat(payload["written_at"]))
    message["Message-ID"] = f"<{payload['id']}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter["body"])
    message["Content-Language"] = letter["language"]
    return message


def _send_by_smtp(message: EmailMessage, settings: Settings) -> None:
    with smtplib.SMTP(settings.mail_server, settings.mail_port, timeout=SMTP_TIMEOUT) as server:
        if settings.mail_use_tls:
            server.starttls(context=ssl.create_default_context())
        if settings.mail_username:
            server.login(settings.mail_username, settings.mail_password)
        server.send_message(message)


def _write_file(message: EmailMessage, folder: Path, payload: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.fromisoformat(payload["written_at"]).strftime("%Y%m%dT%H%M%S.%f")
    path = folder / f"{stamp}-{payload['template']}-{payload['id'][:8]}.eml"
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(message.as_bytes())
    unfinished.replace(path)


def _one_line(text: str) -> str:
    """What may stand in a header: no line breaks or other control characters."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _seal(letter: dict[str, str]) -> str:
    return _box().encrypt(json.dumps(letter, ensure_ascii=False).encode()).decode()


def _unseal(sealed: str) -> dict[str, str]:
    letter: dict[str, str] = json.loads(_box().decrypt(sealed.encode()))
    return letter


def _box() -> Fernet:
    key = hashlib.sha256(f"letters {current_app.config['SECRET_KEY']}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
