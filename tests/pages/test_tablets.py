"""The office's pages of tablets: where audits live, alarms, and rescue files."""

import base64
import hashlib
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import User
from app.accounts.permissions import Role
from app.audits.meetings import CLOSING
from app.audits.models import Answer, Audit, Operation, Photo
from app.audits.service import finish_audit
from app.db import db
from app.history import HistoryRecord
from app.tablets.models import RescueFile, TabletLog, TabletLoss
from app.tablets.models import Tablet as NotedTablet
from app.web import now
from tests.factories import make_user, sign_in_as
from tests.page import Page, Visitor, held_values, text_of
from tests.tablets import OURS, Tablet
from tests.visits import jpeg, make_audit, new_id


@pytest.fixture
def maja(app: Flask) -> Visitor:
    client = app.test_client()
    sign_in_as(client, make_user(Role.COORDINATOR, name="Maja Nowicka"))
    return Visitor(client)


def count(model: Any) -> int:
    return int(db.session.scalar(select(func.count()).select_from(model)) or 0)


def cells(page: Page) -> list[str]:
    """The words of the table, without the first of each row."""
    return [text_of(cell) for cell in page.all("td")]


def test_the_office_sees_which_audit_lives_on_whose_tablet(maja: Visitor, tablet: Tablet) -> None:
    assert "WTZ „Wiatraki”" not in maja.get("/tablets").text
    tablet.take(tablet.score("EKO-ZAR-01", 3))
    page = maja.get("/tablets")
    assert cells(page) == ["Iga Lewandowska", "tablet-1", "Wszystko wysłane", "przed chwilą", "–"]
    assert "WTZ „Wiatraki”" in page.links


def test_the_office_asks_a_tablet_for_its_log_and_reads_it(maja: Visitor, tablet: Tablet, audit: Audit) -> None:
    tablet.take(tablet.score("EKO-ZAR-01", 3))
    page = maja.get(maja.get("/tablets").links["tablet-1"])
    assert "WTZ „Wiatraki”" in page.links
    page = maja.send(page)
    assert "Przyjdzie, gdy" in page.text
    events = [
        {"at": "2026-12-04T10:02:11.000Z", "event": "opened", "audit": str(audit.id), "online": True},
        {"at": "2026-12-04T10:07:30.000Z", "event": "trouble", "trouble": "offline"},
        {"at": "2026-12-04T11:00:00.000Z", "event": "of a later app"},
    ]
    told = {"device_id": "tablet-1", "events": events}
    assert tablet.client.post("/api/v1/tablets/log", json=told, headers=OURS).status_code == 200
    page = maja.get("/tablets/device?id=tablet-1")
    log = list(page.root.iter("table"))[-1]
    assert [text_of(cell) for cell in log.iter() if cell.get("data-label")] == [
        *("4 grudnia 2026, 12:00", "of a later app", "–"),
        *("4 grudnia 2026, 11:07", "Serwer nie odpowiada", "–"),
        *("4 grudnia 2026, 11:02", "Otwarto audyt", "WTZ „Wiatraki”"),
    ]
    assert "Poproś o nowy dziennik" in page.text
    assert db.session.scalars(select(HistoryRecord.tag)).all()[-1] == "tablet:ask_log"


def test_a_tablet_that_nobody_has_is_not_found_and_not_asked(maja: Visitor, tablet: Tablet) -> None:
    tablet.take(tablet.score("EKO-ZAR-01", 3))
    for path in ("/tablets/device", "/tablets/device?id=tablet-9"):
        maja.get(path, 404)
    form = maja.get("/tablets/device?id=tablet-1").form()
    assert maja.client.post("/tablets/device/log?id=tablet-9", data=held_values(form)).status_code == 404
    assert count(TabletLog) == 0


def test_work_that_waits_and_a_long_silence_are_shown(maja: Visitor, tablet: Tablet) -> None:
    tablet.send(pending_after=12, app="1.4.0")
    noted = db.session.scalars(select(NotedTablet)).one()
    assert "12 zmian czeka" in maja.get("/tablets").text
    noted.seen_at = noted.unsent_since = now() - timedelta(days=3, minutes=1)
    page = maja.get("/tablets")
    assert "3 dni temu" in page.text
    assert "niewysłana praca od" in page.text


def test_a_missing_number_is_an_alarm_until_it_arrives(maja: Visitor, tablet: Tablet) -> None:
    ops = [tablet.score("EKO-ZAR-01", level) for level in (1, 2, 3)]
    tablet.take(ops[0], ops[2])
    assert "Brakuje zmiany" in maja.get("/tablets").text
    tablet.take(ops[1])
    assert "Brakuje zmiany" not in maja.get("/tablets").text


def test_the_start_page_leads_to_tablets_that_need_somebody(maja: Visitor, tablet: Tablet) -> None:
    tablet.send(pending_after=2)
    assert "Tablety, którymi trzeba się zająć" not in maja.get("/").text
    noted = db.session.scalars(select(NotedTablet)).one()
    noted.unsent_since = noted.seen_at = now() - timedelta(days=3, minutes=1)
    assert "Tablety, którymi trzeba się zająć" in maja.get("/").text


def test_a_finished_audit_leaves_the_list_unless_a_tablet_still_holds_work(
    maja: Visitor, tablet: Tablet, audit: Audit, iga: User
) -> None:
    tablet.take(tablet.score("EKO-ZAR-01", 3))
    tablet.device_id, tablet.seq = "other", 0
    tablet.send(pending_after=2)
    finish_audit(audit, actor=iga.actor, at=now())
    page = maja.get("/tablets")
    assert "2 zmiany czekają" in page.text
    assert "tablet-1" not in page.text


def test_lost_work_is_an_alarm_until_somebody_has_looked_after_it(maja: Visitor, iga: User) -> None:
    db.session.add(TabletLoss(user_id=iga.id, device_id="t", expected=12, found=0, reported_at=now()))
    page = maja.get("/tablets")
    assert "Iga Lewandowska: tablet zgubił zapisaną pracę" in page.text
    assert "12" in page.text
    page = maja.send(page)
    assert "zgubił" not in page.text
    assert db.session.scalars(select(HistoryRecord.tag)).all()[-1] == "tablet:settle_loss"


def test_the_list_takes_as_many_queries_for_many_tablets(
    maja: Visitor, iga: User, query_count: Callable[[], Any], app: Flask
) -> None:
    client = app.test_client()
    sign_in_as(client, iga)
    counts = []
    for number in (2, 6):
        for audit in [make_audit(iga) for _ in range(number)]:
            tablet = Tablet(client, audit, new_id())
            tablet.take(tablet.score("EKO-ZAR-01", 3))
            tablet.send(pending_after=1)
        with query_count() as queries:
            maja.get("/tablets")
        counts.append(int(queries))
    assert counts[0] == counts[1] <= 8


class Rescued:
    """A tablet that could not send, and the file that it saved."""

    def __init__(self, tablet: Tablet, audit: Audit, author: User) -> None:
        self.tablet, self.audit, self.author = tablet, audit, author
        self.ops = [tablet.score("EKO-ZAR-01", 3), tablet.score("EKO-ZAR-02", 4)]
        self.photo_id, self.content = new_id(), jpeg()
        self.ops.append(tablet.announce(self.photo_id, self.content))

    def file(self, **changed: Any) -> bytes:
        said = {
            "format": "base-rescue",
            "version": 1,
            "user_id": str(self.author.id),
            "device_id": self.tablet.device_id,
            "audits": [{"audit_id": str(self.audit.id), "ops": self.ops, "photos": [self.photo()]}],
        }
        return json.dumps({**said, **changed}).encode()

    def photo(self, **changed: str) -> dict[str, str]:
        sha256 = hashlib.sha256(self.content).hexdigest()
        encoded = base64.b64encode(self.content).decode()
        return {"id": self.photo_id, "sha256": sha256, "mime": "image/jpeg", "bytes_base64": encoded, **changed}

    def audit_with(self, **changed: Any) -> list[dict[str, Any]]:
        return [{"audit_id": str(self.audit.id), "ops": self.ops, "photos": [self.photo()], **changed}]


@pytest.fixture
def rescued(tablet: Tablet, audit: Audit, iga: User) -> Rescued:
    return Rescued(tablet, audit, iga)


def upload(maja: Visitor, content: bytes, status: int = 200) -> Page:
    return maja.send(maja.get("/tablets/rescue"), {"file": (io.BytesIO(content), "base-rescue.json")}, status=status)


def test_a_rescue_file_is_looked_at_before_it_is_taken_over(maja: Visitor, rescued: Rescued) -> None:
    page = upload(maja, rescued.file())
    assert "Iga Lewandowska" in page.text
    assert cells(page) == ["3", "3", "1", "1"]
    assert count(Operation) == 0
    page = maja.send(page)
    assert "zmiany, które obowiązują: 3, zdjęcia: 1" in page.text
    assert cells(page) == ["3", "0", "1", "0"]


def test_what_is_taken_over_is_the_authors_and_the_history_says_who_brought_it(
    maja: Visitor, rescued: Rescued, iga: User
) -> None:
    maja.send(upload(maja, rescued.file()))
    assert set(db.session.scalars(select(Operation.actor_id))) == {iga.id}
    assert set(db.session.scalars(select(Answer.by_id))) == {iga.id}
    assert db.session.scalars(select(Photo.stored_at)).one() is not None
    record = db.session.scalars(select(HistoryRecord)).one()
    assert (record.tag, record.actor_name, record.after["person"]) == (
        "tablet:take_rescue_file",
        "Maja Nowicka",
        "Iga Lewandowska",
    )
    assert (record.after["operations"], record.after["photos"]) == (3, 1)


def test_taking_the_same_file_over_twice_changes_nothing(maja: Visitor, rescued: Rescued) -> None:
    page = upload(maja, rescued.file())
    maja.send(page)
    before = (rescued.tablet.bundle(), count(Operation), count(HistoryRecord))
    token = maja.get("/tablets/rescue").all("input", name="csrf_token")[0].get("value")
    again = maja.client.post(
        f"/tablets/rescue/{db.session.scalars(select(RescueFile.id)).one()}", data={"csrf_token": token}
    )
    assert again.status_code == 302
    after = (rescued.tablet.bundle(), count(Operation), count(HistoryRecord))
    assert before[1:] == after[1:]
    assert before[0]["answers"] == after[0]["answers"]


def test_a_tablet_that_recovers_and_sends_too_gets_the_same_answers(maja: Visitor, rescued: Rescued) -> None:
    maja.send(upload(maja, rescued.file()))
    results = rescued.tablet.take(*rescued.ops)["results"]
    assert [one["status"] for one in results] == ["applied"] * 3
    assert rescued.tablet.put(rescued.photo_id, rescued.content).status_code == 200
    assert count(Operation) == 3


def test_a_signature_is_rescued_too(maja: Visitor, rescued: Rescued) -> None:
    photo = {"id": rescued.photo_id, "criterion": CLOSING, "kind": "signature", "mime": "image/png"}
    described = {"sha256": rescued.photo()["sha256"], "bytes": len(rescued.content)}
    signature = {"signer": "Anna Próbna", "role": "", "digest": "a" * 64}
    rescued.ops = [rescued.tablet.op("photo.add", photo={**photo, **described}, signature=signature)]
    maja.send(upload(maja, rescued.file()))
    assert db.session.scalars(select(Photo)).one().signature["signer"] == "Anna Próbna"  # type: ignore[index]  # it is one


def test_work_of_somebody_whose_account_was_closed_since_is_taken_over(
    maja: Visitor, rescued: Rescued, iga: User
) -> None:
    iga.active, iga.role_names = False, []
    maja.send(upload(maja, rescued.file()))
    assert set(db.session.scalars(select(Operation.actor_id))) == {iga.id}


def test_what_comes_after_the_end_of_a_visit_is_kept_but_changes_nothing(
    maja: Visitor, rescued: Rescued, audit: Audit, iga: User
) -> None:
    finish_audit(audit, actor=iga.actor, at=now())
    page = upload(maja, rescued.file())
    assert "jest zakończony" in page.text
    page = maja.send(page)
    assert "nie przejęto: 4" in page.text
    assert (count(Operation), count(Answer), count(Photo)) == (3, 0, 0)


def test_another_answer_given_meanwhile_is_a_question(maja: Visitor, rescued: Rescued, audit: Audit, iga: User) -> None:
    other = Tablet(rescued.tablet.client, audit, "tablet-2")
    other.take(other.score("EKO-ZAR-01", 1))
    page = maja.send(upload(maja, rescued.file()))
    assert "dwie odpowiedzi: 1" in page.text
    assert rescued.tablet.bundle()["conflicts"][0]["value"] == 3


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda _one: b"", "nie da się go odczytać"),
        (lambda _one: b"\xff\xd8\xff", "nie da się go odczytać"),
        (lambda _one: b"[" * 100_000, "nie da się go odczytać"),
        (lambda _one: b"[]", "To nie jest plik ratunkowy"),
        (lambda one: one.file(format="other"), "To nie jest plik ratunkowy"),
        (lambda one: one.file(version=2), "ma wersję 2"),
        (lambda one: one.file(user_id="17"), "user_id"),
        (lambda one: one.file(user_id=new_id()), "Nikt, kto ma tu konto"),
        (lambda one: one.file(audits=[]), "audits"),
        (lambda one: one.file(audits=one.audit_with(audit_id=new_id())), "którego tu nie ma"),
        (lambda one: one.file(audits=one.audit_with(photos=[one.photo(bytes_base64="%%%")])), "uszkodzone"),
        (lambda one: one.file(audits=one.audit_with(photos=[one.photo(sha256="0" * 64)])), "nie jest tym"),
    ],
)
def test_a_bad_file_is_refused_with_the_reason_and_changes_nothing(
    maja: Visitor, rescued: Rescued, spoil: Callable[[Rescued], bytes], said: str
) -> None:
    page = upload(maja, spoil(rescued), status=422)
    assert said in page.text
    assert (count(RescueFile), count(Operation)) == (0, 0)


def test_a_file_of_somebody_who_was_not_on_the_team_is_refused(maja: Visitor, rescued: Rescued) -> None:
    rescued.author = make_user(Role.AUDITOR, name="Olaf Zieliński")
    assert "Olaf Zieliński nie należy do zespołu" in upload(maja, rescued.file(), status=422).text


def test_a_file_may_be_larger_than_other_uploads_but_not_than_60_mb(maja: Visitor, rescued: Rescued) -> None:
    assert "Iga Lewandowska" in upload(maja, rescued.file() + b" " * 20_000_000).text
    headers = {"Content-Length": "60200000", "Content-Type": "multipart/form-data; boundary=b"}
    page = Page(maja.client.post("/tablets/rescue", data=b"--b", headers=headers))
    assert page.status == 422
    assert "60 MB" in page.text


def test_a_form_without_its_token_is_refused(maja: Visitor, rescued: Rescued) -> None:
    answer = maja.client.post("/tablets/rescue", data={"file": (io.BytesIO(rescued.file()), "x.json")})
    assert answer.status_code == 422
    assert count(RescueFile) == 0


def test_a_newer_file_takes_the_place_of_the_earlier_one(maja: Visitor, rescued: Rescued) -> None:
    first = upload(maja, rescued.file())
    upload(maja, rescued.file(device_id="tablet-9"))
    assert count(RescueFile) == 1
    assert maja.client.get(first.response.request.path).status_code == 404
