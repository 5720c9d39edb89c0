"""What the tests of AWS read: the collectors, and the seeded account as they see it. Fixtures: `aws_session`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from concurrent.futures import wait
from dataclasses import dataclass, replace
from typing import Any

from aws_front import Front
from aws_seed_services import REGION
from runs import collect, run_of

from trustcenter.collectors.registry import find, identifiers
from trustcenter.model.fact import row_of
from trustcenter.model.population import CouldNotTell, Population
from trustcenter.sources.aws import from_source
from trustcenter.sources.shared import Shared

COLLECTORS = tuple(name for name in identifiers() if name.startswith("aws_"))
COLD = {"attempts": 1}
"""Settings with which a collector gets clients of its own: one that was asked to slow down stays slow."""
KEYS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}


@dataclass(frozen=True)
class Account:
    """The account: moto's own port, and the server in front of it."""

    port: int
    front: Front
    shared: Shared | None = None

    @contextlib.contextmanager
    def warm(self) -> Iterator[Account]:
        """Clients are kept from one collector to the next, which is most of what a short one costs; answers are not."""
        with Shared() as shared:
            yield replace(self, shared=shared)

    def settings(self, **more: Any) -> dict[str, Any]:
        return {"regions": [REGION], "endpoint_url": self.front.url, "attempts": 1, **more}

    def collect(self, name: str, mapping: Mapping[str, Any] | None = None, **settings: Any) -> Population[Any]:
        """What one collector sees, alone; with clients of its own where settings are given."""
        known = find(name).description.parameters
        given = {key: one.default for key, one in known.items()}
        run = run_of(self.settings(**settings), mapping, kind="aws", parameters=given, seconds=120)
        with Shared() if self.shared is None or settings else contextlib.nullcontext(self.shared) as shared:
            run = replace(run, shared=shared)
            calls = from_source(run.source, run)._calls
            calls.forget()
            try:
                return collect(find(name), run)
            finally:
                # Requests that it no longer waits for would count as those of the next.
                if shared is not self.shared:
                    calls.close()
                wait([one for one in calls._known.values() if not one.cancelled()])

    def outcome(self, name: str, **settings: Any) -> CouldNotTell | Population[Any]:
        """What one collector ends with, whichever it is."""
        try:
            return self.collect(name, **settings)
        except CouldNotTell as error:
            return error

    def rows(self, name: str, key: str) -> dict[str, dict[str, Any]]:
        """What one collector sees, by one field."""
        return {str(row[key]): row for row in map(row_of, self.collect(name).facts)}
