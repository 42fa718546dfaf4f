"""``/api/v1``: what the tablet asks and sends. JSON only, never a redirect.

No CSRF tokens here, a tablet may be offline for longer than they live. Instead a page of another site cannot send
what is asked for: a JSON or image body, a header of our own, the origin of this site (the cookie is SameSite=Lax).
"""

import functools
import json
import uuid
from collections.abc import Callable
from typing import Any, NoReturn, ParamSpec

import orjson
from flask import Blueprint, Response, abort, current_app, request
from flask_babel import gettext
from pydantic import BaseModel, ValidationError

from app import storage
from app.accounts.permissions import Permission
from app.audits import photos
from app.audits.api_document import document
from app.audits.bundle import bundle
from app.audits.changes import MOST_CHANGES, MOST_LISTED, changes_since
from app.audits.closing import finalise, signed
from app.audits.sync import take
from app.audits.tablet_shell import APP_VERSION, MIN_CLIENT
from app.audits.template import guidance, template
from app.audits.to_fill import audits_to_fill
from app.audits.visits import Visit, open_visit
from app.audits.wire import MOST_BYTES, MOST_OPS, PROTO, SPOKEN, Batch, Finalise, LostWork, TabletEvents
from app.db import begin_writing, db
from app.errors import Forbidden
from app.images import take_image
from app.tablets import logs, marker
from app.tablets import service as tablets
from app.web import csrf, current_actor, language, now, public, requires, signed_in, the_actor, writes_later

api = Blueprint("api", __name__, url_prefix="/api/v1")
csrf.exempt(api)
P = ParamSpec("P")


def from_our_own_page(*types: str) -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """Let in only requests that a page of another site cannot make. ``types``: what the body may be."""

    def mark(view: Callable[P, Response]) -> Callable[P, Response]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
            if not request.mimetype.startswith(types):
                _refuse(415, "content_type")
            origin = request.headers.get("Origin")
            own = (f"{request.scheme}://{request.host}", current_app.config["SETTINGS"].public_url)
            foreign = origin is not None and origin not in own
            site = request.headers.get("Sec-Fetch-Site", "same-origin")
            if foreign or site not in {"same-origin", "none"} or request.headers.get("X-Audit-Client") not in SPOKEN:
                _refuse(403, "foreign_request")
            return view(*args, **kwargs)

        return guarded

    return mark


@api.before_request
def _refuse_another_persons_work() -> None:
    """A tablet says whose work it holds: nothing is given to, or taken in the name of, somebody else."""
    owner = request.headers.get("X-Audit-User")
    if owner is None or "audit_id" not in (request.view_args or {}):
        return
    actor = current_actor()
    if actor is not None and str(actor.id) != owner:
        _refuse(401, "other_user")


@api.after_request
def _mark(response: Response) -> Response:
    """No cache keeps anything, not even pictures; refusals made elsewhere also carry the protocol's marks."""
    response.headers["Cache-Control"] = "no-store"
    if response.status_code >= 400 and response.is_json:
        said = response.get_json()
        if "server_time" not in said:
            response.set_data(_json(said))
    return response


@api.get("/openapi.json")
@public
def describe() -> Response:
    """This interface, as OpenAPI."""
    return Response(document(), mimetype="application/json")


@api.get("/me")
@signed_in
def me() -> Response:
    actor = the_actor()
    said = {"user_id": str(actor.id), "name": actor.name, "min_client": MIN_CLIENT, "language": language()}
    return _reply({**said, "had_tablet": marker.is_marked(actor)})


@api.get("/version")
@public
def version() -> Response:
    """What this server speaks; an older app than ``min_client`` may still send, but take no further audits along."""
    return _reply({"min_client": MIN_CLIENT, "app": APP_VERSION})


@api.get("/audits")
@signed_in
def list_audits() -> Response:
    return _reply({"audits": audits_to_fill(the_actor())})


@api.get("/audits/<uuid:audit_id>/bundle")
@signed_in
def show_bundle(audit_id: uuid.UUID) -> Response:
    visit = open_visit(audit_id, the_actor())
    words = language()
    reply = _reply(bundle(visit, the_actor(), words), template=template(visit.checklist, words))
    if marker.is_marked(the_actor()):
        marker.put_mark(reply, the_actor())
    return reply


@api.get("/audits/<uuid:audit_id>/guidance")
@signed_in
def show_guidance(audit_id: uuid.UUID) -> Response:
    """What the questions unfold; asked for by an app whose store holds the audit, which marks the browser."""
    visit, words = open_visit(audit_id, the_actor()), language()
    checklist = visit.checklist
    reply = _reply({"digest": checklist.digest, "language": words}, guidance=guidance(checklist, words))
    if visit.may_fill:
        marker.put_mark(reply, the_actor())
    return reply


@api.post("/audits/<uuid:audit_id>/ops")
@writes_later
@from_our_own_page("application/json")
@signed_in
def take_ops(audit_id: uuid.UUID) -> Response:
    batch = _read(Batch, MOST_BYTES)  # a slow network must not hold the write lock
    if len(batch.ops) > MOST_OPS:
        _refuse(413, "too_many_ops")
    actor, at = the_actor(), now()
    visit, received, seen = take(audit_id, batch, actor=actor, at=at, largest_photo=_largest_photo())
    changes = changes_since(audit_id, batch.cursor, but=batch.device_id) if batch.cursor < seen else []
    if tablets.is_worth_noting(batch, received):
        tablets.note(audit_id, batch, received, actor=actor, at=at)
    wanted = not batch.ops and logs.is_wanted(batch.device_id)  # asked only where nobody's answer waits for it
    db.session.commit()
    return _reply(
        {
            "cursor": changes[-1]["cursor"] if len(changes) == MOST_CHANGES else visit.cursor,
            "contiguous_seq": received.contiguous_seq,
            "gap": received.gap,
            "results": received.results,
            "changes": changes,
            **({"log_wanted": True} if wanted else {}),
        }
    )


@api.get("/audits/<uuid:audit_id>/ops")
@signed_in
def list_ops(audit_id: uuid.UUID) -> Response:
    visit = open_visit(audit_id, the_actor())
    since = request.args.get("since", "0")
    if not since.isdecimal() or len(since) > 9:
        _refuse(422, "since")
    found = changes_since(visit.audit_id, int(since), most=MOST_LISTED)
    return _reply({"ops": found, "cursor": found[-1]["cursor"] if found else visit.cursor, "last": visit.cursor})


@api.put("/audits/<uuid:audit_id>/photos/<uuid:photo_id>")
@writes_later
@from_our_own_page("image/", "application/octet-stream")
@signed_in
def put_photo(audit_id: uuid.UUID, photo_id: uuid.UUID) -> Response:
    visit = _fillable(audit_id)
    photo = photos.announced(visit, photo_id)
    content = _body(_largest_photo())
    here = photos.check_content(photo, content, request.headers.get("X-Content-SHA256", ""))
    sha256 = photo.sha256
    if not here:
        picture = take_image(content, largest_mb=current_app.config["SETTINGS"].max_upload_mb)
        begin_writing()
        photos.store(open_visit(audit_id, the_actor(), writing=True), photo_id, picture, at=now())
        db.session.commit()
    return _reply({"photo_id": str(photo_id), "sha256": sha256, "bytes": len(content)})


@api.get("/audits/<uuid:audit_id>/photos/<uuid:photo_id>")
@signed_in
def show_photo(audit_id: uuid.UUID, photo_id: uuid.UUID) -> Response:
    return _send(photos.stored(open_visit(audit_id, the_actor()), photo_id).key)


@api.get("/audits/<uuid:audit_id>/photos/<uuid:photo_id>/thumbnail")
@signed_in
def show_thumbnail(audit_id: uuid.UUID, photo_id: uuid.UUID) -> Response:
    return _send(photos.stored(open_visit(audit_id, the_actor()), photo_id).thumbnail_key)


@api.post("/audits/<uuid:audit_id>/finalise")
@writes_later
@from_our_own_page("application/json")
@signed_in
def close_audit(audit_id: uuid.UUID) -> Response:
    asked = _read(Finalise, MOST_BYTES)
    begin_writing()
    visit = open_visit(audit_id, the_actor(), writing=True)
    missing = finalise(visit, asked, actor=the_actor(), at=now())
    db.session.commit()
    return _reply({"status": "missing", **missing}, 409) if missing else _reply({"status": "received", **signed(visit)})


@api.post("/tablets/loss")
@from_our_own_page("application/json")
@requires(Permission.AUDIT_FILL)
def report_loss() -> Response:
    tablets.report_loss(_read(LostWork, MOST_BYTES), actor=the_actor(), at=now())
    db.session.commit()
    return _reply({"status": "reported"})


@api.post("/tablets/log")
@from_our_own_page("application/json")
@requires(Permission.AUDIT_FILL)
def take_log() -> Response:
    logs.keep(_read(TabletEvents, MOST_BYTES), actor=the_actor(), at=now())
    db.session.commit()
    return _reply({"status": "kept"})


def _fillable(audit_id: uuid.UUID) -> Visit:
    """The audit, for its team, not locked yet: the picture is worked on first."""
    visit = open_visit(audit_id, the_actor())
    if not visit.may_fill:
        raise Forbidden(gettext("Only the audit team fills in this audit."))
    return visit


def _largest_photo() -> int:
    return int(current_app.config["SETTINGS"].max_upload_mb) * 1_000_000


def _body(most: int) -> bytes:
    if (request.content_length or 0) > most:
        _refuse(413, "too_large")
    body = request.get_data(cache=False)
    return body if len(body) <= most else _refuse(413, "too_large")


def _read(shape: type[BaseModel], most: int) -> Any:
    body = _body(most)
    try:
        return shape.model_validate(json.loads(body, parse_constant=_no_number))
    except ValidationError as error:
        reasons = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()[:5]]
        _refuse(422, "malformed", reasons=reasons)
    except (ValueError, RecursionError):
        _refuse(422, "malformed", reasons=["not JSON"])


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are not JSON


def _send(key: str) -> Response:
    response = Response(storage.get(key), mimetype=photos.media_type(key))
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _reply(content: dict[str, Any], status: int = 200, **ready: str) -> Response:
    """The content with the protocol's marks; ``ready`` holds values that are JSON already."""
    said = _json(content)
    for name, value in ready.items():
        said = f'{said[:-1]},"{name}":{value}}}'
    return Response(said, status, mimetype="application/json")


def _json(content: dict[str, Any]) -> str:
    proto = SPOKEN.get(request.headers.get("X-Audit-Client", ""), PROTO)
    whole = {"proto": proto, "server_time": now().isoformat(), **content}
    try:
        return orjson.dumps(whole).decode()
    except orjson.JSONEncodeError:  # an operation that nobody can read, under an id that no other system writes
        return json.dumps(whole)


def _refuse(status: int, error: str, **more: Any) -> NoReturn:
    abort(_reply({"error": error, **more}, status))
