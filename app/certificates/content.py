"""Everything a certificate states, copied on the day of the decision: later changes of a supplier never reach it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.accounts.models import Organisation, User
from app.audits.models import Case
from app.audits.pictures import AREA_COLOURS, OTHER_COLOUR
from app.checklists import exact
from app.checklists.checklist import Checklist
from app.checklists.scoring import Result
from app.checklists.words import words
from app.suppliers.models import Supplier


@dataclass(frozen=True)
class Terms:
    """What is decided about one certificate; ``address`` is its public page, ``replaces`` another number."""

    number: str
    edition: int
    address: str
    granted_on: date
    valid_from: date
    valid_until: date
    replaces: str | None


def content_of(
    case: Case, checklist: Checklist, result: Result, terms: Terms, *, decision_maker: User, issuer: Organisation
) -> dict[str, Any]:
    """What is printed, as plain values. Area results are in it only when the holder agreed to show them."""
    pl, en = words(checklist, "pl"), words(checklist, "en")
    grade = result.grade or ""
    return {
        "number": terms.number,
        "edition": terms.edition,
        "address": terms.address,
        "granted_on": terms.granted_on.isoformat(),
        "valid_from": terms.valid_from.isoformat(),
        "valid_until": terms.valid_until.isoformat(),
        "replaces": terms.replaces,
        "issuer": {
            "name": issuer.name,
            "address": issuer.address,
            "email": issuer.email,
            "website": issuer.website,
        },
        "decision_maker": {"name": decision_maker.name, "position": decision_maker.position},
        "holder": _holder(case.supplier),
        "scheme": {
            "id": checklist.id,
            "version": checklist.version,
            "digest": checklist.digest,
            "title": pl.title,
            "title_en": en.title,
        },
        "scope": {"products": list(case.product_scope), "sites": list(case.site_scope)},
        "grade": {"id": grade, "title": pl.grades[grade], "title_en": en.grades[grade]},
        "areas": _areas(checklist, result) if case.consent_scores else [],
    }


def _holder(supplier: Supplier) -> dict[str, str]:
    body = supplier.running_body
    place = " ".join(part for part in (supplier.postal_code, supplier.town) if part)
    return {
        "name": supplier.name,
        "legal_form": supplier.legal_form.value,
        "address": ", ".join(part for part in (supplier.street, place) if part),
        "town": supplier.town,
        "running_body": body.name,
        "nip": body.nip,
        "krs": body.krs,
        "regon": supplier.local_regon or body.regon,
    }


def _areas(checklist: Checklist, result: Result) -> list[dict[str, str]]:
    pl, en = words(checklist, "pl").areas, words(checklist, "en").areas
    return [
        {
            "id": area.id,
            "title": pl[place].title,
            "title_en": en[place].title,
            "percent": exact.two_decimals(area.percent),
            "colour": AREA_COLOURS.get(area.id, OTHER_COLOUR),
        }
        for place, area in enumerate(result.areas)
        if area.percent is not None
    ]
