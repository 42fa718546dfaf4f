"""Which function does which kind of job. Every domain adds its line."""

from app import mail
from app.certificates import rendering
from app.jobs import Handler
from app.remediation import rendering as report_rendering

HANDLERS: dict[str, Handler] = {
    mail.KIND: mail.send,
    rendering.KIND: rendering.render_certificate,
    report_rendering.KIND: report_rendering.render_report,
}
