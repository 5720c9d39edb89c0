"""`Aws`: read-only calls to the accounts and regions of one source, each made once for all collectors of a run."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from datetime import datetime
from typing import Any

from trustcenter.model.population import CouldNotTell
from trustcenter.model.source import Source
from trustcenter.sources.aws_access import Access
from trustcenter.sources.aws_answers import look
from trustcenter.sources.aws_errors import explained, refused
from trustcenter.sources.interface import AwsCall, AwsPlace, Budget
from trustcenter.sources.settings import seconds_left

AT_ONCE = 8
"""Calls that one service gets at a time."""
_AT_ONCE = {"s3": 16, "iam": 4, "kms": 6, "cloudtrail": 4, "sts": 2, "secretsmanager": 4}
NOT_YET_SECONDS, NOT_YET_TIMES = 1.0, 30
"""How long a call is repeated whose answer AWS is still making (the credential report)."""
REQUESTS = 50_000
"""What one run may ask of one source where it does not say `requests`."""
SECONDS_A_CALL, LONGEST_SECONDS = 0.25, 1800.0
"""What each call adds to a collector's time, and the most that its calls add together."""
MANY = 1000
"""Calls after which a collector says how far it is."""
LARGEST_OBJECT = 64 * 1024 * 1024
_FEWER = "collect when the service is quieter, or name fewer regions for a source"
_OMITTED_WHEN_EMPTY = frozenset({"sqs:ListQueues", "cloudfront:ListDistributions", "s3:ListObjectsV2"})
"""Listings whose answer leaves its list out where nothing is in it; any other without its list is malformed."""


def from_source(source: Source, run: Budget) -> AwsReader:
    """The source's accounts, shared with the other collectors of the run."""

    def make() -> AwsCalls:
        return AwsCalls(source, run.now)

    shared = run.shared
    calls = shared.once(("aws", source.name), make) if shared is not None else make()
    return AwsReader(calls, run, own=shared is None)


class AwsReader:
    """One collector's view: its deadline, what it asked, which retries it needed. See `sources.interface.Aws`."""

    def __init__(self, calls: AwsCalls, run: Budget, *, own: bool) -> None:
        self._calls, self._run, self._own = calls, run, own
        self._added = 0.0
        self.asked: set[str] = set()
        self.retried = 0
        self.clock: datetime | None = None

    @property
    def actor(self) -> str | None:
        return ", ".join(self._calls.access.actors) or None

    def places(self) -> Sequence[AwsPlace]:
        access = self._calls.access.opened()
        return [AwsPlace(account, region) for account in access.accounts for region in access.regions]

    def homes(self) -> Sequence[AwsPlace]:
        access = self._calls.access.opened()
        return [AwsPlace(account, access.home) for account in access.accounts]

    def calls(self, wanted: Sequence[AwsCall]) -> list[Mapping[str, Any] | None]:
        return list(self._wait(wanted, listing=None))

    def listings(self, wanted: Sequence[AwsCall], *keys: str) -> list[list[Any]]:
        return [list(pages) for pages in self._wait(wanted, listing=keys)]

    def forget(self) -> None:
        self._calls.forget()

    def close(self) -> None:
        if self._own:
            self._calls.close()

    def _wait(self, wanted: Sequence[AwsCall], *, listing: tuple[str, ...] | None) -> list[Any]:
        self.asked.update(f"{call.service}:{call.operation}" for call in wanted)
        self._added = min(self._added + len(wanted) * SECONDS_A_CALL, LONGEST_SECONDS)
        if len(wanted) >= MANY:
            self._run.say(f"{len(wanted)} calls to make, for which {self._added:.0f} s are added to its time")
        futures = [self._calls.future(call, listing) for call in wanted]
        found: list[Any] = []
        for call, future in zip(wanted, futures, strict=True):
            try:
                answer, retried, clock = future.result(timeout=seconds_left(self._run, 3600, added=self._added))
            except NotInTime:
                where = f"{call.service}:{call.operation} in {call.place.region}"
                what = f"the time for this collector was used up after {len(found)} of {len(wanted)} answers"
                raise CouldNotTell("timed_out", what, where=where, hint=_FEWER) from None
            except CancelledError:
                raise CouldNotTell("timed_out", "the run was cancelled") from None
            self.retried += retried
            self.clock = clock or self.clock
            found.append(answer)
            if len(found) % MANY == 0:
                self._run.say(f"{len(found)} of {len(wanted)} answers")
        return found


class AwsCalls:
    """All calls of one run to one source: a cache of futures over one pool of threads for each service."""

    def __init__(self, source: Source, now: Callable[[], datetime]) -> None:
        self.access = Access(source, self._watched)
        self._now = now
        self._budget = int(source.settings.get("requests") or REQUESTS)
        self._made = 0
        self._lock = threading.Lock()
        self._known: dict[str, Future[tuple[Any, int, datetime | None]]] = {}
        self._pools: dict[str, ThreadPoolExecutor] = {}
        self._cancelled = threading.Event()
        self._clock = threading.local()

    @property
    def made(self) -> int:
        """How many requests were sent, retries included."""
        return self._made

    def future(self, call: AwsCall, listing: tuple[str, ...] | None) -> Future[tuple[Any, int, datetime | None]]:
        """The answer to come; the same one for the same question, whoever asks."""
        key = json.dumps([call.service, call.operation, call.place.account, call.place.region,
                          call.parameters, call.absent, listing], sort_keys=True, default=str)  # fmt: skip
        with self._lock:
            if self._cancelled.is_set():
                raise CouldNotTell("timed_out", "the run was cancelled")
            if key not in self._known:
                if call.service not in self._pools:
                    most = _AT_ONCE.get(call.service, AT_ONCE)
                    self._pools[call.service] = ThreadPoolExecutor(most, thread_name_prefix=f"aws-{call.service}")
                self._known[key] = self._pools[call.service].submit(self._ask, call, listing)
            return self._known[key]

    def forget(self) -> None:
        """Ask everything again: what was listed has changed."""
        with self._lock:
            self._known.clear()

    def close(self) -> None:
        """Stop: what was not sent yet is never sent."""
        self._cancelled.set()
        with self._lock:
            pools, self._pools = self._pools, {}
        for pool in pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
        self.access.close()

    def _ask(self, call: AwsCall, listing: tuple[str, ...] | None) -> tuple[Any, int, datetime | None]:
        from botocore.exceptions import ClientError

        self._clock.said = None
        try:
            client = self.access.client(call.service, call.place)
            if listing is None:
                answer = self._once_ready(client, call)
                retried = self._count(answer)
                if hasattr(answer.get("Body"), "read"):
                    answer = {**answer, "Body": _content(answer["Body"], call)}
                return answer, retried, self._clock.said
            return (*self._pages(client, call, listing), self._clock.said)
        except CouldNotTell:
            raise
        except ClientError as error:
            self._count(error.response)
            if error.response.get("Error", {}).get("Code") in call.absent:
                return None, 0, self._clock.said
            raise refused(error.response, call.service, call.operation, call.place.region) from None
        except Exception as error:  # noqa: BLE001  (every kind is told apart there, our own defects included)
            raise explained(error, call.service, call.operation, call.place.region) from None

    def _once_ready(self, client: Any, call: AwsCall) -> dict[str, Any]:
        from botocore.exceptions import ClientError

        for _ in range(NOT_YET_TIMES):
            try:
                return _method(client, call.operation)(**call.parameters)
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") not in call.waits:
                    raise
                self._count(error.response)
            if self._cancelled.wait(NOT_YET_SECONDS):
                break
        where = f"{call.service}:{call.operation} in {call.place.region}"
        raise CouldNotTell("timed_out", "AWS was not ready with the answer in time", where=where, hint="collect again")

    def _pages(self, client: Any, call: AwsCall, keys: tuple[str, ...]) -> tuple[list[Any], int]:
        """Every page to its end; a page without the list that was asked for is malformed, never empty."""
        from botocore.paginate import Paginator

        model = client.meta.service_model.operation_model(call.operation)
        config = self.access.pagination(client, call.operation)
        ask = _method(client, call.operation)
        pages = Paginator(ask, config, model).paginate(**call.parameters) if config else [ask(**call.parameters)]
        found: list[Any] = []
        retried = 0
        seen: set[tuple[str, ...]] = set()
        for page in pages:
            retried += self._count(page)
            following = _following(page, config)
            if following in seen:
                where = f"{call.service}:{call.operation} in {call.place.region}"
                raise CouldNotTell("incomplete", "a page leads back to one that was read", where=where)
            seen |= {following} if any(following) else set()
            if self._cancelled.is_set():
                raise CouldNotTell("timed_out", "the run was cancelled")
            for key in keys:
                outer, dot, inner = key.partition(".")
                held = page.get(outer)
                if dot:
                    held = held.get(inner) if isinstance(held, dict) else None
                if held is None and f"{call.service}:{call.operation}" not in _OMITTED_WHEN_EMPTY:
                    where = f"{call.service}:{call.operation} in {call.place.region}"
                    raise CouldNotTell("malformed", f"a page lacks `{key}`, which every page has", where=where)
                found += held if isinstance(held, list) else []
            if _promises_more(page, config):
                where = f"{call.service}:{call.operation} in {call.place.region}"
                raise CouldNotTell("incomplete", "a page says that there is more, and not where", where=where)
        return found, retried

    def _count(self, answer: Mapping[str, Any]) -> int:
        retried = int(answer.get("ResponseMetadata", {}).get("RetryAttempts", 0))
        with self._lock:
            self._made += 1 + retried
            if self._made > self._budget:
                raise CouldNotTell(
                    "incomplete",
                    f"the {self._budget} requests that this run may make were used up",
                    hint="raise `requests` of the source",
                )
        return retried

    def _watched(self, operation_model: Any, response_dict: Mapping[str, Any]) -> None:
        def said(moment: datetime) -> None:
            self._clock.said = moment

        look(operation_model, response_dict, self._now, said)


def _content(body: Any, call: AwsCall) -> bytes:
    """A stored object, read where the connection is."""
    data: bytes = body.read(LARGEST_OBJECT + 1)
    if len(data) > LARGEST_OBJECT:
        where = f"{call.service}:{call.operation} in {call.place.region}"
        raise CouldNotTell("unsupported", f"an object is larger than {LARGEST_OBJECT} bytes", where=where)
    return data


def _method(client: Any, operation: str) -> Callable[..., dict[str, Any]]:
    from botocore import xform_name

    method: Callable[..., dict[str, Any]] = getattr(client, xform_name(operation))
    return method


def _following(page: Mapping[str, Any], config: Mapping[str, Any] | None) -> tuple[str, ...]:
    """What leads on from a page; empty texts where nothing does. Tokens that botocore computes it compares itself."""
    tokens = config["output_token"] if config is not None else ()
    named = [tokens] if isinstance(tokens, str) else tokens
    return tuple(str(page.get(name) or "") for name in named if name.isidentifier())


def _promises_more(page: Mapping[str, Any], config: Mapping[str, Any] | None) -> bool:
    """Whether a page is not the last one although nothing leads on from it."""
    if config is None:
        return any(page.get(name) for name in ("NextToken", "nextToken", "NextMarker", "Marker"))
    more, tokens = config.get("more_results"), config["output_token"]
    named = [tokens] if isinstance(tokens, str) else tokens
    plain = all(name.isidentifier() for name in named)
    return bool(more and plain and page.get(more) and not any(page.get(name) for name in named))
