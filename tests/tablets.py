"""A tablet as the tests drive it: its own numbers, its own device, through the real interface."""

import hashlib
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.audits.models import Audit
from tests.factories import sign_in_as
from tests.visits import new_id

OURS = {"X-Audit-Client": "1"}


class Tablet:
    """One device, signed in as one person, at one audit."""

    def __init__(self, client: FlaskClient, audit: Audit, device_id: str = "tablet-1") -> None:
        self.client = client
        self.root = f"/api/v1/audits/{audit.id}"
        self.device_id = device_id
        self.seq = 0
        self.cursor = 0

    def op(self, kind: str = "answer.set", **said: Any) -> dict[str, Any]:
        self.seq += 1
        return {"op_id": new_id(), "seq": self.seq, "kind": kind, "at_device": "2026-11-22T10:00:00", **said}

    def score(self, criterion: str, value: object, base_op: str | None = None) -> dict[str, Any]:
        return self.op(criterion=criterion, field="score", value=value, base_op=base_op)

    def send(self, *ops: dict[str, Any], **changed: Any) -> TestResponse:
        batch = {"proto": 1, "device_id": self.device_id, "cursor": self.cursor, "ops": list(ops), **changed}
        return self.client.post(f"{self.root}/ops", json=batch, headers=OURS)

    def take(self, *ops: dict[str, Any]) -> dict[str, Any]:
        answer = self.send(*ops)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.get_json()
        return said

    def result(self, op: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = self.take(op)["results"][0]
        return result

    def bundle(self) -> dict[str, Any]:
        said: dict[str, Any] = self.client.get(f"{self.root}/bundle").get_json()
        return said

    def put(self, photo_id: str, content: bytes, **headers: str) -> TestResponse:
        return self.client.put(
            f"{self.root}/photos/{photo_id}", data=content, content_type="image/jpeg", headers=OURS | headers
        )

    def announce(self, photo_id: str, content: bytes, criterion: str = "EKO-ZAR-01") -> dict[str, Any]:
        sha256 = hashlib.sha256(content).hexdigest()
        photo = {"id": photo_id, "criterion": criterion, "sha256": sha256, "bytes": len(content), "mime": "image/jpeg"}
        return self.op("photo.add", photo=photo)


def other_tablet(app: Flask, audit: Audit, user: Any) -> Tablet:
    client = app.test_client()
    sign_in_as(client, user)
    return Tablet(client, audit, "tablet-2")
