"""The three kinds of signed statement, as the values of their predicates (DESIGN.md, "The ledger").

Each is an in-toto Statement v1. Facts never carry verdicts: evidence names no control, an assessment no row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from trustcenter.model.fact import moment, parse_moment
from trustcenter.model.population import Cause

EVIDENCE = "urn:trustcenter:evidence:v1"
CATALOGUE = "urn:trustcenter:catalogue:v1"
ASSESSMENT = "urn:trustcenter:assessment:v1"


@dataclass(frozen=True, slots=True)
class EvidenceStatement:
    """The public part of one population: names, times, size, and commitments to all that stays private.

    `root` is the Merkle root over salted rows, in order. `commitments` are salted digests of the private parts
    (query, parameters, endpoint, account, actor, permissions, clock offset, period, completeness, redactions, error).
    `cause` is set, and there are no rows, when the collector could not tell.
    """

    nonce: str
    fetch: str
    collector: str
    collector_version: str
    collector_digest: str
    source: str
    environment: str
    started: datetime
    observed: datetime
    size: int
    root: str
    schema: str
    commitments: Mapping[str, str] = field(default_factory=dict)
    cause: Cause | None = None

    def predicate(self) -> dict[str, Any]:
        return {
            "nonce": self.nonce,
            "fetch": self.fetch,
            "collector": {
                "name": self.collector,
                "version": self.collector_version,
                "digest": self.collector_digest,
            },
            "source": {"name": self.source, "environment": self.environment},
            "started": moment(self.started),
            "observed": moment(self.observed),
            "size": self.size,
            "root": self.root,
            "schema": self.schema,
            "commitments": dict(sorted(self.commitments.items())),
            "cause": self.cause,
        }

    @classmethod
    def parse(cls, predicate: Mapping[str, Any]) -> EvidenceStatement:
        return cls(
            nonce=predicate["nonce"],
            fetch=predicate["fetch"],
            collector=predicate["collector"]["name"],
            collector_version=predicate["collector"]["version"],
            collector_digest=predicate["collector"]["digest"],
            source=predicate["source"]["name"],
            environment=predicate["source"]["environment"],
            started=parse_moment(predicate["started"]),
            observed=parse_moment(predicate["observed"]),
            size=predicate["size"],
            root=predicate["root"],
            schema=predicate["schema"],
            commitments=predicate["commitments"],
            cause=predicate["cause"],
        )


@dataclass(frozen=True, slots=True)
class CatalogueStatement:
    """The controls, claims, waivers and sources in force, by digest: file name to `sha256:...`.

    `digest` is the catalogue's; the files themselves are kept in the private store for replay.
    """

    digest: str
    controls: Mapping[str, str]
    records: Mapping[str, str]
    sources: Mapping[str, str]

    def predicate(self) -> dict[str, Any]:
        return {
            "digest": self.digest,
            "controls": dict(sorted(self.controls.items())),
            "records": dict(sorted(self.records.items())),
            "sources": dict(sorted(self.sources.items())),
        }

    @classmethod
    def parse(cls, predicate: Mapping[str, Any]) -> CatalogueStatement:
        return cls(predicate["digest"], predicate["controls"], predicate["records"], predicate["sources"])
