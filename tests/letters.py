"""Reading the e-mails that the application wrote into its folder."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from flask import Flask


def letters(app: Flask) -> list[EmailMessage]:
    """Every e-mail written so far, the oldest first."""
    folder = Path(app.config["MAIL_DIR"])
    return [message_from_bytes(path.read_bytes(), policy=default) for path in sorted(folder.glob("*.eml"))]


def text_of_letter(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(letter: EmailMessage) -> str:
    """The one long link in a letter."""
    (link,) = re.findall(r"https?://\S+/\S{20,}", text_of_letter(letter))
    return str(link)
