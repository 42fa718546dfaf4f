"""Where auditors work: a data folder with Iga and Olaf, and audits of theirs, made when a test asks for one."""

from pathlib import Path

from app import create_app, migrations
from app.accounts.models import User
from app.accounts.permissions import Role
from app.config import Settings
from app.db import db
from tests.factories import PASSWORD, make_user
from tests.visits import answer_everything, make_audit


class Field:
    """``folder`` holds ``data`` for a server, which may be running already when an audit is made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "data").mkdir()
        self.app = create_app(Settings(environment="test", data_dir=folder / "data"))
        with self.app.app_context():
            migrations.upgrade(db.engine)
            for name, email in (("Iga Lewandowska", "iga"), ("Olaf Zieliński", "olaf")):
                self._person(Role.AUDITOR, name, email)
            db.session.commit()

    def hire(self, role: Role, name: str, first: str) -> None:
        """One more person, who signs in as ``first@base.example.org``."""
        with self.app.app_context():
            self._person(role, name, first)
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

    @staticmethod
    def _person(role: Role, name: str, first: str) -> None:
        make_user(role, name=name, email=f"{first}@base.example.org", password=PASSWORD)
