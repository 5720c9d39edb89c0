"""Writers of one log on machines of their own: a ledger, a key folder, a memory, and one remote place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from trustcenter.ledger import keys
from trustcenter.ledger.remote.exchange import Exchange, Pulled, Pushed, pull, push
from trustcenter.ledger.remote.place import Memory, Remote
from trustcenter.ledger.remote.rejoin import Rejoined, rejoin
from trustcenter.ledger.store import Ledger
from trustcenter.proof import canonical, statement

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
KIND = "urn:test:evidence"


def said(name: str) -> bytes:
    """A statement's bytes about a name."""
    return statement.build([statement.Subject("name", canonical.digest(name.encode()))], KIND, {"name": name})


@dataclass
class Writer:
    """One machine."""

    folder: Path
    remote: Remote

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.folder / "evidence", signer=self.signer)

    @property
    def signer(self) -> keys.Signer:
        return keys.load(self.folder / "keys")

    @property
    def exchange(self) -> Exchange:
        memory = Memory(self.folder / "private/remotes", "there")
        return Exchange(self.folder / "evidence", self.remote, self.signer.verifier, memory)

    def append(self, *names: str) -> None:
        self.ledger.append_statements([said(name) for name in names], now=NOW)

    def names(self) -> list[str]:
        """What the log says, in its order."""
        return [each.statement.predicate["name"] for each in self.ledger.statements(KIND)]

    def push(self) -> Pushed:
        return push(self.exchange, now=LATER)

    def pull(self) -> Pulled:
        return pull(self.exchange, now=LATER)

    def rejoin(self) -> Rejoined:
        return rejoin(self.exchange, self.signer, now=LATER)

    def copy(self, folder: Path, remote: Remote) -> Writer:
        """The same machine again: one that had the same log, key and memory until now."""
        shutil.copytree(self.folder, folder)
        return Writer(folder, remote)

    def reader(self, folder: Path) -> Writer:
        """A machine with the key and nothing else."""
        folder.mkdir()
        shutil.copytree(self.folder / "keys", folder / "keys")
        (folder / "keys" / keys.LAST_SEEN).unlink(missing_ok=True)
        return Writer(folder, self.remote)


def first(folder: Path, remote: Remote, *names: str) -> Writer:
    """A new machine whose log says these names; nothing is pushed."""
    keys.init(folder / "keys", "example.test/ledger", NOW)
    made = Writer(folder, remote)
    if names:
        made.append(*names)
    return made


Make = Callable[[], Remote]
