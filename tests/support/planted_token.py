"""A token of the interface that is put into the database as the portal keeps it, and taken out again."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

PLANT = """
insert into portal.api_tokens (organisation_id, account_id, name, prefix, token_hash, scopes, created_at, expires_at)
select organisation_id, id, %(name)s, %(prefix)s, %(hash)s, %(scopes)s, now() - %(age)s::interval,
  now() + %(life)s::interval
from portal.accounts where email = %(email)s returning id
"""


@dataclass(frozen=True)
class PlantedToken:
    """Its row, and what its holder sends."""

    id: Any
    bearer: str

    @property
    def header(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.bearer}"}


def plant(
    connection: psycopg.Connection[Any],
    email: str,
    *scopes: str,
    name: str = "planted",
    age: str = "0",
    life: str = "1 hour",
) -> PlantedToken:
    """A live token of the person with this address, over an administrator's connection."""
    bearer = f"fh_{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}"
    values = {
        "name": name, "prefix": bearer[:11], "hash": hashlib.sha256(bearer.encode()).digest(),
        "scopes": list(scopes or ("documents:read",)), "age": age, "life": life, "email": email,
    }  # fmt: skip
    row = connection.execute(PLANT, values).fetchone()
    assert row is not None, f"nobody has the address {email}"
    return PlantedToken(row[0], bearer)


@contextmanager
def planted(connection: psycopg.Connection[Any], email: str, *scopes: str, **more: str) -> Iterator[PlantedToken]:
    """A token that is gone afterwards: nothing of it is left for checks to find."""
    token = plant(connection, email, *scopes, **more)
    try:
        yield token
    finally:
        connection.execute("delete from portal.api_tokens where id = %s", (token.id,))
