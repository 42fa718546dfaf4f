"""Lists at 100 and 100,000 rows, audits among 20 and 2,000: pages must not slow down as the foundation grows."""

import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from app import create_app
from app.accounts import sign_ins
from app.accounts.models import User
from app.audits.models import Audit
from app.audits.states import AuditState
from app.config import Settings
from app.db import db
from app.demo.service import load_demo
from app.limits import limiter
from app.migrations import upgrade
from app.web import now
from benchmarks.crowd import multiply
from benchmarks.table import Row

SMALL, LARGE = 100, 100_000
FEW_AUDITS, MANY_AUDITS = 20, 2_000
ANSWERS = 5_000
ROUNDS = 25
Work = Callable[[], object]
LISTS = {"suppliers": ("maja", "/suppliers"), "cases": ("maja", "/cases"), "register": ("", "/register")}
NARROWED = {"cases, one state": ("maja", "/cases?state=certified"), "certificates": ("robert", "/certificates")}
FILLS_A_PAGE = "900"
SEARCHES = {
    "one name": "cicha+garncarnia+64507",
    "a word of 10 %": "garncarnia",
    "two words of 10 %": "szuflada+slupsk",
    "two words of 10 % that no row has both": "morska+zielona",
    "a beginning that every row has": FILLS_A_PAGE,
    "one letter": "s",
}
DASHBOARDS = ("maja", "iga", "robert", "hanna", "kuba", "ada")


def measure() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        small, large = crowded(Path(folder) / "small", SMALL), crowded(Path(folder) / "large", LARGE)
        yield from compared(small, large)
        few_audits = crowded(Path(folder) / "few", FEW_AUDITS, answers=True)
        many_audits = crowded(Path(folder) / "many", MANY_AUDITS, answers=True)
        for name, work in (("open", _open), ("save in", _save)):
            few, many = medians_ms(work(few_audits), work(many_audits))
            label = f"{name} an audit: {MANY_AUDITS:,} to {FEW_AUDITS} audits"
            yield Row(label, many / few, 1.2, detail=f"{many:.1f} ms to {few:.1f} ms")
        yield _busy_tablet(few_audits)
        slowest = max((median_ms(_page(many_audits, person, "/")), person) for person in DASHBOARDS)
        yield Row(f"slowest dashboard over {MANY_AUDITS:,} cases", slowest[0], 100, "ms", slowest[1])


def compared(small: Flask, large: Flask) -> Iterator[Row]:
    """The pages of the large database against those of the small one; both have fifty rows.

    A search among the large is compared with one among the small that fills its page too: the same words would find a
    row or two there, and a page of two rows is drawn faster.
    """
    for name, (person, path) in (LISTS | NARROWED).items():
        few, many = medians_ms(_page(small, person, path), _page(large, person, path))
        yield _ratio(f"list of {name}", few, many)
    for name, (person, path) in LISTS.items():
        searches = [_page(large, person, f"{path}?q={words}") for words in SEARCHES.values()]
        few, *found = medians_ms(_page(small, person, f"{path}?q={FILLS_A_PAGE}"), *searches)
        for words, many in zip(SEARCHES, found, strict=True):
            yield _ratio(f"{name} searched, {words}", few, many)


def _ratio(name: str, few: float, many: float) -> Row:
    return Row(f"{name}: {LARGE:,} to {SMALL} rows", many / few, 1.5, detail=f"{many:.1f} ms to {few:.1f} ms")


def crowded(folder: Path, copies: int, *, answers: bool = False, database_url: str = "") -> Flask:
    """An application whose database holds the demo and so many copies of a supplier; nobody is told to slow down."""
    app = create_app(Settings(environment="test", data_dir=folder, log_level="error", database_url=database_url))
    limiter.enabled = False
    with app.app_context():
        upgrade(db.engine)
        load_demo(now())
        multiply(copies, answers=answers)
    return app


def _page(app: Flask, person: str, path: str) -> Work:
    client = app.test_client()
    headers = signed_in(app, client, person) if person else {}
    return lambda: client.get(path, headers=headers)


def _open(app: Flask) -> Work:
    client, audit = app.test_client(), open_audit(app)
    headers = signed_in(app, client, "iga")
    return lambda: client.get(f"/api/v1/audits/{audit}/bundle", headers=headers)


def _busy_tablet(app: Flask) -> Row:
    """A tablet that has sent thousands of answers against one that begins."""
    new, old = _save(app, "EKO-ENE-03"), _save(app, "EKO-ENE-04")
    for _answer in range(ANSWERS):
        old()
    few, many = medians_ms(new, old)
    label = f"save an answer: after {ANSWERS:,} of the same tablet to the first ones"
    return Row(label, many / few, 1.2, detail=f"{many:.1f} ms to {few:.1f} ms")


def _save(app: Flask, criterion: str = "EKO-ENE-04") -> Work:
    client, device, count = app.test_client(), uuid.uuid4().hex, iter(range(1, 10**6))
    headers, audit = signed_in(app, client, "iga"), open_audit(app)
    standing = client.get(f"/api/v1/audits/{audit}/bundle", headers=headers).get_json()["answers"]
    fields = {(one["criterion"], one["field"]): one["head_op"] for one in standing}
    head: list[str | None] = [fields.get((criterion, "score"))]

    def save() -> object:
        seq, op_id = next(count), str(uuid.uuid4())
        operation = {
            "op_id": op_id, "seq": seq, "kind": "answer.set", "criterion": criterion, "field": "score",
            "value": str(seq % 4), "base_op": head[0],
        }  # fmt: skip
        head[0] = op_id
        batch = {"proto": 1, "device_id": device, "cursor": 10**6, "pending_after": 0, "ops": [operation]}
        return client.post(f"/api/v1/audits/{audit}/ops", json=batch, headers=headers)

    return save


def median_ms(work: Work) -> float:
    """The median time of some calls after three that are not counted; raises when an answer is no success."""
    return medians_ms(work)[0]


def medians_ms(*works: Work) -> list[float]:
    """The same for several, called in turns, so that whatever else the machine does weighs on all of them."""
    times: list[list[float]] = [[] for _ in works]
    for number in range(ROUNDS + 3):
        for work, spent in zip(works, times, strict=True):
            begin = time.perf_counter()
            answer = work()
            spent.append((time.perf_counter() - begin) * 1000)
            status = getattr(answer, "status_code", 0)
            if status != 200:
                raise RuntimeError(f"a measured page answered {status}")
            if number < 3:
                spent.clear()
    return [statistics.median(spent) for spent in times]


def signed_in(app: Flask, client: object, person: str) -> dict[str, str]:
    with app.app_context():
        user = db.session.execute(select(User).where(User.email == f"{person}@base.example.org")).scalar_one()
        opened = sign_ins.open_sign_in(user, device="benchmark", address="127.0.0.1", at=now())
        marks = {"_user_id": user.fs_uniquifier, "_fresh": True, "sign_in": str(opened.id), "fs_paa": now().timestamp()}
        db.session.commit()
    with client.session_transaction() as session:  # type: ignore[attr-defined]  # Flask's test client
        session.permanent = True
        session.update(marks)
    return {"X-Audit-Client": "1", "Origin": "http://localhost"}


def open_audit(app: Flask) -> str:
    with app.app_context():
        return str(db.session.scalar(select(Audit.id).where(Audit.state == AuditState.IN_PROGRESS).order_by(Audit.id)))
