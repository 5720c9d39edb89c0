"""What every step of the line works with: the instance, what it declares, its ledger and its private store."""

from __future__ import annotations

import os
import time
from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from trustcenter.assess.plan import Plan, plan
from trustcenter.catalog.loader import load as load_catalogue
from trustcenter.catalog.reader import read as read_files
from trustcenter.collectors.registry import descriptions
from trustcenter.instance import Instance
from trustcenter.instance import load as load_instance
from trustcenter.ledger import keys
from trustcenter.ledger.private import PrivateStore
from trustcenter.ledger.store import Ledger
from trustcenter.ledger.timestamps import http_authority
from trustcenter.model.catalogue import Catalogue
from trustcenter.model.collector import CollectorDescription
from trustcenter.model.source import Source
from trustcenter.proof.note import VerifierKey

RECORDS = "records"
"""The kind of source that holds the catalogue's own registers."""

CHECKOV = ".tools/checkov/bin/checkov"
"""Where the scanner's own environment puts it, below the instance; a source may name another (`checkov`)."""


@dataclass(frozen=True)
class Line:
    """One instance, opened. `ledger` signs only after `signing`; `now` and `timer` are the only clocks below."""

    instance: Instance
    catalogue: Catalogue
    collectors: Mapping[str, CollectorDescription]
    ledger: Ledger
    store: PrivateStore
    now: Callable[[], datetime]
    timer: Callable[[], float] = time.monotonic

    @cached_property
    def plan(self) -> Plan:
        """What every declared test examines. Raises ConfigurationError where a reconciliation cannot be paired."""
        return plan(self.catalogue, self.collectors)

    def signing(self) -> Line:
        """The same line with a ledger that can append. Raises KeyMissingError where there is no usable key."""
        url = self.instance.timestamp_authority
        signer, authority = keys.load(key_folder(self.instance)), http_authority(url) if url else None
        return replace(self, ledger=Ledger(self.instance.evidence, signer=signer, authority=authority))

    def source(self, name: str) -> Source:
        """A source as collectors get it: paths start at the instance, a `records` source carries the registers."""
        source = self.instance.source(name)
        root = self.instance.root
        added: dict[str, Any] = {}
        if "path" in source.settings:
            added["path"] = str(root / str(source.settings["path"]))
        checkov = root / CHECKOV
        if "checkov" not in source.settings and checkov.is_file():
            added["checkov"] = str(checkov)
        if source.kind == RECORDS:
            added |= {
                "root": str(root),
                "declarations": self.catalogue.declarations,
                "documents": self.catalogue.documents,
                "subprocessors": self.catalogue.subprocessors,
            }
        return replace(source, settings=ChainMap(added, source.settings)) if added else source  # type: ignore[arg-type]

    def pinned(self, key: str | None = None) -> VerifierKey:
        """The key that the ledger is verified with: the given one, else the public half beside the signing key."""
        return VerifierKey.parse((key or (key_folder(self.instance) / keys.PUBLIC).read_text(encoding="utf-8")).strip())


def open_line(folder: Path, environment: Mapping[str, str], *, now: Callable[[], datetime] | None = None) -> Line:
    """Open the instance around a folder. Raises Problems with every error of its files."""
    instance = load_instance(folder, environment)
    collectors = descriptions()
    catalogue = load_catalogue(read_files(instance), instance, collectors)
    return Line(
        instance=instance,
        catalogue=catalogue,
        collectors=collectors,
        ledger=Ledger(instance.evidence),
        store=PrivateStore(instance.private),
        now=now or (lambda: datetime.now(UTC)),
    )


def key_folder(instance: Instance) -> Path:
    """Where the signing key lies: TRUSTCENTER_KEYS, else the instance's own folder for it."""
    named = os.environ.get("TRUSTCENTER_KEYS")
    return Path(named) if named else instance.keys


def sent_folder(instance: Instance) -> Path:
    """Where the records of sent questionnaires lie, in the private store."""
    return instance.private / "questionnaires"
