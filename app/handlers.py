"""Which function does which kind of job. Every domain adds its line."""

from collections.abc import Mapping

from app import mail
from app.jobs import Handler

HANDLERS: Mapping[str, Handler] = {
    mail.KIND: mail.send,
}
