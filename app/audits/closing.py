"""The end of the visit: does the server hold exactly what the tablet shows, and is everything answered?"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from app.accounts.permissions import Actor
from app.audits import findings, live, results
from app.audits.intake import Key
from app.audits.meetings import CLOSING
from app.audits.merge import Head, Status, empty
from app.audits.models import Audit, Operation
from app.audits.past import heads_of
from app.audits.signatures import changed_after_signature, digest_standing, standing_pictures
from app.audits.visits import Visit
from app.audits.wire import Finalise, Manifest, fingerprint
from app.db import db

KIND = "finalise"


def finalise(visit: Visit, asked: Finalise, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """Finish the audit, or say what stands in the way.

    Signatures bound to something else than what stands are named and keep the audit open, unless the person confirmed
    that, or noted why there are no signatures.

    Returns:
        Nothing when the audit is finished (now, or by the same operation before); else lists by what is missing.
    """
    known = db.session.execute(
        select(Operation.payload_digest, Operation.kind).where(Operation.op_id == asked.op_id)
    ).first()
    said = asked.model_dump(mode="json", exclude_unset=True)
    if known is not None:
        return {} if tuple(known) == (fingerprint(said), KIND) else {"code": "op_reuse"}
    if visit.closed:
        return {"code": "closed"}
    heads = heads_of(visit.audit_id)
    audit = db.session.get_one(Audit, visit.audit_id)
    pictures = standing_pictures(visit.audit_id)
    if missing := _differences(asked.manifest, heads, pictures) | _gaps(visit, audit, heads):
        return missing
    if not (asked.confirmed or _unsigned(heads)) and (changed := changed_after_signature(heads, pictures)):
        return {"changed_after_signature": changed, "digest": digest_standing(heads, pictures)}
    findings.close_visit(audit, actor=actor, at=at)
    db.session.flush()
    _keep(visit, asked, said, actor=actor, at=at)
    return {}


def signed(visit: Visit) -> dict[str, Any]:
    """What the signatures are bound to at the end, and those that are bound to something else."""
    heads, pictures = heads_of(visit.audit_id), standing_pictures(visit.audit_id)
    changed = changed_after_signature(heads, pictures)
    return {"digest": digest_standing(heads, pictures), "changed_after_signature": changed}


def _unsigned(heads: Mapping[Key, Head]) -> bool:
    reason = heads.get((CLOSING, "unsigned"))
    return reason is not None and not empty(reason.value)


def _differences(manifest: Manifest, heads: Mapping[Key, Head], pictures: Sequence[Row[Any]]) -> dict[str, Any]:
    """Where the tablet and the server disagree about what stands."""
    here = {f"{criterion}/{field}": head.op_id for (criterion, field), head in heads.items() if not empty(head.value)}
    there = {name: str(op_id) for name, op_id in manifest.answers.items()}
    cleared = {f"{criterion}/{field}": head.op_id for (criterion, field), head in heads.items() if empty(head.value)}
    stale = sorted(name for name in here.keys() | there.keys() if here.get(name, cleared.get(name)) != there.get(name))
    known = manifest.photos | manifest.signatures
    held = {picture.id: picture.sha256 for picture in pictures if picture.stored_at is not None}
    missing_photos = [photo_id for photo_id in known if photo_id not in held]
    missing_photos += [picture.id for picture in pictures if picture.stored_at is None and picture.id not in known]
    stale += [f"photo/{photo_id}" for photo_id, sha256 in held.items() if known.get(photo_id) != sha256]
    found = {"stale": stale, "missing_photos": sorted(map(str, missing_photos))}
    return {name: ids for name, ids in found.items() if ids}


def _gaps(visit: Visit, audit: Audit, heads: Mapping[Key, Head]) -> dict[str, Any]:
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
