"""Where auditors work: a data folder with Iga, Olaf, Maja in the office, and audits, made when a test asks for one."""

from pathlib import Path

from app import create_app, migrations
from app.accounts.models import User
from app.accounts.permissions import Role
from app.config import Settings
from app.db import db
from tests.factories import PASSWORD, make_user
from tests.visits import answer_everything, make_audit

PEOPLE = (
    ("iga", "Iga Lewandowska", Role.AUDITOR),
    ("olaf", "Olaf Zieliński", Role.AUDITOR),
    ("maja", "Maja Nowicka", Role.COORDINATOR),
)


class Field:
    """``folder`` holds ``data`` for a server, which may be running already when an audit is made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "data").mkdir()
        self.app = create_app(Settings(environment="test", data_dir=folder / "data"))
        with self.app.app_context():
            migrations.upgrade(db.engine)
            for first, name, role in PEOPLE:
                make_user(role, name=name, email=f"{first}@base.example.org", password=PASSWORD)
            db.session.commit()

    def audit(
        self,
        *,
        complete: bool = False,
        alone: bool = False,
        supplier: str = "WTZ „Morska Szuflada”",
        products: tuple[str, ...] = ("craft",),
    ) -> str:
        """The id of a new audit of Iga and Olaf, or of Iga ``alone``; ``complete``: every answer with its evidence."""
        with self.app.app_context():
            iga, olaf = (
                db.session.query(User).filter_by(email=f"{first}@base.example.org").one() for first in ("iga", "olaf")
            )
            made = make_audit(*([iga] if alone else [iga, olaf]), supplier=supplier, products=products)
            if complete:
                answer_everything(made, iga)
            db.session.commit()
            return str(made.id)

    def close(self) -> None:
        """Let go of the database."""
        with self.app.app_context():
            db.engine.dispose()


def make_field(folder: Path, audits: int) -> list[str]:
    """A folder with so many audits; their ids."""
    field = Field(folder)
    made = [field.audit() for _ in range(audits)]
    field.close()
    return made
