"""What monitoring asks."""

from flask.testing import FlaskClient

from tests.page import Visitor


def test_the_process_answers(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}


def test_it_is_ready_when_the_database_answers(client: FlaskClient) -> None:
    assert client.get("/readyz").json == {"status": "ok"}


def test_an_unknown_address_gets_a_page_that_says_so(visitor: Visitor) -> None:
    page = visitor.get("/there-is-no-such-page", status=404)
    assert page.h1


def test_every_answer_forbids_inline_script_and_framing(client: FlaskClient) -> None:
    headers = client.get("/healthz").headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
