"""What a mutant is: one thing broken in the platform, how that shows without our collectors, and what must fall."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from mutations.browser import Browser

if TYPE_CHECKING:
    from mutations.world import World


@dataclass(frozen=True)
class Scene:
    """A platform as it stands, good or broken: an instance folder and the variables that lead collectors to it."""

    world: World
    environment: Mapping[str, str]
    root: Path

    @cached_property
    def database(self) -> str:
        return str(conninfo_to_dict(self.environment["PORTAL_READER_DSN"])["dbname"])

    def dsn(self, **changes: Any) -> str:
        """The database's address for another role."""
        return make_conninfo(self.environment["PORTAL_READER_DSN"], **changes)

    def superuser(self) -> psycopg.Connection[Any]:
        """A plain connection that no grant and no policy binds."""
        return psycopg.connect(
            self.dsn(user="postgres", password=self.world.secrets["superuser_password"]), autocommit=True
        )

    def application(self) -> psycopg.Connection[Any]:
        """A plain connection with the application's own role."""
        return psycopg.connect(self.dsn(user="trustcenter_app", password=self.world.secrets["app_password"]))

    def value(self, query: str, *parameters: object) -> Any:
        """The first column of the first row, as the superuser."""
        with self.superuser() as connection:
            row = connection.execute(query, parameters or None).fetchone()
        return row[0] if row is not None else None

    def browser(self) -> Browser:
        """A new browser at the address that collectors are given."""
        return Browser(self.environment["PORTAL_URL"], Path(self.environment["PORTAL_CA"]))

    def canary(self, letter: str) -> Browser:
        """A browser that is signed in as a canary's admin."""
        browser = self.browser()
        browser.sign_in(*self.credentials(letter))
        return browser

    def credentials(self, letter: str) -> tuple[str, str]:
        upper = letter.upper()
        return self.environment[f"PORTAL_CANARY_{upper}_EMAIL"], self.environment[f"PORTAL_CANARY_{upper}_PASSWORD"]


Change = Callable[["World", ExitStack], Scene]
Broken = Callable[[Scene], bool]


@dataclass(frozen=True)
class Mutant:
    """One mutant. `falls` are the tests, as `control/test`, that must end with deviations, and no other may change.

    `collectors` are those that look at what was broken. `broken` asks the platform itself, with none of our
    collectors: it is false on the good platform and true on this one.
    """

    id: str
    says: str
    falls: frozenset[str]
    collectors: tuple[str, ...]
    change: Change
    broken: Broken
    elsewhere: frozenset[str] = frozenset()
    """What falls too where everything is collected: the break shows in more places than where it was made."""
    unclear: frozenset[str] = frozenset()
    """What becomes inconclusive where everything is collected: nobody can look there any more."""


def mutant(
    name: str,
    says: str,
    falls: str,
    collectors: str,
    change: Change,
    broken: Broken,
    elsewhere: str = "",
    unclear: str = "",
) -> Mutant:
    """A mutant as a line of a table; lists are separated by spaces."""
    return Mutant(
        name,
        says,
        frozenset(falls.split()),
        tuple(collectors.split()),
        change,
        broken,
        frozenset(elsewhere.split()),
        frozenset(unclear.split()),
    )
