"""Whatever a device sends, it gets an answer that it can read."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tablets import OURS, Tablet

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
CRITERIA = st.sampled_from(["EKO-ZAR-01", "EKO-SUR-04", "EKN-KSI-01", "", "x" * 70]) | JSON
OP = st.fixed_dictionaries(
    {},
    optional={
        "op_id": st.uuids().map(str) | JSON,
        "seq": st.integers(0, 50) | JSON,
        "kind": st.sampled_from(["answer.set", "answer.resolve", "photo.add", "photo.remove", "profile.set"]) | JSON,
        "criterion": CRITERIA,
        "field": st.sampled_from(["score", "na", "comment", "finding"]) | JSON,
        "value": st.integers(-1, 6) | JSON,
        "chosen": JSON,
        "resolves": st.lists(st.uuids().map(str), max_size=2) | JSON,
        "base_op": st.none() | st.uuids().map(str) | JSON,
        "fact": st.sampled_from(["products", "legal_form"]) | JSON,
        "photo": st.fixed_dictionaries({"id": st.uuids().map(str)}, optional={"criterion": CRITERIA, "bytes": JSON})
        | JSON,
        "at_device": JSON,
    },
)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(OP | st.dictionaries(st.text(max_size=5), JSON, max_size=2), max_size=5))
def test_whatever_comes_is_answered_one_by_one(tablet: Tablet, ops: list[dict[str, Any]]) -> None:
    answer = tablet.send(*ops)
    assert answer.status_code == 200, answer.text
    said = answer.get_json()
    assert len(said["results"]) == len(ops)
    assert {one["status"] for one in said["results"]} <= {"applied", "conflict", "rejected"}
    assert tablet.bundle()["proto"] == 1


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(JSON)
def test_a_body_of_another_shape_is_422(tablet: Tablet, body: object) -> None:
    for path in ("ops", "finalise"):
        sent = json.dumps(body)
        answer = tablet.client.post(f"{tablet.root}/{path}", data=sent, content_type="application/json", headers=OURS)
        assert (answer.status_code, answer.get_json()["error"]) == (422, "malformed")
