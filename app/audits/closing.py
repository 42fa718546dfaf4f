"""The end of the visit: does the server hold exactly what the tablet shows, and is everything answered?"""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from app.accounts.permissions import Actor
from app.audits import findings, live, results
from app.audits.merge import Head, Status, empty
from app.audits.models import Audit, Operation, Photo
from app.audits.sync import heads_of
from app.audits.visits import Visit
from app.audits.wire import Finalise, Manifest, fingerprint
from app.db import db

KIND = "finalise"


def finalise(visit: Visit, asked: Finalise, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """Finish the audit, or say what stands in the way.

    Returns:
        Nothing when the audit is finished (now, or by the same operation before); else lists by what is missing.
    """
    known = db.session.execute(
        select(Operation.payload_digest, Operation.kind).where(Operation.op_id == asked.op_id)
    ).first()
    said = asked.model_dump(mode="json")
    if known is not None:
        return {} if tuple(known) == (fingerprint(said), KIND) else {"code": "op_reuse"}
    if visit.closed:
        return {"code": "closed"}
    heads = heads_of(visit.audit_id)
    audit = db.session.get_one(Audit, visit.audit_id)
    if missing := _differences(visit, asked.manifest, heads) | _gaps(visit, audit, heads):
        return missing
    findings.close_visit(audit, actor=actor, at=at)
    db.session.flush()
    _keep(visit, asked, said, actor=actor, at=at)
    return {}


def _differences(visit: Visit, manifest: Manifest, heads: dict[tuple[str, str], Head]) -> dict[str, Any]:
    """Where the tablet and the server disagree about what stands."""
    here = {f"{criterion}/{field}": head.op_id for (criterion, field), head in heads.items() if not empty(head.value)}
    there = {name: str(op_id) for name, op_id in manifest.answers.items()}
    cleared = {f"{criterion}/{field}": head.op_id for (criterion, field), head in heads.items() if empty(head.value)}
    stale = sorted(name for name in here.keys() | there.keys() if here.get(name, cleared.get(name)) != there.get(name))
    photos = db.session.execute(
        select(Photo.id, Photo.sha256, Photo.stored_at).where(
            Photo.audit_id == visit.audit_id, Photo.removed_at.is_(None)
        )
    ).all()
    held = {photo.id: photo.sha256 for photo in photos if photo.stored_at is not None}
    missing_photos = [photo_id for photo_id in manifest.photos if photo_id not in held]
    missing_photos += [photo.id for photo in photos if photo.stored_at is None and photo.id not in manifest.photos]
    stale += [f"photo/{photo_id}" for photo_id, sha256 in held.items() if manifest.photos.get(photo_id) != sha256]
    found = {"stale": stale, "missing_photos": sorted(map(str, missing_photos))}
    return {name: ids for name, ids in found.items() if ids}


def _gaps(visit: Visit, audit: Audit, heads: dict[tuple[str, str], Head]) -> dict[str, Any]:
    """What the checklist still asks for."""
    gaps = results.gaps(audit)
    found = {
        "unanswered": list(gaps.unanswered),
        "without_evidence": list(gaps.without_evidence),
        "open_conflicts": list(gaps.in_conflict),
        "grades": live.unfitting_grades(
            visit.checklist, live.answers_from({key: head.value for key, head in heads.items()})
        ),
    }
    return {name: ids for name, ids in found.items() if ids}


def _keep(visit: Visit, asked: Finalise, said: dict[str, Any], *, actor: Actor, at: datetime) -> None:
    """The end is an operation like the others, so that repeating it gives the same answer."""
    visit.cursor += 1
    db.session.execute(
        insert(Operation).values(
            op_id=asked.op_id,
            audit_id=visit.audit_id,
            cursor=visit.cursor,
            device_id=f"finalise:{asked.device_id}"[:64],
            seq=0,
            kind=KIND,
            payload=said,
            payload_digest=fingerprint(said),
            result={"status": Status.APPLIED},
            actor_id=actor.id,
            received_at=at,
        )
    )
    db.session.execute(update(Audit).where(Audit.id == visit.audit_id).values(cursor=visit.cursor))
