"""Settings of the service: environment variables that begin with ``CALLOUT_``, listed in ``docs/service.md``."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from dispatch.errors import UsageError

LEAST_SECRET = 32
"""Bytes of a key for HMAC-SHA-256: as long as its output (RFC 7518, section 3.2)."""


class Settings(BaseSettings):
    """What a deployment decides."""

    model_config = SettingsConfigDict(env_prefix="CALLOUT_", extra="ignore")

    database_url: str = Field(default="sqlite:///callout.sqlite", description="SQLAlchemy address of the database")
    secret: SecretStr | None = Field(
        default=None, description="key that signs access tokens, at least 32 bytes; no default"
    )
    travel: str = Field(
        default="geodesic", description="travel source of all plans, as `callout plan --travel` names it"
    )
    access_minutes: int = Field(default=15, ge=1, le=60, description="life of an access token")
    refresh_days: int = Field(default=14, ge=1, le=90, description="life of a refresh token; each can be used once")
    most_body_bytes: int = Field(
        default=8 * 1024 * 1024, ge=1024, description="largest body of a request but an import"
    )
    most_import_bytes: int = Field(default=64 * 1024 * 1024, ge=1024, description="largest import")
    most_photo_bytes: int = Field(default=20 * 1024 * 1024, ge=1024, description="largest photo")
    job_seconds: float = Field(default=60.0, gt=0, le=86_400, description="longest search of a plan job")
    job_memory_mb: int = Field(default=4096, ge=256, description="address space of a plan job's process")
    lease_seconds: float = Field(
        default=15.0, ge=1, le=600, description="time after which a silent worker's job is taken over"
    )
    nightly_at: time | None = Field(default=None, description="when the next day is planned; none: never by itself")
    nightly_zone: str = Field(default="UTC", description="time zone of `nightly_at`, and of the day it plans")
    metrics_token: SecretStr | None = Field(
        default=None, min_length=16, description="who sends it as a bearer token may read /metrics; none: nobody"
    )
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")

    @field_validator("nightly_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("must be a time zone, such as Asia/Shanghai") from None
        return value

    @field_validator("nightly_at")
    @classmethod
    def _hour(cls, value: time | None) -> time | None:
        if value is not None and value.tzinfo is not None:
            raise ValueError("must be an hour without a zone; CALLOUT_NIGHTLY_ZONE says which")
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @property
    def signing_key(self) -> str:
        """The secret.

        Raises
        ------
        UsageError
            ``serve.no_secret`` or ``serve.short_secret``.
        """
        if self.secret is None:
            raise UsageError(
                "serve.no_secret", "set CALLOUT_SECRET to a random text of at least 32 bytes, or use --demo"
            )
        key = self.secret.get_secret_value()
        if len(key.encode()) < LEAST_SECRET:
            raise UsageError("serve.short_secret", f"CALLOUT_SECRET must have at least {LEAST_SECRET} bytes")
        return key
