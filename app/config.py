"""Settings, read once from the environment, typed and refused when wrong (12-factor)."""

import secrets
from pathlib import Path
from typing import Literal

from flask import current_app
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import BadSetting

KNOWN_WEAK_SECRETS = frozenset({"secret", "changeme", "dev", "development", "password", "test"})
SHORTEST_SECRET = 32


class Settings(BaseSettings):
    """Every setting of the product. Environment names carry the prefix ``BASE_``; ``DATABASE_URL`` has none."""

    model_config = SettingsConfigDict(env_prefix="BASE_", extra="ignore", frozen=True, populate_by_name=True)

    environment: Literal["production", "development", "test"] = Field(
        "production", description="production refuses weak secrets and debug; development and test allow them"
    )
    debug: bool = Field(False, description="debug pages; refused outside development")
    data_dir: Path = Field(Path("instance"), description="database, files, e-mails and keys live here")
    database_url: str = Field(
        "",
        validation_alias="DATABASE_URL",
        description="PostgreSQL address; empty means SQLite in the data folder",
    )
    secret_key: str = Field("", description="signs sessions; empty means one made on first start in the data folder")
    public_url: str = Field(
        "http://127.0.0.1:8000", description="address on certificates and in e-mails; https turns on secure cookies"
    )
    mail_server: str = Field("", description="SMTP server; empty writes e-mails as .eml files into the data folder")
    mail_port: int = Field(587, ge=1, le=65535, description="SMTP port")
    mail_username: str = Field("", description="SMTP user")
    mail_password: str = Field("", description="SMTP password")
    mail_use_tls: bool = Field(True, description="STARTTLS towards the SMTP server")
    mail_sender: str = Field("base@example.org", description="sender of the e-mails")
    max_upload_mb: int = Field(15, ge=1, le=200, description="largest file that may be uploaded, in MB")
    sign_in_limit: str = Field("10 per minute", description="sign-in and reset tries for one address and one account")
    require_second_factor: bool = Field(
        False, description="staff must set up a second factor (an authenticator app) before they can work"
    )
    public_limit: str = Field("120 per minute", description="requests of one address to the public pages that search")
    trusted_proxies: int = Field(0, ge=0, le=5, description="how many reverse proxies in front are trusted")
    web_concurrency: int = Field(
        2, ge=1, le=64, validation_alias="WEB_CONCURRENCY", description="processes of the web server, 4 threads each"
    )
    offline_app: bool = Field(
        True, description="off takes the offline app away from tablets at their next start; answers kept there stay"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="how much is logged")
    log_format: Literal["json", "console"] = Field("json", description="json for machines, console for people")

    @field_validator("public_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if value.startswith("postgres://"):
            value = "postgresql://" + value.removeprefix("postgres://")
        if value.startswith("postgresql://"):
            value = "postgresql+psycopg://" + value.removeprefix("postgresql://")
        if value and not value.startswith(("postgresql+psycopg://", "sqlite:///")):
            raise ValueError("must be a postgresql:// or sqlite:/// address")
        return value

    @model_validator(mode="after")
    def _production_is_safe(self) -> "Settings":
        if self.debug and self.environment != "development":
            raise ValueError("BASE_DEBUG is allowed only with BASE_ENVIRONMENT=development")
        weak = len(self.secret_key) < SHORTEST_SECRET or self.secret_key.lower() in KNOWN_WEAK_SECRETS
        if self.secret_key and weak and self.environment == "production":
            raise ValueError(f"BASE_SECRET_KEY needs at least {SHORTEST_SECRET} unguessable characters")
        return self

    @property
    def sqlalchemy_url(self) -> str:
        """The database address, SQLite in the data folder when none is set."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'base.sqlite3').resolve()}"

    @property
    def secure_cookies(self) -> bool:
        return self.public_url.startswith("https://")


def read_settings(**overrides: object) -> Settings:
    """Settings from the environment and ``overrides`` (by field name).

    Raises:
        BadSetting: one line that names the setting and what would be right.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks the values
    except ValidationError as error:
        raise BadSetting("; ".join(_sentence(dict(item)) for item in error.errors())) from None


def _sentence(item: dict[str, object]) -> str:
    location = item["loc"]
    message = str(item["msg"]).removeprefix("Value error, ")
    if not isinstance(location, tuple) or not location:
        return message
    name = str(location[0])
    variable = name if name.isupper() else f"BASE_{name.upper()}"
    return f"{variable}: {message}"


def current_settings() -> Settings:
    """The settings of the running application."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def secret_key(settings: Settings) -> str:
    """The key that signs sessions: the setting, else one kept in the data folder, made on first start."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data_dir / "keys" / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii").strip()
