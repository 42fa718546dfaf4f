"""The facts about a supplier that decide which criteria apply.

The kinds of products and the legal form follow from the record; a person may correct them, and answers the others.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import gettext as _

from app import history
from app.accounts.permissions import Actor
from app.db import db
from app.errors import Invalid
from app.suppliers.models import Supplier

DERIVED = ("products", "legal_form")


def derived_facts(supplier: Supplier) -> dict[str, list[str]]:
    """What follows from the record: fact → values. Without products there is no fact about them."""
    kinds = sorted({str(product.kind) for product in supplier.products})
    return {**({"products": kinds} if kinds else {}), "legal_form": [str(supplier.legal_form)]}


def facts_of(supplier: Supplier) -> dict[str, list[str]]:
    """Every known fact → its values: what follows from the record, unless a person set it."""
    return {**derived_facts(supplier), **supplier.profile}


def known_facts(supplier: Supplier, profile: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The facts that a checklist asks for, with only those values that it knows. ``profile`` is the checklist's."""
    facts = facts_of(supplier)
    narrowed = {name: [value for value in facts[name] if value in profile[name]] for name in profile if name in facts}
    return {name: values for name, values in narrowed.items() if values}


def set_facts(
    supplier: Supplier,
    wanted: Mapping[str, Sequence[str]],
    profile: Mapping[str, Sequence[str]],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Set facts by hand; no values, or those that follow from the record, take a correction back.

    ``profile``: the facts and values that the checklist allows.

    Raises:
        Invalid: the checklist has no such fact or value.
    """
    derived = derived_facts(supplier)
    facts = dict(supplier.profile)
    for name, values in wanted.items():
        unknown = [value for value in values if value not in profile.get(name, ())]
        if name not in profile or unknown:
            raise Invalid(_("The checklist does not know %(fact)s.", fact=", ".join([name, *unknown])))
        facts.pop(name, None)
        if values and list(values) != derived.get(name):
            facts[name] = list(values)
    before = {name: supplier.profile.get(name) for name in wanted if supplier.profile.get(name) != facts.get(name)}
    if not before:
        return
    supplier.profile = facts
    db.session.flush()
    history.record(
        "supplier:set_facts",
        history.About(supplier.id, supplier_id=supplier.id),
        actor=actor,
        at=at,
        before=before,
        after={name: facts.get(name) for name in before},
    )
