"""The people of the demo. All fictional; the password is printed on purpose, the demo is for trying out."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.accounts.permissions import Role

PASSWORD = "base-demo-2026"  # noqa: S105  # the demo is for trying out; it is printed on purpose


@dataclass(frozen=True)
class Person:
    """One sign-in. ``supplier``: the code of the sample supplier whose contact the person is."""

    first: str
    name: str
    roles: tuple[Role, ...]
    position: str = ""
    supplier: str = ""
    language: str = "pl"

    @property
    def email(self) -> str:
        return f"{self.first}@base.example.org"


CAST: Sequence[Person] = (
    Person("maja", "Maja Nowicka", (Role.COORDINATOR,), "koordynatorka programu"),
    Person("iga", "Iga Lewandowska", (Role.AUDITOR,), "audytorka wiodąca"),
    Person("olaf", "Olaf Zieliński", (Role.AUDITOR,), "audytor"),
    Person("robert", "Robert Kamiński", (Role.REVIEWER, Role.DECISION_MAKER), "członek zarządu"),
    Person("ada", "Ada Wiśniewska", (Role.ADVISER,), "ekspertka BASE"),
    Person("kuba", "Kuba Dąbrowski", (Role.ADMINISTRATOR,), "administrator"),
    Person("hanna", "Hanna Przykładowska", (Role.SUPPLIER_CONTACT,), "kierownik", "DST-01"),
    Person("tomek", "Tomasz Zmyślony", (Role.SUPPLIER_CONTACT,), "kierownik", "DST-02"),
    Person("zosia", "Zofia Bajkowa", (Role.SUPPLIER_CONTACT,), "skarbniczka", "DST-11"),
)
COORDINATOR, LEAD, AUDITOR, DECIDER, ADVISER = (person.email for person in CAST[:5])
