"""Browsers in which somebody has signed in before: strangers' guesses at a password do not lock those out.

After OWASP, Blocking Brute Force Attacks, "device cookies".
"""

import hashlib
from datetime import timedelta

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

COOKIE = "known_browser"
KEPT = timedelta(days=365)
MOST_PEOPLE = 5


def remember(response: Response, email: str) -> Response:
    """Leave a signed cookie that says this person has signed in here; the last five people are kept."""
    mark = _mark(email)
    marks = [mark, *(other for other in _marks() if other != mark)][:MOST_PEOPLE]
    response.set_cookie(
        COOKIE,
        _serializer().dumps(marks),
        max_age=KEPT,
        path="/login",
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


def guesser(email: str) -> str:
    """By what tries at this account are counted: this browser when it is known, else all strangers together."""
    known = _mark(email) in _marks()
    return f"{email.strip().lower()} {request.cookies[COOKIE] if known else 'stranger'}"


def _marks() -> list[str]:
    try:
        return list(_serializer().loads(request.cookies.get(COOKIE, "")))
    except BadSignature:
        return []


def _mark(email: str) -> str:
    secret = f"{current_app.config['SECRET_KEY']} {email.strip().lower()}"
    return hashlib.sha256(secret.encode()).hexdigest()[:16]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="known browser")
