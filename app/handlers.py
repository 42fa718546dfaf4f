"""Which function does which kind of job. Every domain adds its line."""

from app import mail
from app.certificates import rendering
from app.jobs import Handler
from app.remediation import report

HANDLERS: dict[str, Handler] = {
    mail.KIND: mail.send,
    rendering.KIND: rendering.render_certificate,
    report.KIND: report.render_report,
}
