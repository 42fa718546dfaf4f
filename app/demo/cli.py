"""``flask demo``: sample data to try the product out, and the whole main job in one command."""

import json
import sys
import tempfile
from pathlib import Path

import click
from flask import current_app, url_for
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select

from app.audits.models import Audit, Case
from app.audits.states import AuditState
from app.config import Settings
from app.db import db
from app.demo.cast import CAST, PASSWORD
from app.demo.service import load_demo
from app.demo.walk import walk
from app.errors import DomainError
from app.migrations import is_current, upgrade
from app.web import now

demo = AppGroup("demo", help="Sample suppliers and people, all fictional.")


@demo.command("load")
@with_appcontext
def load() -> None:
    """Fill an empty database with the cast and the sample suppliers; a new one gets its tables first."""
    if not is_current(db.engine):
        upgrade(db.engine)
    try:
        load_demo(now())
    except DomainError as refused:
        sys.exit(str(refused))
    click.echo("The demo is loaded.")


@demo.command("users")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def users(*, as_json: bool) -> None:
    """Print the demo's sign-ins."""
    people = [
        {"email": each.email, "password": PASSWORD, "name": each.name, "roles": [str(role) for role in each.roles]}
        for each in CAST
    ]
    if as_json:
        click.echo(json.dumps(people, ensure_ascii=False, indent=2))
        return
    for person in people:
        click.echo(f"{person['email']:28} {PASSWORD}  {person['name']} ({', '.join(person['roles'])})")


@demo.command("audits")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@with_appcontext
def audits(*, as_json: bool) -> None:
    """Print the audits that the demo's auditors can fill."""
    base = current_app.config["SETTINGS"].public_url
    query = select(Audit).join(Case).where(Audit.state == AuditState.IN_PROGRESS).order_by(Case.number)
    with current_app.test_request_context():
        rows = [
            {
                "id": str(audit.id),
                "supplier": audit.case.supplier.name,
                "state": str(audit.state),
                "tablet_url": base + url_for("tablet.shell", audit_id=audit.id),
            }
            for audit in db.session.scalars(query)
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{row['supplier']}: {row['tablet_url']}")


@demo.command("walk")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("walk"), help="Where the files go."
)
def walk_through(out: Path) -> None:
    """Do the whole main job on a temporary database; exit 1 when a step fails."""
    from app import create_app  # noqa: PLC0415  # the package imports this module

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(environment="development", data_dir=Path(folder), log_level="error"))
        with app.app_context():
            upgrade(db.engine)
        try:
            walk(app, out)
        except Exception as error:  # noqa: BLE001  # whatever it was: the step that failed is printed already; here only its reason
            sys.exit(f"The walk stopped: {error}")
