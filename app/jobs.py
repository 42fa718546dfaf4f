"""What runs later: a queue kept in the same database, so that a job exists exactly when its change does.

A job row is written in the transaction of the change. A worker leases due jobs one by one; a killed worker's lease
runs out and the job is taken again, so handlers must be idempotent. Handlers run in the worker process only.
"""

import threading
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from flask import Flask
from sqlalchemy import String, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Entity, begin_writing, by_value, db

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 5
IDLE_SECONDS = 0.3
KEEP_DONE = timedelta(days=30)

Handler = Callable[[dict[str, Any]], None]
log = structlog.get_logger()


class JobState(StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Entity):
    """One thing to do later."""

    __tablename__ = "job"

    kind: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]]
    unique_key: Mapped[str | None] = mapped_column(String(120), unique=True, comment="same key, same job: queued once")
    state: Mapped[JobState] = mapped_column(by_value(JobState), default=JobState.WAITING, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")


def queue(kind: str, payload: dict[str, Any], *, at: datetime, unique_key: str | None = None) -> None:
    """Add a job in the caller's transaction; with a ``unique_key`` that exists already, add nothing."""
    if unique_key and db.session.scalar(select(Job.id).where(Job.unique_key == unique_key)):
        return
    db.session.add(Job(kind=kind, payload=payload, due_at=at, unique_key=unique_key))
    db.session.flush()


def counts() -> dict[JobState, int]:
    """How many jobs are in each state, zeros included."""
    found = db.session.execute(select(Job.state, func.count()).group_by(Job.state)).all()
    return dict.fromkeys(JobState, 0) | {row[0]: row[1] for row in found}


def list_failed(*, limit: int) -> Sequence[Job]:
    """Jobs that were given up, the newest first."""
    failed = select(Job).where(Job.state == JobState.FAILED)
    return db.session.scalars(failed.order_by(Job.finished_at.desc(), Job.id).limit(limit)).all()


def retry_failed(*, at: datetime) -> int:
    """Queue everything that was given up once more; returns how many jobs."""
    again = update(Job).where(Job.state == JobState.FAILED)
    changed = again.values(state=JobState.WAITING, attempts=0, due_at=at, finished_at=None).returning(Job.id)
    return len(db.session.execute(changed).all())


def lease_next(now: datetime) -> Job | None:
    """Take the next due job, or one whose worker died. Commits, so that others see the lease."""
    free = or_(
        Job.state == JobState.WAITING,
        (Job.state == JobState.RUNNING) & (Job.leased_until < now),
    )
    waiting = select(Job.id).where(free, Job.due_at <= now).order_by(Job.due_at, Job.id).limit(1)
    if db.session.scalar(waiting) is None:
        db.session.rollback()
        return None
    db.session.rollback()
    begin_writing()
    job_id = db.session.scalar(waiting.with_for_update(skip_locked=True))
    if job_id is None:
        db.session.rollback()
        return None
    db.session.execute(
        update(Job)
        .where(Job.id == job_id)
        .values(state=JobState.RUNNING, leased_until=now + LEASE, attempts=Job.attempts + 1)
    )
    db.session.commit()
    return db.session.get(Job, job_id)


def run(job: Job, handlers: dict[str, Handler]) -> None:
    """Run a leased job and record how it ended. A failure is kept with its reason and tried again later."""
    job_id, kind, payload, attempts = job.id, job.kind, dict(job.payload), job.attempts
    db.session.rollback()
    try:
        handlers[kind](payload)
    except Exception as error:  # a broken job must not stop the others; it is logged and tried again
        db.session.rollback()
        log.exception("job failed", kind=kind, job=str(job_id), attempt=attempts)
        _finish(job_id, error=f"{type(error).__name__}: {error}", attempts=attempts)
    else:
        _finish(job_id)


def _finish(job_id: uuid.UUID, *, error: str = "", attempts: int = 0) -> None:
    now = datetime.now(UTC)
    again = bool(error) and attempts < MOST_ATTEMPTS
    state = JobState.WAITING if again else JobState.FAILED if error else JobState.DONE
    values: dict[str, Any] = {"state": state, "leased_until": None, "error": error[:2000]}
    if again:
        values["due_at"] = now + timedelta(seconds=10 * 3**attempts)
    else:
        values["finished_at"] = now
    begin_writing()
    db.session.execute(update(Job).where(Job.id == job_id).values(**values))
    db.session.commit()


def run_due(app: Flask, handlers: dict[str, Handler]) -> int:
    """Run everything that is due now; returns how many jobs ran. Tests and commands use it."""
    count = 0
    with app.app_context():
        while (job := lease_next(datetime.now(UTC))) is not None:
            run(job, handlers)
            count += 1
    return count


def run_worker(app: Flask, handlers: dict[str, Handler], stop: threading.Event) -> None:
    """Work until told to stop."""
    while not stop.is_set():
        try:
            worked = run_due(app, handlers)
        except Exception:  # the database may be away for a moment: say so and go on
            log.exception("worker could not take a job")
            worked = 0
            time.sleep(1)
        if not worked:
            stop.wait(IDLE_SECONDS)
