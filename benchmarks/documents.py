"""The certificate against bare WeasyPrint of the same HTML, both warm, in one process."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from flask_babel import force_locale
from sqlalchemy import select
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from app import create_app, pdf
from app.certificates import document
from app.certificates.models import Certificate
from app.config import Settings
from app.db import db
from app.demo.service import load_demo
from app.migrations import upgrade
from app.web import now
from benchmarks.table import Row

ROUNDS = 7


def measure() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(environment="test", data_dir=Path(folder), log_level="error"))
        with app.app_context(), force_locale("pl"):
            content = _content()
            ours, bare = _in_turns(lambda: document.render(content), _bare(document.certificate_html(content)))
    yield Row("certificate to bare WeasyPrint", ours / bare, 1.3, detail=f"{ours:.0f} ms to {bare:.0f} ms CPU")


def _content() -> dict[str, object]:
    upgrade(db.engine)
    load_demo(now())
    content: dict[str, object] = db.session.scalars(select(Certificate.content).limit(1)).one()
    return content


def _bare(html: str) -> Callable[[], object]:
    fonts = FontConfiguration()
    sheet = CSS(string=pdf.written_stylesheet("certificate.css"), base_url=f"{pdf.SHEETS}/", font_config=fonts)
    return lambda: HTML(string=html, base_url=f"{pdf.SHEETS}/").write_pdf(stylesheets=[sheet], font_config=fonts)


def _in_turns(*works: Callable[[], object]) -> list[float]:
    """Median CPU time of each in milliseconds, called in turns after one call that is not counted."""
    times: list[list[float]] = [[] for _work in works]
    for _round in range(ROUNDS + 1):
        for work, spent in zip(works, times, strict=True):
            begin = time.process_time()
            work()
            spent.append((time.process_time() - begin) * 1000)
    return [statistics.median(spent[1:]) for spent in times]
