"""The app on tablets: one page for every address under ``/app/``, its worker, its words, its manifest. No secrets.

All of it is the same for everyone, so that a tablet can keep it; who someone is and what they see comes from the API.
"""

import json

from flask import Blueprint, Response, abort, request, url_for

from app.audits.tablet_shell import encoder, encoder_version, the_shell, words_version, worker
from app.audits.tablet_words import words_json
from app.web import asset, public

FOREVER = "public, max-age=31536000, immutable"
PAPER = "#fbf8f3"  # --paper of tokens.css

tablet = Blueprint("tablet", __name__, url_prefix="/app")


@tablet.get("/")
@tablet.get("/<path:_place>")
@public
def home(_place: str = "") -> Response:
    return _page("no-cache")


@tablet.get("/audits/<uuid:audit_id>")
@public
def shell(audit_id: object) -> Response:  # noqa: ARG001  # the page asks the API which audit this is
    return _page("no-cache")


@tablet.get("/shell/<version>")
@public
def shell_of_version(version: str) -> Response:
    """The page for the worker; while a new version is being rolled out, none is better than one that does not fit."""
    if version != the_shell().version:
        abort(404)
    return _page("no-cache")


@tablet.get("/sw.js")
@public
def service_worker() -> Response:
    return _kept(Response(worker(), mimetype="text/javascript"), "no-cache")


@tablet.get("/encoder/<version>.js")
@public
def picture_encoder(version: str) -> Response:
    if version != encoder_version():
        abort(404)
    return _kept(Response(encoder(), mimetype="text/javascript"), FOREVER)


@tablet.get("/words/<version>/<any(pl, en):language>.json")
@public
def words(version: str, language: str) -> Response:
    if version != words_version():
        abort(404)
    return _kept(Response(words_json(language), mimetype="application/json"), FOREVER)


@tablet.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """What a home screen needs to know. The scope is the whole site: signing in must not leave the app."""
    icons = [
        {"src": asset("icons/app-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": asset("icons/app-512.png"), "sizes": "512x512", "type": "image/png"},
        {"src": asset("icons/app-maskable-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
    ]
    said = {
        "id": "/app/",
        "name": "BASE audit",
        "short_name": "BASE",
        "start_url": url_for("tablet.home"),
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": icons,
    }
    return _kept(Response(json.dumps(said), mimetype="application/manifest+json"), "no-cache")


def _page(kept: str) -> Response:
    return _kept(Response(the_shell().page, mimetype="text/html"), kept)


def _kept(response: Response, how: str) -> Response:
    response.headers["Cache-Control"] = how
    response.add_etag()
    response.make_conditional(request)
    return response
