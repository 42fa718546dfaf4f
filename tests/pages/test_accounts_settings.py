"""The settings page: the organisation, the effective settings without secrets, the jobs."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import jobs
from app.accounts.effective import LABELS
from app.accounts.models import Organisation, User
from app.accounts.permissions import Role
from app.config import Settings
from app.db import db
from app.history import HistoryRecord
from app.jobs import Job, JobState
from app.web import now
from tests.factories import make_user, sign_in_as
from tests.page import Visitor


@pytest.fixture
def kuba(visitor: Visitor) -> User:
    """The administrator, signed in."""
    user = make_user(Role.ADMINISTRATOR, name="Kuba Dąbrowski")
    sign_in_as(visitor.client, user)
    return user


def test_the_organisation_is_changed_and_the_change_recorded(visitor: Visitor, kuba: User) -> None:
    page = visitor.send(visitor.get("/settings"), {"address": "ul. Długa 1, 80-001 Gdańsk"}, form="/settings")
    assert "Zapisano." in page.text
    assert db.session.scalar(select(Organisation.address)) == "ul. Długa 1, 80-001 Gdańsk"
    entry = db.session.scalars(select(HistoryRecord)).one()
    assert (entry.tag, entry.after) == ("organisation:edit", {"address": "ul. Długa 1, 80-001 Gdańsk"})


def test_who_saw_an_old_version_is_told_so(visitor: Visitor, kuba: User) -> None:
    first, second = visitor.get("/settings"), visitor.get("/settings")
    visitor.send(first, {"address": "Gdańsk"}, form="/settings")
    visitor.send(second, {"address": "Gdynia"}, form="/settings", status=409)
    assert db.session.scalar(select(Organisation.address)) == "Gdańsk"


def test_a_wrong_address_is_explained(visitor: Visitor, kuba: User) -> None:
    page = visitor.send(visitor.get("/settings"), {"website": "helisa"}, form="/settings", status=422)
    assert page.errors() == ["Podaj pełny adres, na przykład https://example.org."]


def test_secrets_are_never_shown(app: Flask, visitor: Visitor, kuba: User) -> None:
    hidden = {"secret_key": "k" * 40, "mail_password": "very-secret", "database_url": ""}
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update=hidden)
    page = visitor.get("/settings")
    assert "very-secret" not in page.source
    assert "kkkk" not in page.source
    assert app.config["SECRET_KEY"] not in page.source
    assert "BASE_MAIL_PASSWORD" in page.source


def test_every_setting_has_a_name_for_people() -> None:
    assert set(LABELS) == set(Settings.model_fields)


def test_failed_jobs_are_shown_and_tried_again(visitor: Visitor, kuba: User) -> None:
    jobs.queue("mail.send", {}, at=now())
    job = db.session.scalars(select(Job)).one()
    job.state, job.attempts, job.error = JobState.FAILED, 5, "SMTPServerDisconnected: gone"
    job.finished_at = now() - timedelta(hours=1)
    page = visitor.get("/settings")
    assert "SMTPServerDisconnected: gone" in page.text
    visitor.send(page, form="/settings/jobs/retry")
    db.session.refresh(job)
    assert (job.state, job.attempts) == (JobState.WAITING, 0)
