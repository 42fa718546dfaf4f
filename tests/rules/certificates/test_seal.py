"""The digest of a decision: the same for the same file, another one for any change."""

import copy
import json
from decimal import Decimal
from typing import Any

import pytest

from app.certificates.seal import answers_file, digest_of, sealed

CONTENT = sealed(
    case="2026/00007",
    checklist={"id": "base", "version": "2026.1", "digest": "ab" * 32},
    profile={"products": ["food"], "legal_form": "wtz"},
    answers={"EKO-ZAR-01": {"value": 3}, "EKN-KAL-01": {"value": Decimal("2.50")}, "BIZ-ZYW-01": {"na": "nie żywność"}},
    findings=[{"criterion": "EKO-ZAR-01", "grade": "minor", "state": "open"}],
    result={"grade": "base", "total": {"percent": "71.25"}},
    open_minors=["EKO-ZAR-01"],
)


def test_the_order_of_keys_does_not_matter() -> None:
    turned = dict(reversed(CONTENT.items()))
    assert digest_of(turned) == digest_of(CONTENT)


def test_a_database_does_not_change_the_digest() -> None:
    assert digest_of(json.loads(json.dumps(CONTENT))) == digest_of(CONTENT)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("answers", "EKO-ZAR-01", "value"), 4),
        (("findings", 0, "grade"), "major"),
        (("findings", 0, "state"), "verified"),
        (("result", "total", "percent"), "71.26"),
        (("checklist", "digest"), "ac" * 32),
        (("profile", "legal_form"), "zaz"),
        (("open_minors",), []),
    ],
)
def test_any_change_changes_the_digest(place: tuple[Any, ...], value: object) -> None:
    changed = copy.deepcopy(CONTENT)
    inner: Any = changed
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    assert digest_of(changed) != digest_of(CONTENT)


def test_the_answers_file_holds_profile_and_answers() -> None:
    assert answers_file(CONTENT) == {"profile": CONTENT["profile"], "answers": CONTENT["answers"]}
    assert CONTENT["answers"]["EKN-KAL-01"] == {"value": 2.5}
