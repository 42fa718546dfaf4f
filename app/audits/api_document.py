"""The OpenAPI document of ``/api/v1``, made from the shapes that check what comes in. Pure."""

import json
from functools import cache
from typing import Any

from app.audits.wire import SPOKEN, Batch, Finalise, LostWork, Op, TabletEvents

AUDIT = {"name": "audit_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
PHOTO = {"name": "photo_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
SINCE = {"name": "since", "in": "query", "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999}}
CLIENT = {
    "name": "X-Audit-Client",
    "in": "header",
    "required": True,
    "schema": {"enum": list(SPOKEN), "type": "string"},
}
SHA256 = {"name": "X-Content-SHA256", "in": "header", "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"}}
READING = (401, 404)
WRITING = (401, 403, 404, 413, 415, 422)
WORDS = {
    200: "Done",
    401: "Nobody is signed in",
    403: "Not for this person, or not from our own page",
    404: "There is no such thing, or not for this person",
    409: "Not in this state",
    413: "Too much at once",
    415: "Another content type is asked for",
    422: "Malformed",
}


@cache
def document() -> str:
    """OpenAPI 3.1 as JSON."""
    return json.dumps(_whole(), ensure_ascii=False)


def _whole() -> dict[str, Any]:
    audit, photo = "/api/v1/audits/{audit_id}", "/api/v1/audits/{audit_id}/photos/{photo_id}"
    picture: dict[str, Any] = {"image/jpeg": {}, "image/png": {}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "BASE audits on a tablet", "version": "1"},
        "components": {
            "schemas": _shapes(),
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "base_session"}},
        },
        "security": [{"session": []}],
        "paths": {
            "/api/v1/me": {"get": _operation("Who is signed in", (401,))},
            "/api/v1/version": {"get": _operation("The oldest app that may take audits along", ()) | {"security": []}},
            "/api/v1/audits": {"get": _operation("The audits that this person can fill in", (401,))},
            f"{audit}/bundle": {"get": _operation("Everything needed to fill in one audit", READING, AUDIT)},
            f"{audit}/guidance": {
                "get": _operation("Why each question is asked, what to look for, the legal basis", READING, AUDIT)
            },
            f"{audit}/ops": {
                "get": _operation("Every operation ever received, in order", (*READING, 422), AUDIT, SINCE),
                "post": _operation("Send operations; each is answered by its id", WRITING, AUDIT, CLIENT)
                | {"requestBody": _body("Batch")},
            },
            f"{audit}/finalise": {
                "post": _operation("Finish the visit", (*WRITING, 409), AUDIT, CLIENT)
                | {"requestBody": _body("Finalise")}
            },
            "/api/v1/tablets/loss": {
                "post": _operation("A tablet lost its work", (401, 403, 413, 415, 422), CLIENT)
                | {"requestBody": _body("LostWork")}
            },
            "/api/v1/tablets/log": {
                "post": _operation("The log of a tablet, when the office asked", (401, 403, 404, 413, 415, 422), CLIENT)
                | {"requestBody": _body("TabletEvents")}
            },
            photo: {
                "get": _operation("The picture", READING, AUDIT, PHOTO, answer=picture),
                "put": _operation("The bytes of an announced photo", (*WRITING, 409), AUDIT, PHOTO, CLIENT, SHA256)
                | {"requestBody": {"required": True, "content": {"image/*": {}}}},
            },
            f"{photo}/thumbnail": {"get": _operation("The picture, small", READING, AUDIT, PHOTO, answer=picture)},
        },
    }


def _shapes() -> dict[str, Any]:
    shapes: dict[str, Any] = {}
    for shape in (Batch, Finalise, LostWork, Op, TabletEvents):
        schema = shape.model_json_schema(ref_template="#/components/schemas/{model}")
        shapes |= schema.pop("$defs", {})
        shapes[shape.__name__] = schema
    shapes["Batch"]["properties"]["ops"]["items"] = {"$ref": "#/components/schemas/Op"}
    return shapes


def _operation(
    summary: str, refusals: tuple[int, ...], *parameters: dict[str, Any], answer: dict[str, Any] | None = None
) -> dict[str, Any]:
    described: dict[str, dict[str, Any]] = {str(one): {"description": WORDS[one]} for one in (200, *refusals)}
    described["200"]["content"] = answer or {"application/json": {"schema": {"type": "object"}}}
    return {"summary": summary, "parameters": list(parameters), "responses": described}


def _body(shape: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{shape}"}
    return {"required": True, "content": {"application/json": {"schema": schema}}}
