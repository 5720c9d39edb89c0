"""The example's tables for SQLAlchemy: with `TenantOwned`, every statement is bound to the session's tenant."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, DateTime, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from trustcenter.runtime.tenancy_sqlalchemy import TenantOwned


class Base(DeclarativeBase):
    metadata = MetaData(schema="letters")
    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012 - SQLAlchemy reads it from the class


class Organisation(TenantOwned, Base):
    __tablename__ = "organisations"
    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    idle_seconds: Mapped[int | None]
    reset_seconds: Mapped[int | None]


class Account(TenantOwned, Base):
    __tablename__ = "accounts"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    role: Mapped[str]
    password: Mapped[str]
    totp_secret: Mapped[str | None]
    totp_pending: Mapped[str | None]
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)
    disabled_at: Mapped[datetime | None]
    joined_at: Mapped[datetime | None]


class SignedIn(TenantOwned, Base):
    __tablename__ = "sessions"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID]
    token_hash: Mapped[bytes]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    stage: Mapped[str]
    ip: Mapped[str]
    user_agent: Mapped[str]
    stepped_up_at: Mapped[datetime | None]
    country: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


class KnownDevice(TenantOwned, Base):
    __tablename__ = "known_devices"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)


class PasskeyRow(TenantOwned, Base):
    __tablename__ = "passkeys"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID]
    credential_id: Mapped[bytes]
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SupportAccess(TenantOwned, Base):
    __tablename__ = "support"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID]
    staff_id: Mapped[UUID]
    session_id: Mapped[UUID]
    reason: Mapped[str]
    ticket: Mapped[str]
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ApiToken(TenantOwned, Base):
    __tablename__ = "api_tokens"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID]
    prefix: Mapped[str]
    token_hash: Mapped[bytes]
    name: Mapped[str]
    scopes: Mapped[str]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class RecoveryCode(TenantOwned, Base):
    __tablename__ = "recovery_codes"
    hash: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    used_at: Mapped[datetime | None]


class Link(TenantOwned, Base):
    __tablename__ = "links"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    purpose: Mapped[str]
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]


class Letter(TenantOwned, Base):
    __tablename__ = "letters"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    title: Mapped[str]


class Event(TenantOwned, Base):
    __tablename__ = "events"
    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[UUID]
    acting_for: Mapped[UUID | None]
    action: Mapped[str]
    entity: Mapped[str]
    entity_id: Mapped[str]
    ip: Mapped[str]
    user_agent: Mapped[str]
    request_id: Mapped[UUID]
    outcome: Mapped[str]
    before_digest: Mapped[str | None]
    after_digest: Mapped[str | None]
    previous_hash: Mapped[bytes]
    hash: Mapped[bytes]
