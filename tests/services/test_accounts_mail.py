"""Letters: queued with the change, sent by a real SMTP server or written to files, no header smuggled in."""

import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from flask import Flask
from sqlalchemy import select

from app import mail
from app.config import Settings
from app.db import db
from app.handlers import HANDLERS
from app.jobs import Job, JobState, run_due
from app.web import now
from tests.letters import letters, text_of_letter


def queue(name: str = "Iga Lewandowska", to: str = "iga@base.example.org", language: str = "pl") -> None:
    mail.queue_letter("password_changed", to=to, name=name, language=language, at=now())


def test_without_smtp_a_letter_becomes_a_file_in_the_persons_language(app: Flask) -> None:
    queue()
    queue(language="en")
    db.session.commit()
    assert letters(app) == []
    run_due(app, HANDLERS)
    polish, english = letters(app)
    assert polish["Subject"] == "Twoje hasło zostało zmienione"
    assert "Dzień dobry, Iga Lewandowska," in text_of_letter(polish)
    assert english["Subject"] == "Your password was changed"
    assert english["Content-Language"] == "en"


def test_a_letter_goes_out_only_when_its_change_is_committed(app: Flask) -> None:
    queue()
    db.session.rollback()
    run_due(app, HANDLERS)
    assert letters(app) == []


def test_sending_twice_writes_one_file(app: Flask) -> None:
    queue()
    db.session.commit()
    payload = db.session.scalars(select(Job.payload)).one()
    mail.send(payload)
    mail.send(payload)
    assert len(letters(app)) == 1


@pytest.mark.parametrize("to", ["iga@base.example.org\nBcc: all@example.org", "iga", "a@b.pl, c@d.pl", ""])
def test_an_address_that_is_none_is_refused_at_once(to: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        queue(to=to)


def test_a_name_with_line_breaks_adds_no_header(app: Flask) -> None:
    queue(name="Iga\r\nBcc: all@example.org")
    db.session.commit()
    run_due(app, HANDLERS)
    (letter,) = letters(app)
    assert letter["Bcc"] is None
    assert letter["To"].addresses[0].display_name == "Iga Bcc: all@example.org"


class Received(Message):
    """Keeps what a mail server got."""

    def __init__(self) -> None:
        super().__init__()
        self.raw: list[bytes] = []

    def handle_message(self, message: object) -> None:
        self.raw.append(message.as_bytes())  # type: ignore[attr-defined]  # email.message.Message


@pytest.fixture
def smtp(settings: Settings) -> Iterator[tuple[Controller, Received]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    received = Received()
    controller = Controller(received, hostname="127.0.0.1", port=port)
    controller.start()
    yield controller, received
    controller.stop()


def by_smtp(app: Flask, port: int) -> None:
    update = {"mail_server": "127.0.0.1", "mail_port": port, "mail_use_tls": False}
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update=update)


def test_with_smtp_a_real_server_gets_the_letter(app: Flask, smtp: tuple[Controller, Received]) -> None:
    controller, received = smtp
    by_smtp(app, controller.port)
    queue(name="Łucja Żółć")
    db.session.commit()
    run_due(app, HANDLERS)
    (raw,) = received.raw
    letter = message_from_bytes(raw, policy=default)
    assert str(letter["To"]) == "Łucja Żółć <iga@base.example.org>"
    assert letter["From"].addresses[0].addr_spec == "base@example.org"
    assert "hasło" in letter.get_content()
    assert letters(app) == []


def test_a_mail_server_that_is_away_leaves_the_letter_waiting(app: Flask) -> None:
    by_smtp(app, 1)
    queue()
    db.session.commit()
    run_due(app, HANDLERS)
    job = db.session.scalars(select(Job)).one()
    assert job.state == JobState.WAITING
    assert "Connection" in job.error
