"""The BASE audit tool. ``create_app`` puts it together; importing this package does nothing."""

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from flask import Flask
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

from app import assets, commands
from app.accounts.security import init_security
from app.blueprints import register_blueprints
from app.config import Settings, read_settings, secret_key
from app.db import open_database
from app.limits import init_limits
from app.web import init_web

ROOT = Path(__file__).resolve().parent.parent


class Application(Flask):
    """Flask without its look, at every request, whether any of the views and hooks is a coroutine: none is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is."""
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """The application for ``settings`` (default: read from the environment).

    Raises:
        BadSetting: a setting is wrong; the message says which and what would be right.
    """
    settings = settings or read_settings()
    app = Application("app", template_folder=str(ROOT / "templates"), static_folder=None)
    _configure(app, settings)
    _log(settings)
    open_database(app)
    assets.serve(app)
    Compress(app)
    init_security(app)
    init_web(app)
    register_blueprints(app)
    init_limits(app)
    commands.register(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # how WSGI middleware is put on
    return app


def _configure(app: Flask, settings: Settings) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    files = settings.data_dir / "files"
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=secret_key(settings),
        DEBUG=settings.debug,
        TESTING=settings.environment == "test",
        PROPAGATE_ERRORS=settings.environment == "test",
        SQLALCHEMY_DATABASE_URI=settings.sqlalchemy_url,
        FILES_DIR=files,
        MAIL_DIR=settings.data_dir / "mail",
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1_000_000 + 100_000,
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        SESSION_REFRESH_EACH_REQUEST=False,  # once a day is enough, see accounts.security
        SESSION_COOKIE_NAME="base_session",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session
        BABEL_DEFAULT_LOCALE="pl",
        BABEL_DEFAULT_TIMEZONE="Europe/Warsaw",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "app" / "translations"),
        COMPRESS_MIMETYPES=["text/html", "text/javascript", "application/json", "image/svg+xml", "text/csv"],
        COMPRESS_ALGORITHM=["gzip"],
        COMPRESS_LEVEL=5,
        COMPRESS_MIN_SIZE=500,
    )
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _log(settings: Settings) -> None:
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, settings.log_level.upper())),
        cache_logger_on_first_use=True,
    )
