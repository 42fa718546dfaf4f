"""The app on tablets as the server gives it out: the same for everyone, everywhere under /app/, complete, versioned."""

import json
import re
import struct
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.accounts.permissions import Role
from app.audits import tablet_shell
from app.audits.tablet_words import words_json
from app.config import Settings
from tests.factories import make_user, sign_in_as
from tests.page import Page
from tests.visits import new_id

STATIC = Path(__file__).resolve().parents[2] / "app" / "static"


def listed(worker: str) -> dict[str, object]:
    """What the worker is told to keep."""
    found = re.match(r"self\.SHELL = (\{.*\});\n", worker)
    assert found
    said: dict[str, object] = json.loads(found[1])
    return said


def png_size(content: bytes) -> tuple[int, int]:
    assert content.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def test_the_page_is_the_same_for_everyone_everywhere(app: Flask, client: FlaskClient) -> None:
    anonymous = Page(client.get("/app/"))
    pages = {anonymous.source}
    for role, language in ((Role.AUDITOR, "pl"), (Role.COORDINATOR, "en"), (Role.SUPPLIER_CONTACT, "pl")):
        person = make_user(role, name="Iga Lewandowska", language=language)
        one = app.test_client()
        sign_in_as(one, person)
        pages |= {one.get(f"/app/audits/{new_id()}").text, one.get("/app/anything/else").text}
    assert len(pages) == 1
    assert "Lewandowska" not in anonymous.source
    assert "csrf" not in anonymous.source


def test_the_page_speaks_both_languages_until_the_words_are_there(client: FlaskClient) -> None:
    text = Page(client.get("/app/")).text
    assert "Otwieram…" in text
    assert "Opening…" in text


@pytest.mark.parametrize(("language", "word"), [("pl", "nie dotyczy"), ("en", "not applicable")])
def test_the_words_are_a_file_for_each_language_kept_for_good(client: FlaskClient, language: str, word: str) -> None:
    folder = re.search(r'data-words="([^"]+)"', client.get("/app/").text)
    assert folder
    answer = client.get(f"{folder[1]}{language}.json")
    assert answer.get_json()["na"] == word
    assert "immutable" in answer.headers["Cache-Control"]
    assert client.get(f"/app/words/000000000000/{language}.json").status_code == 404


def test_what_encodes_photos_is_kept_for_good_under_the_address_of_its_version(client: FlaskClient) -> None:
    named = re.search(r'data-encoder="([^"]+)"', client.get("/app/").text)
    assert named
    answer = client.get(named[1])
    assert "createImageBitmap" in answer.text
    assert "immutable" in answer.headers["Cache-Control"]
    assert client.get("/app/encoder/000000000000.js").status_code == 404


def test_both_languages_have_the_same_words(client: FlaskClient) -> None:
    polish, english = (json.loads(words_json(language)) for language in ("pl", "en"))
    assert polish.keys() == english.keys()
    assert polish["home_open"] != english["home_open"]


def test_the_worker_lists_every_script_and_sheet_of_the_folder(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tablet_shell, "MADE_FROM", "nothing.json")
    answer = client.get("/app/sw.js")
    files = listed(answer.text)["files"]
    assert isinstance(files, list)
    for path in [*(STATIC / "tablet").rglob("*.js"), *(STATIC / "tablet").glob("*.css"), STATIC / "vendor" / "idb.js"]:
        name = path.relative_to(STATIC).as_posix()
        assert any(file.endswith(f"/{name}") for file in files), name
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.mimetype == "text/javascript"


def test_the_packed_files_count_only_when_they_were_made_from_these_sources(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sources = ["tablet/dom.js", "tablet/start.js", "tablet/tablet.css", "tokens.css", "vendor/idb.js"]
    digests = {name: sha256(name.encode()).hexdigest() for name in (*sources, *tablet_shell.PACKED)}
    made_from = {name: digests[name] for name in sources}
    (tmp_path / "stamp.json").write_text(json.dumps(made_from), "utf-8")
    monkeypatch.setattr(tablet_shell, "MADE_FROM", tmp_path / "stamp.json")
    monkeypatch.setitem(app.config, "STATIC_DIGESTS", digests)
    assert (tablet_shell.modules(), tablet_shell.sheets()) == (["vendor/tablet.js"], ["vendor/tablet.css"])
    monkeypatch.setitem(app.config, "STATIC_DIGESTS", digests | {"tablet/dom.js": "changed"})
    assert tablet_shell.modules() == ["vendor/idb.js", "tablet/dom.js", "tablet/start.js"]
    assert tablet_shell.sheets() == ["tokens.css", "tablet/tablet.css"]
    monkeypatch.setitem(app.config, "STATIC_DIGESTS", digests)
    (tmp_path / "stamp.json").unlink()
    assert not tablet_shell.packed()


def test_everything_that_the_worker_lists_is_there(client: FlaskClient) -> None:
    said = listed(client.get("/app/sw.js").text)
    files = said["files"]
    assert isinstance(files, list)
    for address in [said["page"], *files]:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.data


def test_the_page_loads_nothing_that_the_worker_does_not_keep(client: FlaskClient) -> None:
    files = listed(client.get("/app/sw.js").text)["files"]
    assert isinstance(files, list)
    loaded = re.findall(r'(?:href|src)="(/static/[^"#]+)', client.get("/app/").text)
    icons = [one for one in loaded if one.endswith(".png")]  # the system asks for them once, when it installs
    assert set(loaded) - set(icons) <= set(files)


def test_the_page_of_another_version_is_not_found(client: FlaskClient) -> None:
    assert client.get("/app/shell/000000000000").status_code == 404


def test_the_version_follows_every_file(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    before = listed(client.get("/app/sw.js").text)["version"]
    app.extensions.pop("tablet_shell")
    assert listed(client.get("/app/sw.js").text)["version"] == before
    app.extensions.pop("tablet_shell")
    monkeypatch.setitem(app.config, "STATIC_PREFIX", "/static/another/")
    assert listed(client.get("/app/sw.js").text)["version"] != before


def test_the_office_can_take_the_offline_app_away(tmp_path: Path) -> None:
    app = create_app(Settings(environment="test", data_dir=tmp_path, offline_app=False))
    worker = app.test_client().get("/app/sw.js").text
    assert "unregister()" in worker
    assert "SHELL" not in worker


def test_the_manifest_brings_the_app_to_the_home_screen(client: FlaskClient) -> None:
    answer = client.get("/app/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    said = json.loads(answer.text)
    assert (said["start_url"], said["display"], said["short_name"]) == ("/app/", "standalone", "BASE")
    assert {icon.get("purpose", "any") for icon in said["icons"]} == {"any", "maskable"}
    for icon in said["icons"]:
        width, height = png_size(client.get(icon["src"]).data)
        assert f"{width}x{height}" == icon["sizes"]


def test_the_page_has_an_icon_for_apple(client: FlaskClient) -> None:
    link = Page(client.get("/app/")).all("link", rel="apple-touch-icon")[0]
    assert png_size(client.get(str(link.get("href"))).data) == (180, 180)


def test_a_page_that_has_not_changed_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/app/")
    again = client.get("/app/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
