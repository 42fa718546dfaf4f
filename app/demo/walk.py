"""The whole main job on one sample supplier, headless, on a database of its own; one line per step."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask_babel import force_locale

from app import jobs, storage
from app.certificates import register
from app.certificates import service as certificates
from app.certificates.models import Certificate
from app.db import db
from app.demo.service import add_cast, add_supplier, contact_of, samples
from app.demo.stage import Stage
from app.formats import today_in_poland
from app.handlers import HANDLERS
from app.web import now

SUPPLIER = "DST-01"
LONG_AGO = timedelta(days=60)  # the play must end before today, so that the certificate is valid today


def walk(app: Flask, out: Path) -> None:
    """Play everything, write what it leaves into ``out``; raises when a step fails, after saying which."""
    with app.app_context(), force_locale("pl"):
        stage = _enter()
        with step("application"):
            stage.apply([product.name for product in stage.supplier.products])
        with step("accepted and planned"):
            stage.plan(visit_in_days=14)
        with step("audit started"):
            audit = stage.audit(visit_in_days=14)
        with step("audit filled"):
            stage.fill(audit)
        with step("findings and report"):
            tasks = stage.report(audit)
        with step(f"remediation of {len(tasks)} tasks"):
            for task in tasks:
                stage.submit(task)
                stage.verify(task)
        with step("sent to review"):
            stage.review()
        with step("reviewed by another person"):
            stage.recommend()
        with step("decision by another person"):
            certificate = stage.grant()
        db.session.commit()
        number, certificate_id = certificate.number, certificate.id
    with step("certificate and report rendered"):
        jobs.run_due(app, HANDLERS)
    with app.app_context(), force_locale("pl"):
        with step("verified publicly"):
            answer = register.public_answer(number, today_in_poland())
            if answer["state"] != "valid":
                raise RuntimeError(f"the register says {answer['state']}")
        with step(f"files written to {out}"):
            _write(out, db.session.get_one(Certificate, certificate_id), answer)
        click.echo(f"{number} {answer['state']}")


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say how one step went."""
    try:
        yield
    except Exception as error:
        click.echo(f"FAILED  {name}: {error}")
        raise
    click.echo(f"ok      {name}")


def _enter() -> Stage:
    sample = next(each for each in samples() if each["code"] == SUPPLIER)
    begin = now() - LONG_AGO
    add_cast(begin)
    supplier = add_supplier(sample, begin)
    db.session.commit()
    return Stage(supplier, begin, contact_of(supplier), sample["story"])


def _write(out: Path, certificate: Certificate, answer: dict[str, Any]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "certificate.pdf").write_bytes(storage.get(certificate.pdf_key))
    (out / "report.pdf").write_bytes(storage.get(certificate.case.report_key))
    written = {
        "answers.json": certificates.answers_json(certificate.decision),
        "result.json": certificates.result_json(certificate.decision),
        "verify.json": answer,
    }
    for name, content in written.items():
        (out / name).write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
