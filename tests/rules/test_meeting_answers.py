"""Meetings, the supplier's word and signatures: what may stand, and what a signature is bound to."""

import hashlib
from typing import Any
from uuid import uuid4

import pytest

from app.audits.admissible import refusal
from app.audits.live import answers_from
from app.audits.meetings import CLOSING, OPENING, digest_of
from app.audits.merge import Head, same
from app.audits.wire import read_op
from app.checklists import library

PEOPLE = [{"name": "Anna Próbna", "role": "kierowniczka"}, {"name": "Jan Zmyślony", "role": ""}]
SIGNED = {"signer": "Anna Próbna", "role": "kierowniczka", "digest": "a" * 64, "strokes": [[1, 2, 3, 4]]}
PICTURE = {"criterion": CLOSING, "kind": "signature", "sha256": "b" * 64, "bytes": 900, "mime": "image/png"}


def code(**said: Any) -> str | None:
    """Why an operation is refused; ``bad_op`` when it has not even the right shape."""
    op = read_op({"op_id": str(uuid4()), "seq": 1, "kind": "answer.set", **said})
    if op is None:
        return "bad_op"
    return refusal(library.published("base", "2026.1"), op, largest_photo=1_000_000)


@pytest.mark.parametrize(
    ("criterion", "field", "value", "expected"),
    [
        (OPENING, "attendees", PEOPLE, None),
        (CLOSING, "attendees", PEOPLE * 25, None),
        (OPENING, "attendees", None, None),
        (OPENING, "attendees", [], "bad_value"),
        (OPENING, "attendees", PEOPLE * 26, "too_long"),
        (OPENING, "attendees", "Anna", "bad_value"),
        (OPENING, "attendees", [{"name": "  ", "role": ""}], "bad_value"),
        (OPENING, "attendees", [{"name": "A" * 121}], "too_long"),
        (OPENING, "attendees", [{"name": "Anna", "role": "r" * 121}], "too_long"),
        (OPENING, "attendees", [{"name": "Anna", "phone": "1"}], "bad_value"),
        (OPENING, "held_at", "2026-11-22T09:00:00.000Z", None),
        (OPENING, "held_at", "wczoraj", "bad_value"),
        (OPENING, "held_at", 9, "bad_value"),
        (OPENING, "unsigned", "nie chcieli", "unknown_field"),
        (CLOSING, "unsigned", "Kierowniczka wyjechała wcześniej.", None),
        (CLOSING, "unsigned", "  ", "bad_value"),
        (CLOSING, "unsigned", "x" * 2_001, "too_long"),
        (OPENING, "score", 3, "unknown_field"),
        ("meeting:lunch", "attendees", PEOPLE, "unknown_criterion"),
        ("EKO-ZAR-01", "attendees", PEOPLE, "unknown_field"),
        ("EKO-ZAR-01", "response", {"stand": "agreed"}, None),
        ("EKO-ZAR-01", "response", {"stand": "disputed", "words": "Segregujemy od maja."}, None),
        ("EKO-ZAR-01", "response", None, None),
        ("EKO-ZAR-01", "response", {"stand": "perhaps", "words": ""}, "bad_value"),
        ("EKO-ZAR-01", "response", {"stand": "agreed", "words": "x" * 2_001}, "too_long"),
        ("EKO-ZAR-01", "response", "agreed", "bad_value"),
        ("EKO-ZAR-01", "response", {"stand": "agreed", "level": 4}, "bad_value"),
    ],
)
def test_what_may_stand_in_a_meeting_and_beside_a_finding(
    criterion: str, field: str, value: object, expected: str | None
) -> None:
    assert code(criterion=criterion, field=field, value=value) == expected


@pytest.mark.parametrize(
    ("picture", "signature", "expected"),
    [
        ({}, {}, None),
        ({"mime": "image/jpeg"}, {}, "bad_type"),
        ({"criterion": "EKO-ZAR-01"}, {}, "unknown_criterion"),
        ({"kind": "photo"}, {}, "unknown_criterion"),
        ({"kind": "doodle"}, {}, "bad_op"),
        ({}, {"signer": " "}, "bad_op"),
        ({}, {"signer": "A" * 121}, "bad_op"),
        ({}, {"digest": "short"}, "bad_op"),
        ({}, {"strokes": [[0] * 60_000]}, "too_large"),
        ({"bytes": 2_000_000}, {}, "too_large"),
    ],
)
def test_a_signature_is_a_picture_of_the_closing_meeting_bound_to_a_digest(
    picture: dict[str, Any], signature: dict[str, Any], expected: str | None
) -> None:
    photo = {"id": str(uuid4()), **PICTURE, **picture}
    assert code(kind="photo.add", photo=photo, signature={**SIGNED, **signature}) == expected


def test_a_signature_without_a_signer_and_a_photo_with_one_are_refused() -> None:
    assert code(kind="photo.add", photo={"id": str(uuid4()), **PICTURE}) == "bad_op"
    photo = {"id": str(uuid4()), **PICTURE, "kind": "photo", "criterion": "EKO-ZAR-01"}
    assert code(kind="photo.add", photo=photo, signature=SIGNED) == "bad_op"


def test_the_digest_is_the_one_that_anybody_computes_from_the_canonical_text() -> None:
    heads = {
        ("EKO-ZAR-01", "score"): Head("11111111-1111-4111-8111-111111111111", 3),
        ("EKO-ZAR-01", "comment"): Head("22222222-2222-4222-8222-222222222222", ""),
        (OPENING, "attendees"): Head("33333333-3333-4333-8333-333333333333", PEOPLE),
    }
    said = (
        '{"answers":{"EKO-ZAR-01/score":"11111111-1111-4111-8111-111111111111",'
        '"meeting:opening/attendees":"33333333-3333-4333-8333-333333333333"},'
        '"photos":{"44444444-4444-4444-8444-444444444444":"ff"}}'
    )
    found = digest_of(heads, {"44444444-4444-4444-8444-444444444444": "ff"})
    assert found == hashlib.sha256(said.encode()).hexdigest()


def test_two_lists_of_the_same_people_are_the_same() -> None:
    turned = [{"role": one["role"], "name": one["name"]} for one in reversed(PEOPLE)]
    assert same(PEOPLE, turned)
    assert not same(PEOPLE, PEOPLE[:1])


def test_meetings_and_responses_never_count_in_the_score() -> None:
    values = {
        ("EKO-ZAR-01", "score"): 3,
        ("EKO-ZAR-01", "response"): {"stand": "disputed", "words": ""},
        ("EKO-ZAR-02", "response"): {"stand": "agreed", "words": ""},
        (OPENING, "attendees"): PEOPLE,
    }
    assert answers_from(values) == {"EKO-ZAR-01": {"value": 3}}
